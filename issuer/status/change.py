"""Carry the status of a licence to every copy of it: idempotent, and finished even after a crash.

The library calls ``announce_change`` before it changes a licence and ``set_licence_status`` after. What was announced
and never finished, because the process died in between, is finished by the sweep, which asks the library again.
"""

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from issuer.status.store import StatusStore
from standards.status_list import StatusValue

SWEEP_AFTER: Final = timedelta(seconds=1)
"""A change that is not finished by then is looked into: the licence is read again and its copies follow."""

FORGET_AFTER: Final = timedelta(minutes=2)
"""Whoever announced a change and has not finished it by then is gone: no write of ours takes so long."""

SWEEP_EVERY: Final = timedelta(seconds=1)
"""How often one process looks, at most."""

_SWEEP_BATCH: Final = 100


@dataclass(frozen=True, slots=True)
class CurrentStatus:
    """What the library says of a licence now: the value for its copies, and the revision that gave it."""

    value: StatusValue
    revision: int


StatusOf = Callable[[str, datetime], CurrentStatus | None]
"""Asks the library for the status of a licence by its identifier; ``None`` when it has no such licence."""


class StatusChanges:
    """Announces, applies and finishes changes of status."""

    def __init__(self, store: StatusStore, status_of: StatusOf) -> None:
        self._store = store
        self._status_of = status_of
        self._swept_at: datetime | None = None
        self._lock = threading.Lock()

    def announce_change(self, identifier: str, *, at: datetime) -> None:
        """Before a licence changes: note durably that its copies must follow."""
        self._store.announce(identifier, at)

    def set_licence_status(
        self,
        identifier: str,
        value: StatusValue,
        *,
        revision: int,
        at: datetime,  # noqa: ARG002 -- part of the library's port; the lists themselves carry the instant
    ) -> None:
        """After a licence changed: put ``value`` on every copy. Repeating it changes nothing.

        Args:
            identifier: of the licence version.
            value: for its copies.
            revision: the licence's revision that gave the value; an older one does not undo a newer one.
            at: now.
        """
        self._apply(identifier, value, revision)
        self._store.finish(identifier)

    def sweep(self, *, at: datetime) -> int:
        """Finish what was announced and not finished; answers how many licences were looked into."""
        unfinished = self._store.unfinished(at - SWEEP_AFTER, _SWEEP_BATCH)
        for change in unfinished:
            current = self._status_of(change.licence, at)
            if current is not None and current.revision != change.swept_revision:
                self._apply(change.licence, current.value, current.revision)
                self._store.note_swept(change, current.revision)
            if at - change.announced_at > FORGET_AFTER:
                self._store.forget(change)
        return len(unfinished)

    def sweep_when_due(self, *, at: datetime) -> None:
        """Sweep unless this process did so within ``SWEEP_EVERY``; called before a list is published."""
        with self._lock:
            if self._swept_at is not None and timedelta(0) <= at - self._swept_at < SWEEP_EVERY:
                return
            self._swept_at = at
        self.sweep(at=at)

    def _apply(self, identifier: str, value: StatusValue, revision: int) -> None:
        # In this order: a list that is built under the new version has read the new values.
        self._store.raise_versions(self._store.set_values(identifier, value, revision), identifier)
