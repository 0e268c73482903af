"""Status list tokens by difference: the bytes that changed, and what is signed around them.

A token is signed over its compressed list, so whoever puts it together again has to compress to the very same bytes. Lists
of this software come in chunks of a fixed form (``standards.status_list.chunked``); where another publisher's do not, no
difference is made and the token goes whole. Whether it came out right, its digest in the manifest says.
"""

from __future__ import annotations

import re
import zlib
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

from standards.errors import InvalidInputError
from standards.jose import b64url_decode, b64url_encode
from standards.status_list import ChunkedStatusList, StatusList
from standards.status_list.bits import decompress
from verifier.offline.errors import InvalidBundleError

_LIST: Final = re.compile(rb'"lst":"([A-Za-z0-9_-]*)"')
_BITS: Final = re.compile(rb'"bits":([1248])\b')
_CHANGED: Final = re.compile(rb"[^\0]")


@dataclass(frozen=True, slots=True)
class _Token:
    """The parts of a token: header, what stands before and after the list in the payload, the list, the signature."""

    header: str
    before: bytes
    after: bytes
    entries: bytes
    bits: int
    signature: str


def status_difference(old: str, new: str) -> bytes | None:
    """How ``new`` differs from ``old``; ``None`` where it is better sent whole."""
    try:
        base, wanted = _taken_apart(old), _taken_apart(new)
    except (InvalidInputError, ValueError):
        return None
    if len(base.entries) > len(wanted.entries) or base.bits != wanted.bits:
        return None
    padded = base.entries.ljust(len(wanted.entries), b"\0")
    changed = (int.from_bytes(padded) ^ int.from_bytes(wanted.entries)).to_bytes(len(padded))
    places = [match.start() for match in _CHANGED.finditer(changed)]
    header = b"" if wanted.header == base.header else wanted.header.encode()
    parts = (
        header,
        wanted.before,
        wanted.after,
        wanted.signature.encode(),
        len(wanted.entries).to_bytes(4),
        b"".join(_varint(gap) for gap in _gaps(places)),
        bytes(changed[place] for place in places),
    )
    difference = zlib.compress(b"".join(_varint(len(part)) + part for part in parts), 9)
    try:
        return difference if status_from_difference(old, difference) == new else None
    except InvalidInputError:
        return None


def status_from_difference(old: str, difference: bytes, *, max_bytes: int = 8 * 1024 * 1024) -> str:
    """The newer token; raises ``InvalidBundleError`` where the two do not fit together."""
    try:
        base = _taken_apart(old)
        header, before, after, signature, length, gaps, values = _parts(
            decompress(difference, max_bytes=max_bytes)
        )
        size = int.from_bytes(length)
        if len(length) != 4 or not len(base.entries) <= size <= max_bytes:
            raise _unfit()
        entries = bytearray(base.entries.ljust(size, b"\0"))
        places = _places(gaps)
        if len(places) != len(values):
            raise _unfit()
        for place, value in zip(places, values, strict=True):
            entries[place] ^= value
    except (InvalidInputError, ValueError, IndexError) as cause:
        raise _unfit() from cause
    lists = ChunkedStatusList.of_list(StatusList.of_bytes(bytes(entries), bits=base.bits))
    payload = before + b64url_encode(lists.compress()).encode() + after
    return f"{header.decode() or base.header}.{b64url_encode(payload)}.{signature.decode()}"


def _taken_apart(token: str) -> _Token:
    header, payload, signature = token.split(".")
    text = b64url_decode(payload)
    found, bits = _LIST.search(text), _BITS.search(text)
    if found is None or bits is None:
        raise ValueError("no list in this token")
    entries = decompress(b64url_decode(found[1].decode()))
    return _Token(header, text[: found.start(1)], text[found.end(1) :], entries, int(bits[1]), signature)


def _gaps(places: Iterable[int]) -> Iterable[int]:
    before = -1
    for place in places:
        yield place - before - 1
        before = place


def _places(gaps: bytes) -> list[int]:
    places, place, at = [], -1, 0
    while at < len(gaps):
        gap, at = _read_varint(gaps, at)
        place += gap + 1
        places.append(place)
    return places


def _parts(text: bytes) -> list[bytes]:
    parts, at = [], 0
    while at < len(text):
        length, at = _read_varint(text, at)
        if at + length > len(text):
            raise _unfit()
        parts.append(text[at : at + length])
        at += length
    if len(parts) != 7:
        raise _unfit()
    return parts


def _varint(number: int) -> bytes:
    """LEB128: seven bits a byte, the lowest first."""
    out = bytearray()
    while number > 0x7F:
        out.append(number & 0x7F | 0x80)
        number >>= 7
    out.append(number)
    return bytes(out)


def _read_varint(data: bytes, at: int) -> tuple[int, int]:
    number = shift = 0
    while True:
        byte = data[at]
        number |= (byte & 0x7F) << shift
        at, shift = at + 1, shift + 7
        if byte < 0x80:
            return number, at
        if shift > 35:
            raise _unfit()


def _unfit() -> InvalidBundleError:
    return InvalidBundleError(
        "状态列表的差异与现有列表不符。", "The difference of a status list does not fit the list in hand."
    )
