"""Use case: what the passing of time changes (begun, expired, inspection overdue) reaches the copies."""

from __future__ import annotations

from datetime import datetime

from issuer.library.library import Library
from issuer.library.licence import local_day
from issuer.library.standing import next_review


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
            library.store.note_reviewed(licence, next_review(licence, library.type_of(licence), today))
        done += len(due)
        if len(due) < batch:
            return done
