"""One issuer node for the tests of a module, with an empty library for each test."""

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
    database = shared_world.node.database
    for name in ("licences", "batches", "jobs", "issuance_offers", "transfer_files"):
        database[name].delete_many({})
    started = shared_world.clock.now()
    yield shared_world
    shared_world.clock.set(started)
