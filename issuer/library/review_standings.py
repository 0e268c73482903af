"""Use case: what the passing of time changes (begun, expired, inspection overdue) reaches the copies."""

from __future__ import annotations

import threading
from datetime import datetime, timedelta
from typing import Final

from issuer.library.library import Library
from issuer.library.licence import local_day
from issuer.library.standing import next_review

REVIEW_EVERY: Final = timedelta(minutes=1)
"""How often one process looks, at most. Days begin at midnight in China; a minute later every list knows."""


class StandingReview:
    """Runs the review now and then, on the occasion of other work."""

    def __init__(self, library: Library) -> None:
        self._library = library
        self._reviewed_at: datetime | None = None
        self._lock = threading.Lock()

    def run_when_due(self, *, at: datetime) -> None:
        """Review unless this process did so within ``REVIEW_EVERY``; called before a status list is published."""
        with self._lock:
            if self._reviewed_at is not None and timedelta(0) <= at - self._reviewed_at < REVIEW_EVERY:
                return
            self._reviewed_at = at
        review_standings(self._library, at=at)


def review_standings(library: Library, *, at: datetime, batch: int = 500) -> int:
    """Report every licence whose day has come, and note the next one. Answers how many.

    Safe to run at any time and by several processes at once: reporting is idempotent, and a licence that somebody
    changes meanwhile keeps its own day.
    """
    today, done = local_day(at), 0
    while True:
        due = library.store.due_for_review(today, batch)
        for licence in due:
            library.report(licence, at)
            following = next_review(licence, library.type_of(licence), today)
            library.store.note_reviewed(licence, today, following)
        done += len(due)
        if len(due) < batch:
            return done
