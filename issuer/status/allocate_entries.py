"""Give every copy an entry of its own: counters are leased durably in blocks, the list's permutation makes indexes.

A counter is leased once, by one compare-and-set for a whole block; so no two copies ever share an entry, whoever
allocates, and a process that is killed wastes the rest of its block. An index is not given again in the life of its
list (Token Status List section 13.2: a copy that is out there must never read another one's status).
"""

from __future__ import annotations

import threading
from functools import lru_cache
from secrets import SystemRandom
from typing import Final

from issuer.status.entry import Entries
from issuer.status.permutation import IndexPermutation
from issuer.status.store import StatusStore

BLOCK: Final = 256
"""Counters of one lease for copies that are issued one by one: one durable write for 256 of them."""

_KEPT_BLOCKS: Final = 4
_SHUFFLE: Final = SystemRandom()


class EntryAllocator:
    """Gives out entries in the open lists of each authority. Safe for threads; several processes may at once."""

    def __init__(self, store: StatusStore) -> None:
        self._store = store
        self._blocks: dict[str, list[Entries]] = {}
        self._lock = threading.Lock()

    def allocate(self, authority: str, count: int) -> Entries:
        """``count`` entries of one list, given to nobody else; a durable write when no block in hand is long enough.

        What is allocated and never written into a copy is wasted, not lost: its entries stay valid and unused.

        Args:
            authority: USCC of the issuing authority; the entries are in its lists.
            count: from 1 to ``LIST_CAPACITY``.
        """
        with self._lock:
            blocks = self._blocks.setdefault(authority, [])
            for position, block in enumerate(blocks):
                if len(block.indexes) >= count:
                    left = block.indexes[count:]
                    blocks[position : position + 1] = [Entries(block.list_number, left)] if left else []
                    return Entries(block.list_number, block.indexes[:count])
            leased = self._lease(authority, max(count, BLOCK))
            if len(leased.indexes) > count:
                blocks.append(Entries(leased.list_number, leased.indexes[count:]))
                if len(blocks) > _KEPT_BLOCKS:
                    blocks.remove(min(blocks, key=lambda block: len(block.indexes)))
            return Entries(leased.list_number, leased.indexes[:count])

    def _lease(self, authority: str, count: int) -> Entries:
        for number in self._store.open_lists(authority):
            lease = self._store.lease(number, count)
            if lease is not None:
                return _entries(number, lease.key, lease.first, count)
            self._store.close_list(number)
        number = self._store.create_list(authority)
        lease = self._store.lease(number, count)
        if lease is None:
            raise ValueError(f"{count} entries do not fit into one list")
        return _entries(number, lease.key, lease.first, count)


def _entries(number: int, key: bytes, first: int, count: int) -> Entries:
    index_of = _permutation(key).index_of
    indexes = [index_of(counter) for counter in range(first, first + count)]
    # Within a block not even the order of issue shows.
    _SHUFFLE.shuffle(indexes)
    return Entries(number, tuple(indexes))


@lru_cache(maxsize=64)
def _permutation(key: bytes) -> IndexPermutation:
    return IndexPermutation(key)
