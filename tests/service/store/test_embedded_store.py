from __future__ import annotations

import os
import shutil
import signal
import socket
import stat
import subprocess
import sys
import textwrap
import time
from collections.abc import Iterator
from pathlib import Path

import pymongo
import pytest
from pymongo.errors import OperationFailure

from service.embedded_store import binary
from service.embedded_store.address import StoreLayout, known_store_uri
from service.embedded_store.errors import (
    EmbeddedStoreDataError,
    EmbeddedStoreStartError,
    EmbeddedStoreUnavailableError,
)
from service.embedded_store.server import EmbeddedStore


@pytest.fixture(scope="module")
def data(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A data directory with a store that was started once, holds one document, and is stopped."""
    data = tmp_path_factory.mktemp("embedded")
    with EmbeddedStore(data) as store, pymongo.MongoClient(store.uri) as client:
        client["elicence_issuer"]["kept"].insert_one({"_id": 1})
    return data


@pytest.fixture
def store(data: Path) -> Iterator[EmbeddedStore]:
    store = EmbeddedStore(data)
    yield store
    store.stop()


def test_its_secrets_are_readable_by_the_owner_only(data: Path) -> None:
    layout = StoreLayout.of_node(data)
    for path in (layout.key_file, layout.password_file, layout.sentinel_file):
        assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert stat.S_IMODE(layout.directory.stat().st_mode) == 0o700


def test_a_stranger_reads_nothing_and_our_user_is_not_an_administrator(store: EmbeddedStore) -> None:
    uri = store.start()
    with pymongo.MongoClient(f"mongodb://127.0.0.1:{uri.split(':')[3].split('/')[0]}/") as stranger:
        with pytest.raises(OperationFailure):
            stranger["elicence_issuer"]["kept"].find_one({})
        with pytest.raises(OperationFailure):
            stranger.admin.command("createUser", "intruder", pwd="x", roles=["root"])
    with pymongo.MongoClient(uri) as ours, pytest.raises(OperationFailure):
        ours.admin.command("createUser", "second", pwd="x", roles=["root"])


def test_it_listens_on_loopback_only_and_leaves_no_socket_file(store: EmbeddedStore) -> None:
    store.start()
    port = int(store.layout.port_file.read_text())
    listening = [
        line.split()[1]
        for line in Path("/proc/net/tcp").read_text().splitlines()[1:]
        if line.split()[3] == "0A"
    ]
    assert [place for place in listening if place.endswith(f":{port:04X}")] == [f"0100007F:{port:04X}"]
    assert not Path(f"/tmp/mongodb-{port}.sock").exists()


def test_after_kill_9_acknowledged_writes_are_there_and_the_port_is_the_same(store: EmbeddedStore) -> None:
    uri = store.start()
    with pymongo.MongoClient(uri) as client:
        client["elicence_issuer"]["kept"].insert_one({"_id": 2})
    store.process.kill()
    store.process.wait()
    assert store.start() == uri
    with pymongo.MongoClient(uri) as client:
        assert {row["_id"] for row in client["elicence_issuer"]["kept"].find()} >= {1, 2}


def test_killed_between_set_up_and_sentinel_it_completes_on_the_next_start(tmp_path: Path) -> None:
    """Input: set initiated, user made, sentinel file never written. Verdict: the next start finishes the work."""
    with EmbeddedStore(tmp_path):
        pass
    StoreLayout.of_node(tmp_path).sentinel_file.unlink()
    with EmbeddedStore(tmp_path) as again, pymongo.MongoClient(again.uri) as client:
        assert client["elicence_store"]["sentinel"].count_documents({}) == 1
    assert StoreLayout.of_node(tmp_path).sentinel_file.exists()


def test_a_data_directory_that_lost_its_files_is_not_started_empty(data: Path, tmp_path: Path) -> None:
    """Input: the server's directory emptied behind our back. Verdict: refused, and nothing was created in it."""
    shutil.copytree(data / "store", tmp_path / "store")
    layout = StoreLayout.of_node(tmp_path)
    shutil.rmtree(layout.database_files)
    with pytest.raises(EmbeddedStoreDataError):
        EmbeddedStore(tmp_path).start()
    assert not layout.database_files.exists()


def test_a_data_directory_that_was_exchanged_is_refused(data: Path, tmp_path: Path) -> None:
    """Input: the files of another, empty store of ours in place of the right ones. Verdict: refused, not running."""
    with EmbeddedStore(tmp_path):
        pass
    layout = StoreLayout.of_node(tmp_path)
    layout.sentinel_file.write_text('{"mark": "of-another-store"}')
    store = EmbeddedStore(tmp_path)
    with pytest.raises(EmbeddedStoreDataError):
        store.start()
    assert store.process is None


def test_a_port_in_use_is_a_clear_error(store: EmbeddedStore) -> None:
    port = int(store.layout.port_file.read_text())
    with socket.socket() as other:
        other.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        other.bind(("127.0.0.1", port))
        other.listen()
        with pytest.raises(EmbeddedStoreStartError) as refused:
            store.start()
    assert str(port) in refused.value.message.en


def test_stopping_leaves_no_process_and_no_pid_file(store: EmbeddedStore) -> None:
    store.start()
    pid = store.process.pid
    store.stop()
    with pytest.raises(ProcessLookupError):
        os.kill(pid, 0)
    assert not store.layout.pid_file.exists()


def test_it_dies_with_whoever_started_it_even_by_kill_9(tmp_path: Path) -> None:
    """Input: SIGKILL to the starter. Verdict: the server ends within seconds and the next start finds all data."""
    starter = subprocess.Popen(
        [
            sys.executable,
            "-c",
            textwrap.dedent(f"""
                import time
                from pathlib import Path
                from service.embedded_store.server import EmbeddedStore
                store = EmbeddedStore(Path({str(tmp_path)!r}))
                store.start()
                print(store.process.pid, flush=True)
                time.sleep(60)
            """),
        ],
        stdout=subprocess.PIPE,
    )
    pid = int(starter.stdout.readline())
    starter.send_signal(signal.SIGKILL)
    starter.wait()
    starter.stdout.close()
    deadline = time.monotonic() + 15
    while (
        Path(f"/proc/{pid}").exists() and "Z" not in Path(f"/proc/{pid}/stat").read_text().split(")")[1][:3]
    ):
        assert time.monotonic() < deadline
        time.sleep(0.05)
    with EmbeddedStore(tmp_path):
        pass


def test_an_altered_binary_is_not_run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(binary, "BINARY_SHA256", "0" * 64)
    with pytest.raises(EmbeddedStoreUnavailableError):
        EmbeddedStore(tmp_path).start()


def test_another_kind_of_machine_is_told_of_the_other_way(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(binary.platform, "machine", lambda: "aarch64")
    with pytest.raises(EmbeddedStoreUnavailableError) as refused:
        EmbeddedStore(tmp_path).start()
    assert "ELICENCE_STORE_URI" in refused.value.next_step.en


def test_a_missing_library_is_answered_with_the_exact_command(tmp_path: Path) -> None:
    """Input: a program that ends as the loader does without libcurl4. Verdict: the error is the apt command."""
    program = tmp_path / "mongod"
    program.write_text(
        "#!/bin/sh\necho 'mongod: error while loading shared libraries: libcurl.so.4: cannot open' >&2\nexit 127\n"
    )
    program.chmod(0o755)
    with pytest.raises(EmbeddedStoreUnavailableError) as refused:
        binary.check_runs(program)
    assert "apt-get install -y libcurl4" in refused.value.next_step.en


def test_the_address_is_known_without_starting(data: Path, tmp_path: Path) -> None:
    assert known_store_uri(data).startswith("mongodb://elicence:")
    assert known_store_uri(tmp_path) is None
