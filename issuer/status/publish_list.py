"""Publish a status list: signed by the authority whose copies it is about, rebuilt when its version has grown."""

from __future__ import annotations

import hashlib
import threading
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Final

import structlog

from issuer.status.change import StatusChanges
from issuer.status.entry import LIST_CAPACITY, status_list_uri, unpack_indexes
from issuer.status.errors import StatusListNotFoundError
from issuer.status.list_store import ListRecord, Publication
from issuer.status.store import StatusStore
from keys.errors import KeyCustodyError
from keys.signer import Signer
from standards.status_list import (
    ChunkedStatusList,
    build_status_list_token,
    parse_status_list,
    parse_status_list_token,
)

_LOG = structlog.get_logger("elicence.status")

TTL: Final = timedelta(seconds=1)
"""How long a verifier keeps a list: a revocation at one window counts at the next one a second later. A list of a
million entries of which few are set weighs some kilobytes and comes out of memory, so asking again is cheap."""

LIFETIME: Final = timedelta(hours=24)
"""After this a list that could not be fetched again counts as stale: the window then says so."""

RENEW_AFTER: Final = timedelta(hours=6)
"""A list that did not change is signed anew after this, so that offline windows hold a fresh one."""

_KEPT_LISTS: Final = 64
"""At about 300 KB each."""

_BITS: Final = 2


@dataclass(frozen=True, slots=True)
class PublishedList:
    """A signed list as served.

    Attributes:
        token: the ``statuslist+jwt``.
        etag: names this very text.
        version: of the content.
        issued_at: ``iat``.
        statuses: the entries, for the next version; changed only under the publisher's lock.
    """

    token: str
    etag: str
    version: int
    issued_at: datetime
    statuses: ChunkedStatusList = field(repr=False)

    def is_recent(self, at: datetime) -> bool:
        """Whether it need not be signed anew at ``at``; a list dated after ``at`` (the clock was put back) does."""
        return _is_recent(self.issued_at, at)


def _is_recent(issued_at: datetime, at: datetime) -> bool:
    return timedelta(0) <= at - issued_at < RENEW_AFTER


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

    def publish(self, *, at: datetime) -> int:
        """Put every list that changed, or is due to be signed anew, where all processes find it; answers how many."""
        done = 0
        for number, version, issued_at in self._store.publications():
            record = self._store.find_list(number)
            if record is None or (
                record.version == version and issued_at is not None and _is_recent(issued_at, at)
            ):
                continue
            try:
                with self._lock:
                    built = self._rebuild(record, at)
            except KeyCustodyError as error:
                # One authority whose key cannot be used does not keep the others from being published.
                _LOG.warning("status-list-not-signed", list=number, reason=error.code)
                continue
            self._store.publish(number, Publication(built.version, built.token, built.issued_at))
            done += 1
        return done

    def forget(self) -> None:
        """Keep nothing any more, as a process that has just started."""
        with self._lock:
            self._kept.clear()

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
        published = None if kept is not None else self._published(record, at)
        if published is None:
            record, statuses = self._read(record, kept)
            published = self._sign(record, statuses, at)
        self._kept[record.number] = published
        self._kept.move_to_end(record.number)
        while len(self._kept) > _KEPT_LISTS:
            self._kept.popitem(last=False)
        return published

    def _sign(self, record: ListRecord, statuses: ChunkedStatusList, at: datetime) -> PublishedList:
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
        return PublishedList(token, _etag(token), record.version, at, statuses)

    def _published(self, record: ListRecord, at: datetime) -> PublishedList | None:
        """The list as another process published it, where that is this version: nothing is read or signed again."""
        found = self._store.find_publication(record.number)
        if found is None or found.version != record.version or not _is_recent(found.issued_at, at):
            return None
        claims = parse_status_list_token(found.token).jws.claims()
        statuses = ChunkedStatusList.of_list(parse_status_list(claims["status_list"]))
        return PublishedList(found.token, _etag(found.token), found.version, found.issued_at, statuses)

    def _read(self, record: ListRecord, kept: PublishedList | None) -> tuple[ListRecord, ChunkedStatusList]:
        """The entries as of a version: what is kept with the few licences that changed since, or all read anew.

        The version is read first and the entries after it, so they are never older than it says.
        """
        if kept is not None:
            now, licences = self._store.changed_since(record.number, kept.version)
            if licences is not None:
                for value, packed in self._store.values_of_licences(record.number, licences):
                    for index in unpack_indexes(packed):
                        kept.statuses.set(index, value)
                return now, kept.statuses
        statuses = ChunkedStatusList(LIST_CAPACITY, bits=_BITS)
        for value, packed in self._store.values_of_list(record.number):
            for index in unpack_indexes(packed):
                statuses.set(index, value)
        return record, statuses


def _etag(token: str) -> str:
    return hashlib.sha256(token.encode("ascii")).hexdigest()[:32]
