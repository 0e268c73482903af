"""A status entry: which list, which index. Packed into one number, it is the key of its copy."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final, Self

INDEX_BITS: Final = 20

LIST_CAPACITY: Final = 1 << INDEX_BITS
"""Entries of one list: enough that one copy hides among many, small enough to be rebuilt in milliseconds."""

MAX_LIST_NUMBER: Final = (1 << 40) - 1
"""Largest list number; packed entries then fit into a signed integer of 64 bits."""


@dataclass(frozen=True, slots=True)
class Entry:
    """One entry of one list.

    Attributes:
        list_number: names the list, unique on the node.
        index: from 0 to ``LIST_CAPACITY`` − 1.
    """

    list_number: int
    index: int

    def packed(self) -> int:
        """``list_number · 2^20 + index``: unique over all lists."""
        return self.list_number << INDEX_BITS | self.index

    @classmethod
    def of_packed(cls, packed: int) -> Self:
        """The entry behind a packed number."""
        return cls(packed >> INDEX_BITS, packed & (LIST_CAPACITY - 1))


def status_list_uri(issuer_url: str, list_number: int) -> str:
    """Address of a list; also the ``sub`` of its token and the ``uri`` in every copy."""
    return f"{issuer_url}/status-lists/{list_number}"
