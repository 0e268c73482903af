"""Give every copy an entry of its own: drawn at random, taken by a unique insert (Token Status List section 13.2)."""

from __future__ import annotations

import secrets
import threading
from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from typing import Final

from issuer.status.entry import LIST_CAPACITY, Entry
from issuer.status.store import CopyRecord, StatusStore

MAX_FILL: Final = LIST_CAPACITY // 2
"""A list that is half full is closed: up to there a draw meets a free entry at least every other time."""

_MAX_ROUNDS: Final = 64


class EntryAllocator:
    """Draws entries in the open lists of each authority. Safe for threads; several processes may draw at once."""

    def __init__(self, store: StatusStore) -> None:
        self._store = store
        self._open: dict[str, tuple[int, ...]] = {}
        self._lock = threading.Lock()

    def allocate(
        self, authority: str, licence: str, offer: str, count: int, *, expires_at: datetime
    ) -> tuple[Entry, ...]:
        """``count`` entries, each taken durably for one copy, in one write unless a drawn entry was taken already.

        Args:
            authority: USCC of the issuing authority; the entries are in its lists.
            licence: identifier of the licence version.
            offer: reference of the offer.
            count: how many copies.
            expires_at: latest instant at which one of the copies can be valid.
        """
        waiting: Sequence[CopyRecord] = [
            CopyRecord(self._draw(authority), licence, offer, expires_at) for _ in range(count)
        ]
        allocated: list[Entry] = []
        for _ in range(_MAX_ROUNDS):
            refused = frozenset(self._store.insert_copies(waiting))
            allocated.extend(
                record.entry for position, record in enumerate(waiting) if position not in refused
            )
            if not refused:
                return tuple(allocated)
            again = [waiting[position] for position in sorted(refused)]
            # A collision is the sign to look how full the list is; without one nobody counts.
            for number in {record.entry.list_number for record in again}:
                self._close_when_full(authority, number)
            waiting = [replace(record, entry=self._draw(authority)) for record in again]
        raise RuntimeError("no free status entry was found")

    def _draw(self, authority: str) -> Entry:
        lists = self._open.get(authority) or self._load(authority)
        return Entry(secrets.choice(lists), secrets.randbelow(LIST_CAPACITY))

    def _load(self, authority: str) -> tuple[int, ...]:
        with self._lock:
            if not self._open.get(authority):
                self._open[authority] = self._store.open_lists(authority) or (
                    self._store.create_list(authority),
                )
            return self._open[authority]

    def _close_when_full(self, authority: str, number: int) -> None:
        if self._store.count_entries(number) >= MAX_FILL:
            self._store.close_list(number)
            with self._lock:
                self._open[authority] = tuple(n for n in self._open.get(authority, ()) if n != number)
