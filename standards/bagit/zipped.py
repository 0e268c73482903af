"""A bag as one ZIP file: written so that the same bag makes the same bytes, read within limits."""

from __future__ import annotations

import io
import stat
import zipfile
import zlib
from dataclasses import dataclass
from typing import Final

from standards.bagit.bag import Bag, InvalidBagError, check_names

_MOMENT: Final = (1980, 1, 1, 0, 0, 0)
"""The earliest that ZIP can say; the time of the package is in its metadata."""

_PLAIN_FILE: Final = (stat.S_IFREG | 0o644) << 16
_ENCRYPTED: Final = 0x1
_METHODS: Final = frozenset({zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED})


@dataclass(frozen=True, slots=True)
class ZipLimits:
    """Attributes: files: most files; total_bytes: most bytes when unpacked, all together."""

    files: int = 2_000
    total_bytes: int = 256 * 1024 * 1024


def write_zip(bag: Bag, base: str) -> bytes:
    """The bag below one directory named ``base``."""
    output = io.BytesIO()
    with zipfile.ZipFile(output, "w", zipfile.ZIP_DEFLATED) as archive:
        for path in sorted(bag.files):
            entry = zipfile.ZipInfo(f"{base}/{path}", _MOMENT)
            entry.create_system = 3  # attributes as on Unix, whatever system writes
            entry.external_attr = _PLAIN_FILE
            entry.compress_type = zipfile.ZIP_DEFLATED
            archive.writestr(entry, bag.files[path])
    return output.getvalue()


def read_zip(content: bytes, limits: ZipLimits | None = None) -> Bag:
    """Read a bag out of a ZIP; nothing is written anywhere, and no more is unpacked than the limits allow.

    Raises:
        InvalidBagError: no ZIP, encrypted, too large when unpacked, links, or names that lead elsewhere.
    """
    limits = limits or ZipLimits()
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            entries = [entry for entry in archive.infolist() if not entry.is_dir()]
            if len(entries) > limits.files:
                raise _too_large()
            check_names(entry.filename for entry in entries)
            return Bag.of(_without_base(_unpack(archive, entries, limits.total_bytes)))
    except (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, ValueError, OSError) as cause:
        raise InvalidBagError(
            "归档包已损坏，无法打开。", "The package is damaged and cannot be opened."
        ) from cause


def _unpack(archive: zipfile.ZipFile, entries: list[zipfile.ZipInfo], left: int) -> dict[str, bytes]:
    files: dict[str, bytes] = {}
    for entry in entries:
        kind = stat.S_IFMT(entry.external_attr >> 16)
        if (
            entry.flag_bits & _ENCRYPTED
            or entry.compress_type not in _METHODS
            or kind not in {0, stat.S_IFREG}
        ):
            raise InvalidBagError(
                "归档包含有加密、链接或不支持的内容。",
                "The package holds something encrypted, a link, or an unsupported form.",
                where=entry.filename,
            )
        with archive.open(entry) as stream:
            # What the directory says about sizes is the sender's word: only what comes out counts.
            unpacked = stream.read(left + 1)
        left -= len(unpacked)
        if left < 0:
            raise _too_large()
        files[entry.filename] = unpacked
    return files


def _without_base(files: dict[str, bytes]) -> dict[str, bytes]:
    bases = {name.partition("/")[0] for name in files}
    if len(bases) != 1 or any("/" not in name for name in files):
        raise InvalidBagError(
            "归档包应只含一个目录。", "A package holds one directory and nothing beside it."
        )
    return {name.partition("/")[2]: content for name, content in files.items()}


def _too_large() -> InvalidBagError:
    return InvalidBagError("归档包展开后过大。", "The package is too large when unpacked.")
