"""The order in which a list's indexes are given out: a secret permutation, so that indexes tell nothing of each other.

Counters are never given twice, so neither are the indexes; yet the copies of one batch, or of one hour, do not lie
side by side in the list (Token Status List section 12.5, unlinkability).
"""

from __future__ import annotations

from array import array
from hashlib import shake_256
from secrets import token_bytes
from typing import Final

from issuer.status.entry import INDEX_BITS

KEY_BYTES: Final = 16

_ROUNDS: Final = 8
"""A Feistel network of eight rounds with independent random functions: twice what makes a strong pseudorandom
permutation (Luby and Rackoff), because its halves have only ten bits."""

_HALF_BITS: Final = INDEX_BITS // 2
_HALF: Final = 1 << _HALF_BITS
_MASK: Final = _HALF - 1


class IndexPermutation:
    """One permutation of the indexes of a list, under the list's own key."""

    __slots__ = ("_tables",)

    def __init__(self, key: bytes) -> None:
        """Args:
        key: ``KEY_BYTES`` random bytes.
        """
        stream = array("H", shake_256(key).digest(2 * _HALF * _ROUNDS))
        self._tables = tuple(
            tuple(value & _MASK for value in stream[start : start + _HALF])
            for start in range(0, _HALF * _ROUNDS, _HALF)
        )

    def index_of(self, counter: int) -> int:
        """The index for a counter, both from 0 to 2^20 − 1; different counters have different indexes."""
        left, right = counter >> _HALF_BITS, counter & _MASK
        for table in self._tables:
            left, right = right, left ^ table[right]
        return left << _HALF_BITS | right


def new_key() -> bytes:
    """A key for a new list."""
    return token_bytes(KEY_BYTES)
