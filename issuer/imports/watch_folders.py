"""Watched folders: whatever a source system puts there is imported, and what became of it lies beside it.

``{watched folder}/{USCC of the authority}/{source, or own}/{type code}/`` has

    in/       files to import; a name that begins with a dot or ends in .part or .tmp is not finished yet
    taken/    received into the store, then moved on at once
    running/  being imported, under ``{import}~{name}``
    done/     imported; ``{name}.refused.…`` beside it has the rows that were refused
    failed/   not imported; ``{name}.error.txt`` says why

Every step is one rename on the same disk, and can be repeated: a file is known again by name, size and time, so that a
kill between two steps imports nothing twice.
"""

from __future__ import annotations

import hashlib
import os
import stat
from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path
from typing import Final

import structlog

from issuer.imports.errors import ImportNotFoundError
from issuer.imports.imported_file import ImportedFile
from issuer.imports.receive_file import Sender, begin_import, job_of, receive_file, transfers_of
from issuer.imports.refused_file import refused_file
from issuer.library.event import Actor
from issuer.node import IssuerNode
from issuer.registrar.authority import Authority
from service.jobs import JobState, Periodic
from standards.errors import ElicenceError
from standards.text import Text

EVERY: Final = timedelta(seconds=20)

_SETTLED_SECONDS: Final = 5
"""A file that was written to within this time may still grow."""

_BLOCK_BYTES: Final = 1024 * 1024
_UNFINISHED: Final = (".part", ".tmp", ".crdownload")
_BY: Final = "watched-folder"
_ACTOR: Final = Actor("监视文件夹")

_LOG = structlog.get_logger(__name__)


def watch_folders(node: IssuerNode, at: datetime) -> None:
    """Take in what has come, and put away what is finished; does nothing where no folder is configured."""
    root = node.settings.watched_folder
    if root is None or not root.is_dir():
        return
    for authority in node.authorities.all(at):
        for folder in sorted(root.glob(f"{authority.uscc}/*/*")):
            if folder.is_dir() and not folder.is_symlink():
                _Watched(node, authority, folder, at).work()


class _Watched:
    """One folder: of one authority, source and type."""

    def __init__(self, node: IssuerNode, authority: Authority, folder: Path, at: datetime) -> None:
        self._node = node
        self._authority = authority
        self._folder = folder
        self._source, self._type = folder.parent.name, folder.name
        self._at = at

    def work(self) -> None:
        for name in ("in", "taken", "running", "done", "failed"):
            (self._folder / name).mkdir(exist_ok=True)
        for path in self._settled("in"):
            path.rename(self._folder / "taken" / path.name)
        for path in self._regular("taken"):
            self._take(path)
        for path in self._regular("running"):
            self._put_away(path)

    def _take(self, path: Path) -> None:
        try:
            file = self._received(path)
            if file.job is None:
                begin_import(self._node, file, by=_BY, at=self._at, dry_run=False)
        except ElicenceError as error:
            self._fail(path, path.name, error.message, error.next_step)
            return
        path.rename(self._folder / "running" / f"{file.id}~{path.name}")

    def _received(self, path: Path) -> ImportedFile:
        facts = path.stat()
        named = f"{self._folder}/{path.name}/{facts.st_size}/{facts.st_mtime_ns}"
        file_id = hashlib.sha256(named.encode()).hexdigest()[:32]
        try:
            return transfers_of(self._node).imports.find(self._authority.uscc, file_id)
        except ImportNotFoundError:
            return receive_file(
                self._node,
                Sender(self._authority, self._source, _BY, _ACTOR),
                _blocks(path),
                name=path.name,
                licence_type=self._node.catalogue.by_code(self._type),
                file_id=file_id,
                at=self._at,
            )

    def _put_away(self, path: Path) -> None:
        import_id, _, name = path.name.partition("~")
        try:
            file = transfers_of(self._node).imports.find(self._authority.uscc, import_id)
        except ImportNotFoundError as error:
            self._fail(path, name, error.message, None)
            return
        job = job_of(self._node, file)
        if job is None or not job.state.is_ended:
            return
        if job.errors:
            refused = self._folder / "done" / f"{name}.refused.{file.shape.format.value}"
            unfinished = refused.with_name(f".{refused.name}")
            with unfinished.open("wb") as out:
                out.writelines(refused_file(file, transfers_of(self._node).refusals))
            unfinished.rename(refused)
        if job.state is JobState.DONE:
            path.rename(self._folder / "done" / name)
        else:
            self._fail(path, name, job.message or job.state.label, None)

    def _fail(self, path: Path, name: str, message: Text, next_step: Text | None) -> None:
        _LOG.warning("watched-file-failed", folder=str(self._folder), reason=message.en)
        lines = [message.zh, message.en]
        if next_step is not None:
            lines += [next_step.zh, next_step.en]
        failed = self._folder / "failed"
        (failed / f"{name}.error.txt").write_text("\n".join(lines) + "\n", "utf-8")
        path.rename(failed / name)

    def _settled(self, name: str) -> list[Path]:
        latest = self._at.timestamp() - _SETTLED_SECONDS
        return [path for path in self._regular(name) if path.stat().st_mtime <= latest]

    def _regular(self, name: str) -> list[Path]:
        """Finished files in the order of their names; links are left alone, wherever they point."""
        return sorted(
            path
            for path in (self._folder / name).iterdir()
            if not path.name.startswith(".")
            and not path.name.endswith(_UNFINISHED)
            and stat.S_ISREG(path.lstat().st_mode)
        )


def _blocks(path: Path) -> Iterator[bytes]:
    # A name that became a link since it was looked at is not followed.
    with os.fdopen(os.open(path, os.O_RDONLY | os.O_NOFOLLOW), "rb") as stream:
        while block := stream.read(_BLOCK_BYTES):
            yield block


PERIODIC: Final = Periodic("issuer.watched-folders", EVERY, watch_folders)
