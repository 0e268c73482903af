"""Jobs in the store. Messages only wake workers; what is to be done, by whom and from where on, stands here.

Collection ``jobs`` of each service's database, one row for each job. Shard key ``_id``, the job's id. Rows of jobs
that have ended are removed after 180 days.
"""

from __future__ import annotations

import base64
import hashlib
import secrets
from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta
from typing import Any, Final

from pymongo import ASCENDING, DESCENDING, IndexModel, ReturnDocument
from pymongo.collection import Collection
from pymongo.database import Database
from pymongo.errors import DuplicateKeyError

from service.jobs.errors import JobEndedError, JobNotFoundError, JobNotRetryableError, LeaseLostError
from service.jobs.job import Job, JobState
from service.jobs.lease import HOLDER, LEASE, RENEWED, lease_is_free
from service.jobs.row import json_text, to_job
from standards.text import Text

_KEPT_AFTER_END: Final = timedelta(days=180)
_MAX_LOOKED_AT: Final = 500
"""Open jobs that are looked at for the next: with more, the oldest come first, whoever owns them."""

RESTING: Final = "resting"
"""Holder of a job that is left alone until the lease has lapsed."""

_Row = dict[str, Any]


class JobStore:
    """The jobs of one service."""

    def __init__(self, database: Database[_Row], *, lease: timedelta = LEASE) -> None:
        """Args:
        database: of the service.
        lease: the same in all processes.
        """
        self._jobs: Collection[_Row] = database["jobs"]
        self._free = lease_is_free(lease)
        self.lease = lease

    def ensure_indexes(self) -> None:
        """Create the indexes that are missing; safe to repeat, and by several processes at once."""
        self._jobs.create_indexes(
            [
                IndexModel(
                    [("created_at", ASCENDING)], name="open", partialFilterExpression={"is_open": True}
                ),
                IndexModel(
                    [("owner", ASCENDING), ("created_at", DESCENDING), ("_id", DESCENDING)], name="owner"
                ),
                IndexModel([("forget_at", ASCENDING)], name="forget", expireAfterSeconds=0),
            ]
        )

    # -- for those who ask for work -------------------------------------------------------------------------------

    def create(
        self,
        kind: str,
        owner: str,
        parameters: Mapping[str, Any],
        *,
        by: str,
        at: datetime,
        total: int | None = None,
        key: str | None = None,
        holder: str | None = None,
    ) -> Job:
        """Enter a job; one durable write.

        Args:
            kind: name of its kind.
            owner: who will find it.
            parameters: JSON of at most 256 KB; nothing personal in clear.
            by: who asks.
            at: the present instant.
            total: how many items there are, if known.
            key: makes a repeat safe: the same owner, kind and key answer the job that is there, however far it is.
            holder: who runs it, when that is the caller; otherwise any worker takes it.

        Raises:
            JobTooLargeError: the parameters are no small JSON.
        """
        job_id = secrets.token_urlsafe(18) if key is None else _keyed_id(owner, kind, key)
        row: _Row = {
            "_id": job_id,
            "kind": kind,
            "owner": owner,
            "parameters": json_text(parameters, "parameters"),
            "state": JobState.QUEUED.value if holder is None else JobState.RUNNING.value,
            "is_open": True,
            "done": 0,
            "total": total,
            "errors": 0,
            "created_by": by,
            "created_at": at,
            "updated_at": at,
            "attempt": 0 if holder is None else 1,
            "takes_in_vain": 0 if holder is None else 1,
        }
        try:
            if holder is None:
                self._jobs.insert_one(row)
            else:
                # An insert cannot take the store's clock; an upsert that meets nothing can.
                mine = {"_id": row.pop("_id"), HOLDER: holder}
                self._jobs.update_one(
                    mine, {"$setOnInsert": row, "$currentDate": {RENEWED: True}}, upsert=True
                )
                row |= mine
        except DuplicateKeyError:
            existing = self._jobs.find_one({"_id": job_id})
            if existing is None:  # it ended long ago and was removed just now
                raise
            return to_job(existing)
        return to_job(row)

    def find(self, owner: str, job_id: str) -> Job | None:
        """The job if it is the owner's."""
        row = self._jobs.find_one({"_id": job_id, "owner": owner})
        return None if row is None else to_job(row)

    def read(self, job_id: str) -> Job:
        """The job, whose ever it is; for workers and commands. Raises ``JobNotFoundError``."""
        row = self._jobs.find_one({"_id": job_id})
        if row is None:
            raise JobNotFoundError
        return to_job(row)

    def list(
        self, owner: str, kind: str | None = None, limit: int = 50, before: str | None = None
    ) -> tuple[Job, ...]:
        """The owner's jobs, newest first.

        Args:
            owner: whose.
            kind: only these.
            limit: how many at most.
            before: id of the last job of the page before.
        """
        wanted: _Row = {"owner": owner} if kind is None else {"owner": owner, "kind": kind}
        if before is not None:
            last = self._jobs.find_one({"_id": before, "owner": owner}, {"created_at": True})
            if last is not None:
                wanted["$or"] = [
                    {"created_at": {"$lt": last["created_at"]}},
                    {"created_at": last["created_at"], "_id": {"$lt": before}},
                ]
        rows = self._jobs.find(wanted).sort([("created_at", DESCENDING), ("_id", DESCENDING)]).limit(limit)
        return tuple(to_job(row) for row in rows)

    def cancel(self, owner: str, job_id: str, at: datetime) -> Job:
        """Stop a job: at once when nobody works on it, otherwise after the step that is under way.

        What is done stays done. Cancelling a cancelled job changes nothing.

        Raises:
            JobNotFoundError: the owner has no such job.
            JobEndedError: it is done or has failed.
        """
        mine = {"_id": job_id, "owner": owner}
        row = self._jobs.find_one_and_update(
            {**mine, "is_open": True, "$expr": self._free},
            _ending(JobState.CANCELLED, at),
            return_document=ReturnDocument.AFTER,
        ) or self._jobs.find_one_and_update(
            {**mine, "is_open": True}, {"$set": {"is_cancelling": True}}, return_document=ReturnDocument.AFTER
        )
        if row is None:
            row = self._jobs.find_one(mine)
            if row is None:
                raise JobNotFoundError
            if row["state"] != JobState.CANCELLED:
                raise JobEndedError
        return to_job(row)

    def retry(self, owner: str, job_id: str, at: datetime) -> Job:
        """Queue a job that failed or was cancelled again; it goes on from its cursor.

        Raises:
            JobNotFoundError: the owner has no such job.
            JobNotRetryableError: it runs, waits, or is done.
        """
        row = self._jobs.find_one_and_update(
            {
                "_id": job_id,
                "owner": owner,
                "state": {"$in": [JobState.FAILED.value, JobState.CANCELLED.value]},
            },
            {
                "$set": {
                    "state": JobState.QUEUED.value,
                    "is_open": True,
                    "updated_at": at,
                    "takes_in_vain": 0,
                },
                "$unset": {"finished_at": "", "forget_at": "", "message": "", "is_cancelling": ""},
            },
            return_document=ReturnDocument.AFTER,
        )
        if row is None:
            if self.find(owner, job_id) is None:
                raise JobNotFoundError
            raise JobNotRetryableError
        return to_job(row)

    # -- for those who do it --------------------------------------------------------------------------------------

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
        ending = _ending(state, at)
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


def _ending(state: JobState, at: datetime) -> _Row:
    return {
        "$set": {
            "state": state.value,
            "is_open": False,
            "finished_at": at,
            "updated_at": at,
            "forget_at": at + _KEPT_AFTER_END,
        },
        "$unset": {HOLDER: "", RENEWED: "", "is_cancelling": ""},
    }


def _keyed_id(owner: str, kind: str, key: str) -> str:
    digest = hashlib.sha256(f"{owner}\0{kind}\0{key}".encode()).digest()
    return base64.urlsafe_b64encode(digest[:24]).decode("ascii")
