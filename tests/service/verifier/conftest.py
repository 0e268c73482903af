"""A window for the service tests: one world for each module."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import pytest

from keys.master_key import MasterKey
from service.settings import Settings
from tests.support.clock import FixedClock
from tests.support.verifier_world import VerifierWorld, verifier_world


@pytest.fixture(scope="module")
def world(
    settings: Settings, master_key: MasterKey, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[VerifierWorld]:
    # Lists are kept on disk below the data directory: each module's nation needs its own.
    data = tmp_path_factory.mktemp("window")
    fresh = replace(settings, data=data, trust_anchor_file=data / "anchor.pem")
    with verifier_world(fresh, master_key, FixedClock()) as made:
        yield made
