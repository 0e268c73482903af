"""Publish a status list: signed by the authority whose copies it is about, rebuilt when its version has grown."""

from __future__ import annotations

import hashlib
import threading
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from issuer.status.change import StatusChanges
from issuer.status.entry import LIST_CAPACITY, status_list_uri
from issuer.status.errors import StatusListNotFoundError
from issuer.status.store import ListRecord, StatusStore
from keys.signer import Signer
from standards.status_list import StatusList, build_status_list_token

TTL: Final = timedelta(seconds=1)
"""How long a verifier keeps a list: a revocation at one window counts at the next one a second later. A list of a
million entries of which few are set weighs some kilobytes and comes out of memory, so asking again is cheap."""

LIFETIME: Final = timedelta(hours=24)
"""After this a list that could not be fetched again counts as stale: the window then says so."""

RENEW_AFTER: Final = timedelta(hours=6)
"""A list that did not change is signed anew after this, so that offline windows hold a fresh one."""

_KEPT_LISTS: Final = 64

_BITS: Final = 2


@dataclass(frozen=True, slots=True)
class PublishedList:
    """A signed list as served.

    Attributes:
        token: the ``statuslist+jwt``.
        etag: names this very text.
        version: of the content.
        issued_at: ``iat``.
    """

    token: str
    etag: str
    version: int
    issued_at: datetime

    def is_recent(self, at: datetime) -> bool:
        """Whether it need not be signed anew at ``at``; a list dated after ``at`` (the clock was put back) does."""
        return timedelta(0) <= at - self.issued_at < RENEW_AFTER


class StatusListPublisher:
    """Builds, signs and keeps the lists of one process; what it serves is never older than the store's version."""

    def __init__(
        self,
        store: StatusStore,
        changes: StatusChanges,
        *,
        issuer_url: str,
        signer_of: Callable[[str], Signer],
    ) -> None:
        self._store = store
        self._changes = changes
        self._issuer_url = issuer_url
        self._signer_of = signer_of
        self._kept: OrderedDict[int, PublishedList] = OrderedDict()
        self._lock = threading.Lock()

    def current(self, number: int, *, at: datetime) -> PublishedList:
        """The list of this number as of ``at``.

        Raises:
            StatusListNotFoundError: there is none.
        """
        self._changes.sweep_when_due(at=at)
        record = self._store.find_list(number)
        if record is None:
            raise StatusListNotFoundError
        kept = self._kept.get(number)
        if kept is not None and kept.version == record.version and kept.is_recent(at):
            return kept
        with self._lock:
            return self._rebuild(record, at)

    def all_current(self, *, at: datetime) -> dict[str, str]:
        """Every list of this node: address → token; for the bundle with which a window works offline."""
        return {
            status_list_uri(self._issuer_url, number): self.current(number, at=at).token
            for number in self._store.list_numbers()
        }

    def _rebuild(self, record: ListRecord, at: datetime) -> PublishedList:
        kept = self._kept.get(record.number)
        if kept is not None and kept.version >= record.version and kept.is_recent(at):
            return kept  # another thread was first
        statuses = StatusList(LIST_CAPACITY, bits=_BITS)
        for index, value in self._store.values_of_list(record.number):
            statuses.set(index, value)
        signer = self._signer_of(record.authority)
        token = build_status_list_token(
            statuses,
            uri=status_list_uri(self._issuer_url, record.number),
            issued_at=at,
            expires_at=at + LIFETIME,
            ttl=TTL,
            certificate_chain=signer.certificate_chain,
            sign=signer.sign,
        )
        etag = hashlib.sha256(token.encode("ascii")).hexdigest()[:32]
        published = PublishedList(token, etag, record.version, at)
        self._kept[record.number] = published
        self._kept.move_to_end(record.number)
        while len(self._kept) > _KEPT_LISTS:
            self._kept.popitem(last=False)
        return published
