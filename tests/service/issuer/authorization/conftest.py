"""One issuer node with three authorities, and a listed wallet provider."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from issuer.demo.authorities import demo_authorities
from service.settings import Settings
from tests.support.claiming_world import ClaimingWallet, Provider, list_provider
from tests.support.clock import FixedClock
from tests.support.issuance_world import IssuanceWorld, found_world

MARKET, POLICE, HOSPITAL = (demo_authorities()[place] for place in (0, 1, 4))


@pytest.fixture(scope="module")
def shared_world(settings: Settings) -> IssuanceWorld:
    return found_world(settings, FixedClock(), (MARKET, POLICE, HOSPITAL))


@pytest.fixture(scope="module")
def provider(shared_world: IssuanceWorld) -> Provider:
    return list_provider(shared_world)


@pytest.fixture
def world(shared_world: IssuanceWorld, provider: Provider) -> Iterator[IssuanceWorld]:
    started = shared_world.clock.now()
    yield shared_world
    shared_world.clock.set(started)


@pytest.fixture
def wallet(world: IssuanceWorld, provider: Provider) -> ClaimingWallet:
    return ClaimingWallet(world, provider)
