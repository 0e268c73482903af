"""Ask for background work: the row first, then the message that wakes a worker."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from service.jobs.job import Job, JobState
from service.jobs.kind import JobNode, kind_of
from service.jobs.store import JobStore
from service.jobs.wake import wake_workers


def enqueue(
    node: JobNode,
    kind: str,
    owner: str,
    parameters: Mapping[str, Any],
    *,
    by: str,
    at: datetime,
    total: int | None = None,
    key: str | None = None,
) -> Job:
    """Enter a job durably and wake a worker. A broker that is away delays the work by seconds and fails nothing.

    Args:
        node: of the service to which the kind belongs.
        kind: name of the kind.
        owner: who will find the job: USCC of the authority, or the account.
        parameters: JSON of at most 256 KB; nothing personal in clear.
        by: who asks: id of a member of staff, or name of a system.
        at: the present instant.
        total: how many items there are, if known.
        key: makes a repeat safe: the same owner, kind and key answer the job that is there, however far it is.

    Raises:
        UnknownJobKindError: no installed package brings the kind.
        JobTooLargeError: the parameters are no small JSON.
    """
    kind_of(kind)
    job = JobStore(node.database).create(kind, owner, parameters, by=by, at=at, total=total, key=key)
    if job.state is JobState.QUEUED:
        wake_workers(node, kind)
    return job


def retry_job(node: JobNode, owner: str, job_id: str, at: datetime) -> Job:
    """Queue a failed or cancelled job again and wake a worker; raises as ``JobStore.retry``."""
    job = JobStore(node.database).retry(owner, job_id, at)
    wake_workers(node, job.kind)
    return job
