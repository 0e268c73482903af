from __future__ import annotations

import hashlib
import io
import json
import shutil
import stat
import tarfile
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pymongo
import pytest
from pymongo import MongoClient

from issuer.status.allocate_entries import EntryAllocator
from issuer.status.store import StatusStore
from keys.master_key import MasterKey
from service.backup.databases import batch_length
from service.backup.errors import BackupError, DamagedArchiveError, NotRestoredError
from service.backup.make_backup import make_backup
from service.backup.restore_backup import restore_backup
from service.embedded_store.server import EmbeddedStore
from service.settings import Settings
from service.supervisor.lock import hold_node
from tests.support.clock import FixedClock


@pytest.fixture
def node(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Settings:
    """A node with an embedded store of its own, some documents, an index, a sealed key and an anchor; stopped."""
    monkeypatch.delenv("ELICENCE_STORE_URI", raising=False)
    settings = Settings.from_environment({"ELICENCE_DATA": str(tmp_path / "node")})
    with hold_node(settings.data):
        MasterKey.create(settings.master_key_file)
        for name, text in (
            ("keys/authority.key", "sealed"),
            ("trust/anchor.pem", "anchor"),
            ("node.json", "{}"),
        ):
            (settings.data / name).parent.mkdir(exist_ok=True)
            (settings.data / name).write_text(text)
    with opened(settings) as client:
        licences = client["elicence_issuer"]["licences"]
        licences.insert_many([{"_id": number, "n": number} for number in range(2500)])
        licences.create_index([("n", 1)], unique=True, name="by_n")
        client["elicence_wallet"]["copies"].insert_one({"_id": "a", "sealed": b"\x00\xff"})
    return settings


@contextmanager
def opened(settings: Settings) -> Iterator[MongoClient]:
    with EmbeddedStore(settings.data) as store, MongoClient(store.uri) as client:
        yield client


def test_a_destroyed_node_comes_back_whole(node: Settings, tmp_path: Path, clock: FixedClock) -> None:
    """Input: backup, then the whole data directory is deleted. Verdict: documents, indexes, keys and trust are back."""
    archive = tmp_path / "node.backup"
    made = make_backup(node, archive, clock)
    assert (made.documents, made.with_master_key) == (2501, True)
    assert stat.S_IMODE(archive.stat().st_mode) == 0o600
    key = node.master_key_file.read_bytes()
    shutil.rmtree(node.data)

    assert restore_backup(node, archive, force=False).documents == 2501

    assert node.master_key_file.read_bytes() == key
    assert stat.S_IMODE(node.master_key_file.stat().st_mode) == 0o600
    assert (node.data / "keys/authority.key").read_text() == "sealed"
    assert (node.data / "trust/anchor.pem").read_text() == "anchor"
    with opened(node) as client:
        assert client["elicence_issuer"]["licences"].count_documents({}) == 2500
        assert client["elicence_wallet"]["copies"].find_one({"_id": "a"})["sealed"] == b"\x00\xff"
        assert client["elicence_issuer"]["licences"].index_information()["by_n"]["unique"]


def test_no_status_entry_is_given_twice_after_a_restore(
    node: Settings, tmp_path: Path, clock: FixedClock
) -> None:
    """Input: a list with 256 entries given out, backup, 256 more given out, then restore. Verdict: what is given out
    next is of another list, because the first one no longer knows of the 256 that are in wallets.
    """
    authority = "1" * 18
    with opened(node) as client:
        allocator = EntryAllocator(StatusStore(client["elicence_issuer"]))
        number = allocator.allocate(authority, 256).list_number
    archive = tmp_path / "node.backup"
    make_backup(node, archive, clock)
    with opened(node) as client:
        allocator = EntryAllocator(StatusStore(client["elicence_issuer"]))
        assert allocator.allocate(authority, 256).list_number == number

    restore_backup(node, archive, force=True)

    with opened(node) as client:
        store = StatusStore(client["elicence_issuer"])
        assert EntryAllocator(store).allocate(authority, 1).list_number != number
        assert number in store.list_numbers()


def test_a_master_key_kept_elsewhere_stays_there(node: Settings, tmp_path: Path, clock: FixedClock) -> None:
    """Input: the key lies outside the data directory. Verdict: not in the archive; restoring needs that very key."""
    safe = tmp_path / "safe" / "master.key"
    safe.parent.mkdir(mode=0o700)
    node.master_key_file.rename(safe)
    settings = Settings.from_environment(
        {"ELICENCE_DATA": str(node.data), "ELICENCE_MASTER_KEY_FILE": str(safe)}
    )
    archive = tmp_path / "node.backup"
    assert not make_backup(settings, archive, clock).with_master_key
    assert safe.read_bytes() not in archive.read_bytes()
    with tarfile.open(archive) as tar:
        assert "files/master.key" not in tar.getnames()
    shutil.rmtree(node.data)
    safe.rename(tmp_path / "kept")
    MasterKey.create(safe)  # a key, but not the key
    with pytest.raises(NotRestoredError):
        restore_backup(settings, archive, force=True)
    assert not (node.data / "store").exists()
    (tmp_path / "kept").replace(safe)
    assert restore_backup(settings, archive, force=False).documents == 2501


def test_a_node_with_data_is_only_replaced_by_force(
    node: Settings, tmp_path: Path, clock: FixedClock
) -> None:
    archive = tmp_path / "node.backup"
    make_backup(node, archive, clock)
    with opened(node) as client:
        client["elicence_issuer"]["licences"].insert_one({"_id": "later"})
    with pytest.raises(NotRestoredError):
        restore_backup(node, archive, force=False)
    restore_backup(node, archive, force=True)
    with opened(node) as client:
        assert client["elicence_issuer"]["licences"].find_one({"_id": "later"}) is None


def test_a_running_node_is_never_replaced(node: Settings, tmp_path: Path, clock: FixedClock) -> None:
    archive = tmp_path / "node.backup"
    make_backup(node, archive, clock)
    with hold_node(node.data), pytest.raises(NotRestoredError):
        restore_backup(node, archive, force=True)


def test_an_older_backup_is_never_overwritten(node: Settings, tmp_path: Path, clock: FixedClock) -> None:
    archive = tmp_path / "node.backup"
    archive.write_text("an older backup")
    with pytest.raises(BackupError):
        make_backup(node, archive, clock)
    assert archive.read_text() == "an older backup"
    assert sorted(path.name for path in tmp_path.iterdir()) == ["node", "node.backup"]


def count_copies(settings: Settings) -> int:
    with pymongo.MongoClient(settings.store_uri) as client:
        return client[settings.database_name("wallet")]["copies"].count_documents({})


Spoil = Callable[[bytes], bytes]


def _with_member(archive: bytes, name: str, *, content: bytes = b"x", link: str | None = None) -> bytes:
    out = io.BytesIO()
    with tarfile.open(fileobj=io.BytesIO(archive)) as old, tarfile.open(fileobj=out, mode="w:gz") as new:
        for member in old.getmembers():
            new.addfile(member, old.extractfile(member))
        info = tarfile.TarInfo(name)
        if link is not None:
            info.type, info.linkname = tarfile.SYMTYPE, link
            new.addfile(info)
        else:
            info.size = len(content)
            new.addfile(info, io.BytesIO(content))
    return out.getvalue()


@pytest.mark.parametrize(
    "spoil",
    [
        lambda archive: archive[: len(archive) // 2],
        lambda archive: archive[:-200] + bytes(200),
        lambda _: b"no archive at all",
        lambda _: b"",
        lambda archive: _with_member(archive, "files/more"),
        lambda archive: _with_member(archive, "files/keys/authority.key"),
        lambda archive: _with_member(archive, "../escaped"),
        lambda archive: _with_member(archive, "/tmp/escaped"),
        lambda archive: _with_member(archive, "files/link", link="/etc/passwd"),
        lambda archive: _with_member(archive, "manifest.json", content=b'{"format": "elicence-backup/2"}'),
    ],
)
def test_a_damaged_archive_changes_nothing(
    node: Settings, tmp_path: Path, clock: FixedClock, spoil: Spoil
) -> None:
    """Input: cut short, altered, foreign, members added or replaced, paths and links that lead out.

    Verdict: refused as damaged, the node is as it was.
    """
    archive = tmp_path / "node.backup"
    make_backup(node, archive, clock)
    archive.write_bytes(spoil(archive.read_bytes()))
    before = sorted(str(path) for path in node.data.rglob("*") if "store" not in path.parts)
    with pytest.raises(DamagedArchiveError):
        restore_backup(node, archive, force=True)
    assert sorted(str(path) for path in node.data.rglob("*") if "store" not in path.parts) == before
    assert not (tmp_path / "escaped").exists()


def _altered(archive: bytes, changes: dict[str, bytes]) -> bytes:
    """The archive with members replaced or added, and every size and digest of its manifest made to fit again."""
    with tarfile.open(fileobj=io.BytesIO(archive)) as old:
        members = {member.name: old.extractfile(member).read() for member in old.getmembers()}
    members |= changes
    manifest = json.loads(members.pop("manifest.json"))
    listed = {name: content for name, content in members.items() if name != "manifest.mark"}
    manifest["members"] = {
        name: [len(content), hashlib.sha256(content).hexdigest()] for name, content in listed.items()
    }
    if "files/master.key" in changes:
        manifest["master_key_id"] = MasterKey(changes["files/master.key"]).key_id
    out = io.BytesIO()
    with tarfile.open(fileobj=out, mode="w:gz") as new:
        for name, content in {"manifest.json": json.dumps(manifest).encode(), **members}.items():
            info = tarfile.TarInfo(name)
            info.size = len(content)
            new.addfile(info, io.BytesIO(content))
    return out.getvalue()


@pytest.mark.parametrize(
    "changes", [{"files/trust/anchor.pem": b"mine"}, {"databases/issuer/staff.bson": b""}]
)
def test_a_backup_altered_with_fitting_digests_changes_nothing(
    node: Settings, tmp_path: Path, clock: FixedClock, changes: dict[str, bytes]
) -> None:
    """Input: somebody at the place of the backups puts in a trust anchor of his own, or a collection, and makes all
    digests anew; he has no master key. Verdict: refused, the node keeps its own anchor.
    """
    archive = tmp_path / "node.backup"
    make_backup(node, archive, clock, with_master_key=False)
    archive.write_bytes(_altered(archive.read_bytes(), changes))
    with pytest.raises(DamagedArchiveError):
        restore_backup(node, archive, force=True)
    assert (node.data / "trust/anchor.pem").read_text() == "anchor"


def test_a_backup_that_brings_another_master_key_changes_nothing(
    node: Settings, tmp_path: Path, clock: FixedClock
) -> None:
    """Input: the archive is replaced by one of another node, with its key in it and everything fitting.

    Verdict: refused even with force, for a key is in its place here; the key stays.
    """
    key = node.master_key_file.read_bytes()
    node.master_key_file.unlink()
    MasterKey.create(node.master_key_file)
    archive = tmp_path / "foreign.backup"
    make_backup(node, archive, clock)
    node.master_key_file.write_bytes(key)
    with pytest.raises(NotRestoredError):
        restore_backup(node, archive, force=True)
    assert node.master_key_file.read_bytes() == key


def test_a_backup_made_during_a_rotation_comes_back(
    node: Settings, tmp_path: Path, clock: FixedClock
) -> None:
    """Input: both master keys, current and previous, are in the archive. Verdict: both are back, for their owner only."""
    previous = node.master_key_file.with_name("master.key.previous")
    node.master_key_file.rename(previous)
    MasterKey.create(node.master_key_file)
    kept = [path.read_bytes() for path in (node.master_key_file, previous)]
    archive = tmp_path / "node.backup"
    make_backup(node, archive, clock)
    shutil.rmtree(node.data)
    restore_backup(node, archive, force=False)
    assert [path.read_bytes() for path in (node.master_key_file, previous)] == kept
    assert stat.S_IMODE(previous.stat().st_mode) == 0o600
    assert MasterKey.load(node.master_key_file).rotating


def test_a_restore_that_was_broken_off_is_completed_by_the_next(
    node: Settings, tmp_path: Path, clock: FixedClock
) -> None:
    archive = tmp_path / "node.backup"
    make_backup(node, archive, clock)
    (node.data / "restoring").touch()
    shutil.rmtree(node.data / "keys")
    restore_backup(node, archive, force=False)
    assert not (node.data / "restoring").exists()
    assert (node.data / "keys/authority.key").exists()


def test_all_databases_are_of_one_instant(
    settings: Settings, tmp_path: Path, clock: FixedClock, monkeypatch
) -> None:
    """Input: a writer adds a licence and then its copy, all the time. Verdict: no copy without its licence, ever."""
    monkeypatch.setenv("ELICENCE_STORE_URI", settings.store_uri)
    stop = threading.Event()

    def write() -> None:
        with pymongo.MongoClient(settings.store_uri) as client:
            number = 0
            while not stop.is_set():
                client[settings.database_name("issuer")]["licences"].insert_one({"_id": number})
                client[settings.database_name("wallet")]["copies"].insert_one({"_id": number})
                number += 1

    writer = threading.Thread(target=write)
    writer.start()
    while count_copies(settings) == 0:
        pass
    try:
        for turn in range(5):
            make_backup(settings, tmp_path / f"{turn}.backup", clock)
    finally:
        stop.set()
        writer.join()
    for turn in range(5):
        with tarfile.open(tmp_path / f"{turn}.backup") as tar:
            counts = [
                batch_length(tar.extractfile(f"databases/{name}.bson").read())
                for name in ("issuer/licences", "wallet/copies")
            ]
        assert counts[0] in (counts[1], counts[1] + 1)
