"""One issuer node for the tests of a module, at the present instant of its clock."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from service.settings import Settings
from tests.support.clock import FixedClock
from tests.support.issuance_world import IssuanceWorld, demo_three, found_world


@pytest.fixture(scope="module")
def shared_world(settings: Settings) -> IssuanceWorld:
    return found_world(settings, FixedClock(), demo_three())


@pytest.fixture
def world(shared_world: IssuanceWorld) -> Iterator[IssuanceWorld]:
    """The node of the module; the clock goes back to where it was, so that no test lives in another's future."""
    started = shared_world.clock.now()
    yield shared_world
    shared_world.clock.set(started)
