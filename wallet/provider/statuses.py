"""The provider's status entries: given out at random, set at once, published as signed lists.

What a grant or a printed sheet refers to is valid until it is set otherwise. Indexes are drawn by chance, so that two
of them tell nothing of each other (Token Status List section 12.5).
"""

from __future__ import annotations

import hashlib
import secrets
import threading
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Final

from keys.signer import Signer
from service.clock import Clock
from standards.status_list import (
    ChunkedStatusList,
    StatusReference,
    StatusValue,
    build_status_list_token,
)
from wallet.provider.errors import ProviderStatusNotFoundError, StatusEndedError
from wallet.provider.store import LIST_CAPACITY, ListRow, ProviderStatusStore

TTL: Final = timedelta(seconds=1)
"""How long a verifier keeps a list: what is withdrawn counts at the next window a second later."""

LIFETIME: Final = timedelta(hours=24)
"""After this a list that could not be fetched again counts as stale."""

RENEW_AFTER: Final = timedelta(hours=6)
"""A list that did not change is signed anew after this, so that offline windows hold a fresh one."""

_KEPT_LISTS: Final = 16
_DRAWS: Final = 8
"""Draws in a row that hit entries already given out: the list is about half full, so another one is begun."""


@dataclass(frozen=True, slots=True)
class PublishedList:
    """A signed list as served: its token, a name for this very text, and what it was made of."""

    token: str
    etag: str
    version: int
    folded: int
    issued_at: datetime
    signed_by: bytes = field(repr=False)
    statuses: ChunkedStatusList = field(repr=False)


class ProviderStatuses:
    """Gives out, sets and publishes status entries. Safe for threads; several processes may at once."""

    def __init__(
        self, store: ProviderStatusStore, *, wallet_url: str, signer: Callable[[], Signer], clock: Clock
    ) -> None:
        self._store = store
        self._base = f"{wallet_url}/status-lists/"
        self._signer = signer
        self._clock = clock
        self._kept: OrderedDict[int, PublishedList] = OrderedDict()
        self._lock = threading.Lock()

    def allocate(self, count: int, expires_at: datetime) -> list[StatusReference]:
        """``count`` entries given to nobody else, all valid; one durable write, rarely more.

        Args:
            count: at least 1.
            expires_at: latest end of what will refer to them.

        Raises ``ProviderNotCertifiedError``: nothing could be published about them.
        """
        self._signer()
        number = self._store.open_list()
        given: list[StatusReference] = []
        draws = 0
        while len(given) < count:
            wanted = list(dict.fromkeys(secrets.randbelow(LIST_CAPACITY) for _ in range(count - len(given))))
            free = self._store.take(number, wanted, expires_at)
            given += (StatusReference(f"{self._base}{number}", index) for index in free)
            draws = 0 if free else draws + 1
            if draws >= _DRAWS:
                self._store.close_list(number)
                number, draws = self._store.open_list(), 0
        return given

    def set(self, reference: StatusReference, value: StatusValue) -> None:
        """Put ``value`` on an entry, at once and for every process: one durable write. A repeat changes nothing.

        Raises ``ProviderStatusNotFoundError`` for an entry that is not ours, ``StatusEndedError`` for one that has ended.
        """
        number = self._number_of(reference)
        held = self._store.value_of(number, reference.index)
        if held is None:
            raise _not_found()
        if held == value:
            return
        if held == StatusValue.INVALID:
            raise StatusEndedError("该状态已终止，不能恢复。", "This status has ended and cannot come back.")
        self._store.set_value(number, reference.index, int(value))

    def value_of(self, reference: StatusReference) -> StatusValue:
        """What an entry says now, from the store; raises ``ProviderStatusNotFoundError``."""
        held = self._store.value_of(self._number_of(reference), reference.index)
        if held is None:
            raise _not_found()
        return StatusValue(held)

    def current(self, number: int) -> PublishedList:
        """A list as it is now, never older than the store; raises ``ProviderStatusNotFoundError``."""
        row = self._store.find_list(number)
        if row is None:
            raise _not_found()
        with self._lock:
            return self._publish(row)

    def all_current(self) -> dict[str, str]:
        """Every list of this service: address → token; what a window takes along to work offline."""
        return {f"{self._base}{number}": self.current(number).token for number in self._store.list_numbers()}

    def _publish(self, row: ListRow) -> PublishedList:
        at = self._clock.now()
        signer = self._signer()
        leaf = signer.certificate_chain[0]
        kept = self._kept.get(row.number)
        if kept is not None and kept.version > row.version:
            return kept  # another thread read the row after us and was here before us
        if (
            kept is not None
            and kept.version == row.version
            and kept.signed_by == leaf
            and timedelta(0) <= at - kept.issued_at < RENEW_AFTER
        ):
            return kept
        if kept is not None and kept.folded == row.folded:
            statuses = kept.statuses
        else:
            statuses = ChunkedStatusList(LIST_CAPACITY)
            for index, value in self._store.values(row.number).items():
                statuses.set(index, value)
        for index, value in row.changes.items():
            statuses.set(index, value)
        token = build_status_list_token(
            statuses,
            uri=f"{self._base}{row.number}",
            issued_at=at,
            expires_at=at + LIFETIME,
            ttl=TTL,
            certificate_chain=signer.certificate_chain,
            sign=signer.sign,
        )
        etag = hashlib.sha256(token.encode("ascii")).hexdigest()[:32]
        published = PublishedList(token, etag, row.version, row.folded, at, leaf, statuses)
        self._kept[row.number] = published
        self._kept.move_to_end(row.number)
        while len(self._kept) > _KEPT_LISTS:
            self._kept.popitem(last=False)
        return published

    def _number_of(self, reference: StatusReference) -> int:
        number = reference.uri.removeprefix(self._base)
        if not reference.uri.startswith(self._base) or not number.isascii() or not number.isdigit():
            raise _not_found()
        return int(number)


def _not_found() -> ProviderStatusNotFoundError:
    return ProviderStatusNotFoundError("没有该状态列表或状态项。", "There is no such status list or entry.")
