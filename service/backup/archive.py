"""The archive: a gzipped tar whose first member lists every other with its size and SHA-256.

Digests show damage; whoever alters an archive on purpose makes them anew. So the list is marked under the node's master
key, and without that key nobody can put an anchor, a key or a row of his own into a backup.

Members:
    ``manifest.json``                         see :class:`Manifest`
    ``manifest.mark``                         HMAC-SHA-256 over the bytes of ``manifest.json``
    ``databases/{service}/{collection}.bson`` documents, one BSON after the other
    ``databases/{service}/{collection}.json`` its indexes
    ``files/…``                               files of the data directory: sealed keys, trust, perhaps the master key
"""

from __future__ import annotations

import hashlib
import hmac
import os
import shutil
import tarfile
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import Any

import orjson

from keys.master_key import MasterKey
from service.backup.errors import BackupError, DamagedArchiveError
from standards.text import Text

FORMAT = "elicence-backup/2"
"""Name and version of the format; another is refused."""

_MANIFEST = "manifest.json"
_MARK = "manifest.mark"
_MARK_PURPOSE = "backup manifest"


@dataclass(frozen=True, slots=True)
class Manifest:
    """What an archive says about itself."""

    made_at: str
    """RFC 3339 instant."""
    master_key_id: str
    """Which master key opens the sealed parts; says nothing about the key itself."""
    members: Mapping[str, tuple[int, str]]
    """Path → size in bytes, SHA-256 in hex."""

    def to_json(self) -> bytes:
        """As the first member of the archive."""
        return orjson.dumps(
            {
                "format": FORMAT,
                "made_at": self.made_at,
                "master_key_id": self.master_key_id,
                "members": {name: list(facts) for name, facts in self.members.items()},
            }
        )


def write_archive(staged: Path, target: Path, *, made_at: str, master: MasterKey) -> Manifest:
    """Pack the files below ``staged`` into ``target`` (mode 0600; complete under its name, or not there at all).

    Raises:
        BackupError: the target exists, or cannot be written.
    """
    members = {
        str(PurePosixPath(path.relative_to(staged))): (path.stat().st_size, _digest(path))
        for path in sorted(staged.rglob("*"))
        if path.is_file()
    }
    manifest = Manifest(made_at, master.key_id, members)
    unfinished = target.with_name(f".{target.name}.unfinished")
    try:
        # O_EXCL: neither an old backup nor a link that somebody laid is written through.
        descriptor = os.open(unfinished, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW, 0o600)
        with os.fdopen(descriptor, "wb") as file:
            with tarfile.open(fileobj=file, mode="w:gz", compresslevel=6) as tar:
                listed = manifest.to_json()
                (staged / _MANIFEST).write_bytes(listed)
                (staged / _MARK).write_bytes(_mark(listed, master))
                for name in (_MANIFEST, _MARK, *members):
                    tar.add(staged / name, name, filter=_without_owner)
            file.flush()
            os.fsync(file.fileno())
        # A link fails when the name is taken; a rename would replace an older backup.
        os.link(unfinished, target)
    except OSError as error:
        raise BackupError(
            f"无法写入备份文件：{error.strerror}",
            f"The backup cannot be written: {error.strerror}",
            where=str(target),
            next_step=Text("请换一个文件名。", "Choose another file name."),
        ) from error
    finally:
        unfinished.unlink(missing_ok=True)
    return manifest


def read_archive(source: Path, staged: Path) -> Manifest:
    """Unpack an archive into the empty directory ``staged`` and check every member against the manifest.

    Whose manifest it is, :func:`check_mark` says: the key to tell may be in the archive itself.

    Raises:
        DamagedArchiveError: anything is missing, altered, too much, or not as it should be.
    """
    try:
        with tarfile.open(source, "r:gz") as tar:
            for member in tar:
                _unpack(tar, member, staged)
    except (OSError, tarfile.TarError, EOFError, ValueError) as error:
        raise _damaged(source) from error
    manifest = _read_manifest(staged / _MANIFEST, source)
    found = {str(PurePosixPath(path.relative_to(staged))) for path in staged.rglob("*") if path.is_file()}
    if found != {*manifest.members, _MANIFEST, _MARK}:
        raise _damaged(source)
    for name, (size, digest) in manifest.members.items():
        path = staged / name
        if path.stat().st_size != size or _digest(path) != digest:
            raise _damaged(source)
    return manifest


def check_mark(source: Path, staged: Path, master: MasterKey) -> None:
    """See that a node with this master key made the unpacked archive.

    Raises:
        DamagedArchiveError: somebody else did, or altered it.
    """
    if not hmac.compare_digest(
        (staged / _MARK).read_bytes(), _mark((staged / _MANIFEST).read_bytes(), master)
    ):
        raise _damaged(source)


def _mark(listed: bytes, master: MasterKey) -> bytes:
    return hmac.digest(master.derive(_MARK_PURPOSE), listed, hashlib.sha256)


def _unpack(tar: tarfile.TarFile, member: tarfile.TarInfo, staged: Path) -> None:
    """Write one member; ``ValueError`` for anything but a plain file with a plain name that was not there before.

    ``tarfile``'s own filter (PEP 706) is missing from the Python 3.11.2 of Debian 12; and we need less than it allows.
    """
    content = tar.extractfile(member) if member.isreg() else None
    parts = PurePosixPath(member.name).parts
    if content is None or not parts or any(part in {"/", "//", ".", ".."} or "\0" in part for part in parts):
        raise ValueError(member.name)
    target = staged.joinpath(*parts)
    target.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    # O_EXCL: a second member of the same name would replace what was meant. 0600: master keys are among them.
    descriptor = os.open(target, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with content, os.fdopen(descriptor, "wb") as file:
        shutil.copyfileobj(content, file)


def _read_manifest(path: Path, source: Path) -> Manifest:
    try:
        value: Any = orjson.loads(path.read_bytes())
        if value["format"] != FORMAT:
            raise _damaged(source)
        members = {str(name): (int(facts[0]), str(facts[1])) for name, facts in value["members"].items()}
        return Manifest(str(value["made_at"]), str(value["master_key_id"]), members)
    except (
        OSError,
        orjson.JSONDecodeError,
        KeyError,
        TypeError,
        ValueError,
        IndexError,
        AttributeError,
    ) as error:
        raise _damaged(source) from error


def _without_owner(member: tarfile.TarInfo) -> tarfile.TarInfo:
    member.uid = member.gid = 0
    member.uname = member.gname = ""
    member.mode = 0o600
    return member


def _digest(path: Path) -> str:
    with path.open("rb") as content:
        return hashlib.file_digest(content, "sha256").hexdigest()


def _damaged(source: Path) -> DamagedArchiveError:
    return DamagedArchiveError(
        "备份文件已损坏，或不是本系统的备份；节点没有任何改动。",
        "The backup is damaged, or none of ours; nothing was changed on the node.",
        where=str(source),
        next_step=Text("请使用另一份备份。", "Use another backup."),
    )
