"""A package that was unpacked into a directory."""

from __future__ import annotations

import os
from pathlib import Path

from standards.bagit import Bag, InvalidBagError, ZipLimits


def read_directory(base: Path, limits: ZipLimits | None = None) -> Bag:
    """Read the files below a directory; links are refused, not followed.

    Raises:
        InvalidBagError: no bag, too much, or something that is no plain file.
    """
    limits = limits or ZipLimits()
    files: dict[str, bytes] = {}
    left = limits.total_bytes
    for directory, subdirectories, names in os.walk(base):
        for name in (*subdirectories, *names):
            path = Path(directory, name)
            where = path.relative_to(base).as_posix()
            if path.is_symlink() or not (path.is_file() or path.is_dir()):
                raise InvalidBagError(
                    "归档包含有链接。", "The package holds a link or a device.", where=where
                )
            if path.is_dir():
                continue
            with path.open("rb") as stream:
                files[where] = stream.read(left + 1)
            left -= len(files[where])
            if left < 0 or len(files) > limits.files:
                raise InvalidBagError("归档包过大。", "The package is too large.")
    return Bag.of(files)
