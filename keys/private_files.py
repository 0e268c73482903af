"""Files that only their owner may read, written so that a crash leaves the old content or the new, never a half.

A write goes to a temporary file of mode 0600 in the same directory, is flushed to the disk, and takes its place by
an atomic operation of the file system (POSIX ``link`` to create, ``rename`` to replace).
"""

from __future__ import annotations

import os
import secrets
import stat
from pathlib import Path
from typing import Final

FILE_MODE: Final = 0o600
DIRECTORY_MODE: Final = 0o700
_EXPOSED: Final = stat.S_IRWXG | stat.S_IRWXO


def create_private_file(path: Path, content: bytes) -> None:
    """Create ``path`` with ``content``; of several processes exactly one succeeds.

    Raises ``FileExistsError`` when the file is there already; the file that is there stays as it is.
    """
    temporary = _write_temporary(path, content)
    try:
        os.link(temporary, path)
    finally:
        temporary.unlink()
    _flush_directory(path.parent)


def replace_private_file(path: Path, content: bytes) -> None:
    """Put ``content`` in the place of ``path``, which may or may not exist. Readers see the old or the new."""
    temporary = _write_temporary(path, content)
    try:
        temporary.replace(path)
    except OSError:
        temporary.unlink(missing_ok=True)
        raise
    _flush_directory(path.parent)


def rename_private_file(path: Path, new_path: Path) -> None:
    """Give ``path`` another name in the same directory, durably."""
    path.replace(new_path)
    _flush_directory(path.parent)


def make_private_directory(path: Path) -> None:
    """Create ``path`` with mode 0700, parents included; an existing directory stays as it is."""
    path.mkdir(mode=DIRECTORY_MODE, parents=True, exist_ok=True)


def is_exposed(path: Path) -> bool:
    """Whether the group or others have any right on ``path``."""
    return bool(path.stat().st_mode & _EXPOSED)


def _write_temporary(path: Path, content: bytes) -> Path:
    temporary = path.with_name(f".{path.name}.{secrets.token_hex(8)}.tmp")
    descriptor = os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, FILE_MODE)
    try:
        with os.fdopen(descriptor, "wb") as stream:
            stream.write(content)
            stream.flush()
            os.fsync(stream.fileno())
    except OSError:
        temporary.unlink(missing_ok=True)
        raise
    return temporary


def _flush_directory(directory: Path) -> None:
    # The name of a file is content of its directory: without this, a crash can lose a file that was flushed.
    descriptor = os.open(directory, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
