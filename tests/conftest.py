"""What every test may ask for: a real store, settings for a fresh node, a clock, and no network beyond this machine."""

from __future__ import annotations

import os
import secrets
import socket
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pymongo
import pymongo.monitoring
import pytest
import pytest_socket
from hypothesis import settings as hypothesis_settings

from keys.master_key import MasterKey
from service.embedded_store.server import EmbeddedStore
from service.settings import Settings
from service.store import disconnect
from tests.support.clock import FixedClock
from tests.support.network import LOOPBACK, resolve_only_loopback
from tests.support.running_node import RunningNode
from tests.support.shard_keys import ShardKeyListener

SHARD_KEY_LISTENER = ShardKeyListener()
"""On every connection of this process; see ``tests.support.shard_keys``."""


# A busy machine is slow, not wrong: no example fails by the clock.
hypothesis_settings.register_profile("house", deadline=None)


def pytest_configure(config: pytest.Config) -> None:
    hypothesis_settings.load_profile("house")
    socket.getaddrinfo = resolve_only_loopback
    pymongo.monitoring.register(SHARD_KEY_LISTENER)


def pytest_runtest_setup(item: pytest.Item) -> None:
    pytest_socket.socket_allow_hosts(LOOPBACK, allow_unix_socket=True)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Tests of one file stay together, and all that use the running node too: it is started once."""
    for item in items:
        uses_node = "running_node" in getattr(item, "fixturenames", ())
        item.add_marker(pytest.mark.xdist_group("node" if uses_node else str(item.path)))


@pytest.fixture(autouse=True)
def _every_write_names_its_shard_key() -> Iterator[None]:
    SHARD_KEY_LISTENER.take()
    yield
    assert SHARD_KEY_LISTENER.take() == []


@pytest.fixture(scope="session")
def running_node(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningNode]:
    """A whole node with demo data in real processes: see ``tests.support.running_node``."""
    started = RunningNode(tmp_path_factory.mktemp("flow") / "node")
    try:
        yield started.wait_until_ready()
    finally:
        started.kill_everything()


@pytest.fixture(scope="session")
def store_uri(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """Address of a real MongoDB replica set: one embedded store for all tests of this process.

    Where the embedded store cannot run, ELICENCE_TEST_STORE_URI names another whose databases may be dropped.
    """
    given = os.environ.get("ELICENCE_TEST_STORE_URI")
    if given:
        yield given
        return
    # Tests stand still at an instant of their own; the store's clock must not take their rows for expired.
    still = ("--setParameter", "ttlMonitorEnabled=false")
    with EmbeddedStore(tmp_path_factory.mktemp("store"), extra_arguments=still) as store:
        yield store.uri


@pytest.fixture(scope="module")
def database_prefix(store_uri: str) -> Iterator[str]:
    """Beginning of the names of databases that only this module uses; they are dropped after it."""
    prefix = f"test_{secrets.token_hex(6)}"
    yield prefix
    for service in ("issuer", "wallet", "verifier"):
        disconnect(service)
    with pymongo.MongoClient(store_uri) as client:
        for name in client.list_database_names():
            if name.startswith(prefix):
                client.drop_database(name)


@pytest.fixture(scope="module")
def master_key_file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The master key of this module's node."""
    path = tmp_path_factory.mktemp("node") / "master.key"
    MasterKey.create(path)
    return path


@pytest.fixture(scope="module")
def settings(store_uri: str, database_prefix: str, master_key_file: Path) -> Settings:
    """Settings of a fresh node for this module: its own data directory, master key and databases."""
    data = master_key_file.parent
    return Settings(
        data=data,
        store_uri=store_uri,
        database_prefix=database_prefix,
        master_key_file=master_key_file,
        trust_anchor_file=data / "trust" / "anchor.pem",
        allowed_origins=frozenset({Settings.issuer_url, Settings.wallet_url, Settings.verifier_url}),
    )


@pytest.fixture(scope="module")
def make_settings(settings: Settings) -> Callable[..., Settings]:
    """The module's settings with changes: ``make_settings(issuer_url="http://localhost:9001")``."""

    def changed(**changes: Any) -> Settings:
        return replace(settings, **changes)

    return changed


@pytest.fixture(scope="module")
def master_key(master_key_file: Path) -> MasterKey:
    """The module's master key, loaded."""
    return MasterKey.load(master_key_file)


@pytest.fixture
def clock() -> FixedClock:
    """A clock that stands still until told."""
    return FixedClock()
