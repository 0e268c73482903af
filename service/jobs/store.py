"""Jobs in the store. Messages only wake workers; what is to be done, by whom and from where on, stands here.

Collection ``jobs`` of each service's database, one row for each job. Shard key ``_id``, the job's id. Rows of jobs
that have ended are removed after 180 days.
"""

from __future__ import annotations

import base64
import hashlib
import secrets
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any, Final

from pymongo import ASCENDING, DESCENDING, IndexModel, ReturnDocument
from pymongo.collection import Collection
from pymongo.database import Database
from pymongo.errors import DuplicateKeyError

from service.jobs.errors import JobEndedError, JobNotFoundError, JobNotRetryableError
from service.jobs.job import Job, JobState
from service.jobs.lease import HOLDER, LEASE, RENEWED, lease_is_free
from service.jobs.row import json_text, to_job

_KEPT_AFTER_END: Final = timedelta(days=180)
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
            ending_of(JobState.CANCELLED, at),
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


def ending_of(state: JobState, at: datetime) -> _Row:
    """The update that ends a job and gives its lease back."""
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
