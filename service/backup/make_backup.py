"""Make a backup of a node, running or not."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from tempfile import TemporaryDirectory

from keys.master_key import MasterKey
from service.backup.archive import Manifest, write_archive
from service.backup.databases import dump_databases
from service.clock import Clock
from service.embedded_store.server import EmbeddedStore
from service.settings import Settings
from service.supervisor.lock import hold_node, node_is_running

KEPT_FILES = ("keys", "trust", "node.json")
"""What of the data directory belongs to the node's state; the store is read through its own interface."""


@dataclass(frozen=True, slots=True)
class MadeBackup:
    """What came out."""

    manifest: Manifest
    documents: int
    with_master_key: bool


def make_backup(
    settings: Settings, target: Path, clock: Clock, *, with_master_key: bool | None = None
) -> MadeBackup:
    """Write a node into one file.

    Databases first, keys after: a key that is newer than the snapshot is harmless, one that is missing is not.

    Args:
        settings: of the node.
        target: file that does not exist yet.
        clock: for the date.
        with_master_key: put the master key in. Unless told, it is put in exactly when it lies in the data directory:
            there it would be lost with it. A key kept elsewhere stays there, and the archive without it opens nothing.

    Raises:
        BackupError, EmbeddedStoreError, MasterKeyError: nothing was written.
    """
    master = MasterKey.load(settings.master_key_file)
    include = (
        lies_within(settings.master_key_file, settings.data) if with_master_key is None else with_master_key
    )
    # Beside the target, because it can be large; private, because it holds what the store holds.
    with TemporaryDirectory(prefix=".elicence-backup-", dir=target.absolute().parent) as temporary:
        staged = Path(temporary)
        with reachable_store(settings) as reachable:
            documents = dump_databases(reachable, staged / "databases")
        files = staged / "files"
        files.mkdir()
        for name in KEPT_FILES:
            _copy(settings.data / name, files / name)
        if include:
            for path in master_key_files(settings.master_key_file):
                _copy(path, files / f"master.key{path.name.removeprefix(settings.master_key_file.name)}")
        manifest = write_archive(
            staged, target, made_at=clock.now().isoformat(timespec="seconds"), master=master
        )
    return MadeBackup(manifest, documents, include)


@contextmanager
def reachable_store(settings: Settings) -> Iterator[Settings]:
    """Settings whose store answers: the configured one, the running node's, or the embedded one started for us."""
    embedded = not os.environ.get("ELICENCE_STORE_URI", "").strip()
    if embedded and not node_is_running(settings.data):
        with hold_node(settings.data), EmbeddedStore(settings.data) as store:
            yield replace(settings, store_uri=store.uri)
    else:
        yield settings


def lies_within(file: Path, directory: Path) -> bool:
    """Whether a file lies below a directory, links resolved."""
    return file.resolve().is_relative_to(directory.resolve())


def master_key_files(file: Path) -> list[Path]:
    """The master key and, during a rotation, the one before (``NAME.previous``, see ``keys.master_key``)."""
    return [path for path in (file, file.with_name(f"{file.name}.previous")) if path.exists()]


def _copy(source: Path, target: Path) -> None:
    if source.is_dir():
        shutil.copytree(source, target)
    elif source.exists():
        shutil.copyfile(source, target)
