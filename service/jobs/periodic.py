"""Periodic work: one worker of all leads each, for as long as it renews its lease; the others wait to take over.

Collection ``periodic_work`` of each service's database, one row for each kind of work. Shard key ``_id``, its name.
"""

from __future__ import annotations

import secrets
import threading
from collections.abc import Callable
from contextlib import suppress
from datetime import timedelta
from time import monotonic
from typing import Any, Final

import structlog
from pymongo.collection import Collection
from pymongo.database import Database
from pymongo.errors import DuplicateKeyError, PyMongoError

from service.jobs.kind import JobNode, Periodic
from service.jobs.lease import HOLDER, LEASE, RENEWED, Heartbeat, lease_is_free
from service.store.away import is_store_away

_LONGEST_PAUSE: Final = timedelta(seconds=30)
"""After failures, the work comes again after twice the time, up to this or its own interval."""

_LOG = structlog.get_logger(__name__)


class PeriodicStore:
    """Who leads which work."""

    def __init__(self, database: Database[dict[str, Any]], *, lease: timedelta = LEASE) -> None:
        self._rows: Collection[dict[str, Any]] = database["periodic_work"]
        self._free = lease_is_free(lease)
        self.lease = lease

    def take(self, name: str, holder: str) -> bool:
        """Take the lead if nobody has it; one durable write when it is free."""
        took = {"$set": {HOLDER: holder}, "$currentDate": {RENEWED: True}}
        if self._rows.update_one({"_id": name, "$expr": self._free}, took).matched_count:
            return True
        try:
            return (
                self._rows.update_one({"_id": name, HOLDER: holder}, took, upsert=True).upserted_id
                is not None
            )
        except DuplicateKeyError:
            return False

    def renew(self, name: str, holder: str) -> bool:
        """Keep the lead; whether it was still the holder's."""
        return bool(
            self._rows.update_one(
                {"_id": name, HOLDER: holder}, {"$currentDate": {RENEWED: True}}
            ).matched_count
        )

    def release(self, name: str, holder: str) -> None:
        """Give the lead back, if it is the holder's."""
        self._rows.update_one({"_id": name, HOLDER: holder}, {"$unset": {HOLDER: ""}})


class PeriodicRunner:
    """Runs one kind of periodic work in a thread of its own, whenever this process leads it."""

    def __init__(
        self, node: JobNode, periodic: Periodic, stopping: threading.Event, store: PeriodicStore
    ) -> None:
        """Args:
        node: of the service.
        periodic: what comes again.
        stopping: set when the worker ends; a run under way is finished.
        store: who leads.
        """
        self._node = node
        self._work = periodic
        self._stopping = stopping
        self._store = store
        self._holder = secrets.token_hex(12)
        self.thread = threading.Thread(target=self._live, name=periodic.name, daemon=True)

    def start(self) -> None:
        """Begin; it ends by itself after ``stopping`` is set."""
        self.thread.start()

    def _live(self) -> None:
        while not self._stopping.is_set():
            try:
                leads = self._store.take(self._work.name, self._holder)
            except PyMongoError as error:
                _LOG.warning("periodic-lead-not-asked", work=self._work.name, reason=type(error).__name__)
                leads = False
            if leads:
                self._lead()
            else:
                self._stopping.wait(self._store.lease.total_seconds() / 3)

    def _lead(self) -> None:
        renew: Callable[[], bool] = lambda: self._store.renew(self._work.name, self._holder)  # noqa: E731
        with Heartbeat(renew, self._store.lease) as heartbeat:
            failures = 0
            while not self._stopping.is_set() and not heartbeat.is_lost:
                began = monotonic()
                failures = 0 if self._run() else failures + 1
                self._stopping.wait(max(0.0, self._pause(failures) - (monotonic() - began)))
        with suppress(PyMongoError):
            self._store.release(self._work.name, self._holder)

    def _pause(self, failures: int) -> float:
        every: float = self._work.every.total_seconds()
        longest: float = _LONGEST_PAUSE.total_seconds()
        return max(every, min(every * (1 << min(failures, 10)), longest))

    def _run(self) -> bool:
        began = monotonic()
        try:
            self._work.run(self._node, self._node.clock.now())
        except Exception as error:  # noqa: BLE001 - whatever it raises, it comes again
            if is_store_away(error):
                _LOG.warning("periodic-work-rests", work=self._work.name, reason=type(error).__name__)
            else:
                _LOG.error("periodic-work-failed", work=self._work.name, exc_info=error)
            return False
        _LOG.debug("periodic-work", work=self._work.name, seconds=monotonic() - began)
        return True
