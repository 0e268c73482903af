"""Who may work on a row: whoever holds its lease, for as long as the lease is renewed.

The store's own clock (``$$NOW``, ``$currentDate``) measures leases, so that the clocks of the workers' machines need
not agree. A lease that was renewed in the future stems from a clock that was set back; it counts as lapsed.
"""

from __future__ import annotations

import threading
from collections.abc import Callable
from datetime import timedelta
from time import monotonic
from types import TracebackType
from typing import Any, Final, Self

import structlog
from pymongo.errors import PyMongoError

LEASE: Final = timedelta(seconds=15)
"""How long a worker that was killed keeps its work from the others. A living one renews three times as often."""

HOLDER: Final = "holder"
RENEWED: Final = "renewed_at"

_LOG = structlog.get_logger(__name__)


def lease_is_free(lease: timedelta) -> dict[str, Any]:
    """Expression (``$expr``): nobody holds the row's lease."""
    milliseconds = int(lease.total_seconds() * 1000)
    return {
        "$or": [
            {"$eq": [{"$ifNull": [f"${HOLDER}", None]}, None]},
            {"$lt": [f"${RENEWED}", {"$subtract": ["$$NOW", milliseconds]}]},
            {"$gt": [f"${RENEWED}", {"$add": ["$$NOW", milliseconds]}]},
        ]
    }


class Heartbeat:
    """Renews a lease in a thread of its own for as long as the context lasts, so that a long step does not lose it."""

    def __init__(self, renew: Callable[[], bool], lease: timedelta) -> None:
        """Args:
        renew: renews and answers whether the lease is still ours; may raise ``PyMongoError`` while the store is away.
        lease: how long it lasts without.
        """
        self._renew = renew
        self._seconds = lease.total_seconds()
        self._ended = threading.Event()
        self._lost = threading.Event()
        self._renewed = monotonic()
        self._thread = threading.Thread(target=self._beat, name="lease", daemon=True)

    @property
    def is_lost(self) -> bool:
        """Whether somebody else may have the lease by now: it was refused, or could not be renewed in time."""
        return self._lost.is_set() or monotonic() - self._renewed > self._seconds

    def note_renewed(self, since: float) -> None:
        """The lease was renewed by another write, which began at ``since`` (``monotonic``)."""
        self._renewed = max(self._renewed, since)

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._ended.set()

    def _beat(self) -> None:
        while not self._ended.wait(self._seconds / 3):
            began = monotonic()
            try:
                ours = self._renew()
            except PyMongoError as error:
                _LOG.warning("lease-not-renewed", reason=type(error).__name__)
                continue
            if not ours:
                self._lost.set()
                return
            self.note_renewed(began)
