"""Status entries: which list, and which indexes in it."""

from __future__ import annotations

import sys
from array import array
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

INDEX_BITS: Final = 20

LIST_CAPACITY: Final = 1 << INDEX_BITS
"""Entries of one list: enough that one copy hides among many, small enough to be rebuilt in milliseconds."""

MAX_LIST_NUMBER: Final = (1 << 40) - 1
"""Largest list number."""


@dataclass(frozen=True, slots=True)
class Entries:
    """Entries of one list, one for each copy of a batch.

    Attributes:
        list_number: names the list, unique on the node.
        indexes: from 0 to ``LIST_CAPACITY`` − 1, each different.
    """

    list_number: int
    indexes: tuple[int, ...]


def pack_indexes(indexes: Sequence[int]) -> bytes:
    """Indexes as they are kept: four bytes each, least significant first."""
    return _little(array("I", indexes)).tobytes()


def unpack_indexes(packed: bytes) -> tuple[int, ...]:
    """The indexes behind what ``pack_indexes`` made."""
    values = array("I")
    values.frombytes(packed)
    return tuple(_little(values))


def _little(values: array[int]) -> array[int]:
    if sys.byteorder == "big":
        values.byteswap()
    return values


def status_list_uri(issuer_url: str, list_number: int) -> str:
    """Address of a list; also the ``sub`` of its token and the ``uri`` in every copy."""
    return f"{issuer_url}/status-lists/{list_number}"
