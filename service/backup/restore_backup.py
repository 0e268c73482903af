"""Make a node out of a backup."""

from __future__ import annotations

import os
import shutil
from dataclasses import dataclass, replace
from importlib.metadata import entry_points
from pathlib import Path
from tempfile import TemporaryDirectory

from keys.master_key import MasterKey
from service.backup.archive import Manifest, check_mark, read_archive
from service.backup.databases import holds_documents, load_databases
from service.backup.errors import NotRestoredError
from service.backup.make_backup import KEPT_FILES, reachable_store
from service.embedded_store.address import StoreLayout
from service.settings import Settings
from service.supervisor.lock import node_is_running
from standards.text import Text


@dataclass(frozen=True, slots=True)
class RestoredBackup:
    """What was restored."""

    manifest: Manifest
    documents: int


def restore_backup(settings: Settings, source: Path, *, force: bool) -> RestoredBackup:
    """Replace a node's state by that of an archive.

    The archive is checked completely before anything is touched. A mark in the data directory keeps a half-restored
    node from being started; running the restore again completes it. What a service has to do because time has gone on
    since the backup is an entry point of ``elicence.after_restore``, called with the settings of the restored store.

    Args:
        settings: of the node to restore into.
        source: the archive.
        force: replace a node that holds data. A running node is never replaced.

    Raises:
        DamagedArchiveError: nothing was touched.
        NotRestoredError: nothing was touched.
    """
    if node_is_running(settings.data):
        raise NotRestoredError(
            "节点正在运行，不能恢复。",
            "The node is running; it cannot be restored.",
            where=str(settings.data),
            next_step=Text("请先停止节点。", "Stop the node first."),
        )
    settings.data.mkdir(parents=True, exist_ok=True, mode=0o700)
    with TemporaryDirectory(prefix=".elicence-restore-", dir=settings.data) as temporary:
        staged = Path(temporary)
        manifest = read_archive(source, staged)
        check_mark(source, staged, _master_key_of(settings, staged / "files", manifest))
        if not force and _holds_data(settings):
            raise NotRestoredError(
                "该节点已有数据，没有覆盖。",
                "This node holds data; it was not replaced.",
                where=str(settings.data),
                next_step=Text(
                    "若确要以备份取代现有数据，请加 --force。", "To replace what is there, add --force."
                ),
            )
        mark = settings.data / "restoring"
        mark.touch(mode=0o600)
        if not os.environ.get("ELICENCE_STORE_URI", "").strip():
            # A store of its own begins anew: this also mends one that lost its files.
            shutil.rmtree(StoreLayout.of_node(settings.data).directory, ignore_errors=True)
        _put_files(settings, staged / "files")
        with reachable_store(settings) as reachable:
            documents = load_databases(reachable, staged / "databases")
            for point in sorted(entry_points(group="elicence.after_restore"), key=lambda one: one.name):
                point.load()(reachable)
        mark.unlink()
    return RestoredBackup(manifest, documents)


def _holds_data(settings: Settings) -> bool:
    if (settings.data / "restoring").exists():
        return False  # an earlier restore was broken off; what is there is half of this
    if StoreLayout.of_node(settings.data).sentinel_file.exists() or (settings.data / "keys").exists():
        return True
    given = os.environ.get("ELICENCE_STORE_URI", "").strip()
    return bool(given) and holds_documents(replace(settings, store_uri=given))


def _master_key_of(settings: Settings, files: Path, manifest: Manifest) -> MasterKey:
    """The key under which the archive's state is sealed: the one in its place, or the archive's own where there is none.

    A key in its place is never exchanged for another: an archive that brings its own would vouch for itself.
    """
    places = [path for path in (settings.master_key_file, files / "master.key") if path.exists()]
    found = [MasterKey.load(path) for path in places]
    if not found or any(master.key_id != manifest.master_key_id for master in found):
        raise NotRestoredError(
            "缺少这份备份所用的主密钥，或节点上已有另一把主密钥。",
            "The master key of this backup is not here, or another one is in its place.",
            where=str(settings.master_key_file),
            next_step=Text(
                "请把备份时使用的主密钥文件放到该处，或用 ELICENCE_MASTER_KEY_FILE 指明；备份自带主密钥时，请先移走该处的另一把。",
                "Put the master key file that the node used there, or name it in ELICENCE_MASTER_KEY_FILE; where the "
                "backup brings its own, take the other one away first.",
            ),
        )
    return found[0]


def _put_files(settings: Settings, files: Path) -> None:
    for name in KEPT_FILES:
        place = settings.data / name
        if place.is_dir():
            shutil.rmtree(place)
        _put(files / name, place)
    for path in files.glob("master.key*"):
        target = settings.master_key_file.with_name(
            settings.master_key_file.name + path.name.removeprefix("master.key")
        )
        target.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        _put(path, target)


def _put(source: Path, target: Path) -> None:
    """Copy a file or a directory so that only the owner can read it."""
    if source.is_dir():
        target.mkdir(mode=0o700)
        for inner in source.iterdir():
            _put(inner, target / inner.name)
    elif source.exists():
        descriptor = os.open(target, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        with os.fdopen(descriptor, "wb") as file:
            file.write(source.read_bytes())
            file.flush()
            os.fsync(file.fileno())
