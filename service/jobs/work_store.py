"""The workers' side of the collection ``jobs``: take a job's lease, note its steps, end it or give it back."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta
from typing import Any, Final

from pymongo import ReturnDocument
from pymongo.collection import Collection
from pymongo.database import Database

from service.jobs.errors import LeaseLostError
from service.jobs.job import Job, JobState
from service.jobs.lease import HOLDER, LEASE, RENEWED, lease_is_free
from service.jobs.row import json_text, to_job
from service.jobs.store import ending_of
from standards.text import Text

_MAX_LOOKED_AT: Final = 500
"""Open jobs that are looked at for the next: with more, the oldest come first, whoever owns them."""

RESTING: Final = "resting"
"""Holder of a job that is left alone until the lease has lapsed."""

_Row = dict[str, Any]


class WorkStore:
    """The jobs of one service, for those who do them."""

    def __init__(self, database: Database[_Row], *, lease: timedelta = LEASE) -> None:
        """Args:
        database: of the service.
        lease: the same in all processes.
        """
        self._jobs: Collection[_Row] = database["jobs"]
        self._free = lease_is_free(lease)
        self.lease = lease

    def due(self, kinds: Iterable[str]) -> tuple[str, ...]:
        """Ids of the open jobs that nobody works on: first of owners for whom little is running, then the oldest."""
        rows = list(
            self._jobs.aggregate(
                [
                    {"$match": {"is_open": True, "kind": {"$in": sorted(kinds)}}},
                    {"$sort": {"created_at": 1}},
                    {"$limit": _MAX_LOOKED_AT},
                    {"$project": {"owner": True, "free": self._free}},
                ]
            )
        )
        running: dict[str, int] = {}
        for row in rows:
            running[row["owner"]] = running.get(row["owner"], 0) + (not row["free"])
        free = [row for row in rows if row["free"]]
        return tuple(row["_id"] for row in sorted(free, key=lambda row: running[row["owner"]]))

    def take(self, job_id: str, holder: str, at: datetime) -> tuple[Job, int] | None:
        """Take the lease of an open job that nobody works on; one durable write.

        Returns:
            The job, and how often in a row it was taken without taking a step; ``None`` when somebody was quicker.
        """
        row = self._jobs.find_one_and_update(
            {"_id": job_id, "is_open": True, "$expr": self._free},
            {
                "$set": {"state": JobState.RUNNING.value, HOLDER: holder, "updated_at": at},
                "$inc": {"attempt": 1, "takes_in_vain": 1},
                "$currentDate": {RENEWED: True},
            },
            return_document=ReturnDocument.AFTER,
        )
        return None if row is None else (to_job(row), row["takes_in_vain"])

    def note_step(
        self,
        job_id: str,
        holder: str,
        cursor: Any,
        *,
        done: int,
        errors: int,
        total: int | None,
        at: datetime,
    ) -> Job:
        """Note a step and renew the lease; one durable write. Raises ``LeaseLostError``."""
        changed: _Row = {"cursor": json_text(cursor, "cursor"), "updated_at": at, "takes_in_vain": 0}
        if total is not None:
            changed["total"] = total
        row = self._jobs.find_one_and_update(
            {"_id": job_id, HOLDER: holder, "is_open": True},
            {
                "$set": changed,
                "$inc": {"done": done, "errors": errors},
                "$currentDate": {RENEWED: True},
            },
            return_document=ReturnDocument.AFTER,
        )
        if row is None:
            raise LeaseLostError
        return to_job(row)

    def renew(self, job_id: str, holder: str) -> Job | None:
        """Renew the lease; ``None`` when it is not the holder's."""
        row = self._jobs.find_one_and_update(
            {"_id": job_id, HOLDER: holder, "is_open": True},
            {"$currentDate": {RENEWED: True}},
            return_document=ReturnDocument.AFTER,
        )
        return None if row is None else to_job(row)

    def finish(
        self,
        job_id: str,
        holder: str,
        state: JobState,
        at: datetime,
        *,
        message: Text | None = None,
        result: Mapping[str, Any] | None = None,
    ) -> Job:
        """End the job and give the lease back. Raises ``LeaseLostError``."""
        ending = ending_of(state, at)
        if message is not None:
            ending["$set"]["message"] = message.to_json()
        if result is not None:
            ending["$set"]["result"] = json_text(result, "result")
        row = self._jobs.find_one_and_update(
            {"_id": job_id, HOLDER: holder, "is_open": True}, ending, return_document=ReturnDocument.AFTER
        )
        if row is None:
            raise LeaseLostError
        return to_job(row)

    def release(self, job_id: str, holder: str, *, rest: bool) -> None:
        """Give the job back in order; a holder without the lease changes nothing.

        Args:
            job_id: which.
            holder: who had it.
            rest: leave it alone for the time of a lease, because what it needs is away.
        """
        given_back: _Row = {"$set": {HOLDER: RESTING}} if rest else {"$unset": {HOLDER: ""}}
        given_back.setdefault("$set", {})["state"] = JobState.QUEUED.value
        self._jobs.update_one(
            {"_id": job_id, HOLDER: holder, "is_open": True}, {**given_back, "$inc": {"takes_in_vain": -1}}
        )
