"""Cutting DER into its pieces without reading them (X.690 section 10): tag, content, and the bytes as they came."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

_MAX_PIECES: Final = 64


@dataclass(frozen=True, slots=True)
class Piece:
    """One value.

    Attributes:
        tag: its first byte.
        content: what is in it.
        encoded: all of it, as it came.
    """

    tag: int
    content: bytes
    encoded: bytes


def pieces(data: bytes) -> list[Piece]:
    """The values that follow one another in ``data``; raises ``ValueError`` for anything but DER with short tags."""
    found: list[Piece] = []
    at = 0
    while at < len(data):
        if len(found) == _MAX_PIECES or len(data) - at < 2 or data[at] & 0x1F == 0x1F:
            raise ValueError("not a sequence of values")
        size, begins = data[at + 1], at + 2
        if size >= 0x80:
            count = size & 0x7F
            begins += count
            if not 1 <= count <= 4 or begins > len(data):
                raise ValueError("a length that DER does not have")
            size = int.from_bytes(data[at + 2 : begins], "big")
        ends = begins + size
        if ends > len(data):
            raise ValueError("a value that ends beyond its end")
        found.append(Piece(data[at], data[begins:ends], data[at:ends]))
        at = ends
    return found


def only(found: Sequence[Piece]) -> Piece:
    """The one that there is; raises ``ValueError`` for none or several."""
    if len(found) != 1:
        raise ValueError("one value is expected")
    return found[0]
