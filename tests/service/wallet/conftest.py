"""One wallet world for each test: fresh issuer, verifier and lists over the module's database."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import pytest

from keys.master_key import MasterKey
from service.settings import Settings
from tests.support.clock import FixedClock
from tests.support.wallet_world import Browser, WalletWorld, running_clock, wallet_world


@pytest.fixture
def clock() -> FixedClock:
    return running_clock()


@pytest.fixture
def world(settings: Settings, master_key: MasterKey, clock: FixedClock, tmp_path) -> Iterator[WalletWorld]:
    # Lists are kept on disk below the data directory: each test's nation needs its own.
    fresh = replace(settings, data=tmp_path, trust_anchor_file=tmp_path / "anchor.pem")
    with wallet_world(fresh, master_key, clock) as made:
        for name in made.node.database.list_collection_names():
            made.node.database[name].delete_many({})
        yield made


@pytest.fixture
def zhang(world: WalletWorld) -> Browser:
    return world.sign_in()
