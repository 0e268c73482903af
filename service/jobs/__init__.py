"""Background work: jobs are rows with a lease and a cursor, messages only wake workers (Celery), a sweep finds the rest."""

from __future__ import annotations

from service.jobs.enqueue import enqueue, retry_job
from service.jobs.errors import (
    JobCancelledError,
    JobEndedError,
    JobError,
    JobNotFoundError,
    JobNotRetryableError,
    JobStoppedError,
    JobTooLargeError,
    LeaseLostError,
    UnknownJobKindError,
    WorkerStoppingError,
)
from service.jobs.job import Job, JobState
from service.jobs.kind import JobContext, JobKind, JobNode, Periodic, job_kinds, kind_of, periodic_work
from service.jobs.run_job import run_in_foreground, run_job
from service.jobs.store import JobStore

__all__ = [
    "Job",
    "JobCancelledError",
    "JobContext",
    "JobEndedError",
    "JobError",
    "JobKind",
    "JobNode",
    "JobNotFoundError",
    "JobNotRetryableError",
    "JobState",
    "JobStoppedError",
    "JobStore",
    "JobTooLargeError",
    "LeaseLostError",
    "Periodic",
    "UnknownJobKindError",
    "WorkerStoppingError",
    "enqueue",
    "job_kinds",
    "kind_of",
    "periodic_work",
    "retry_job",
    "run_in_foreground",
    "run_job",
]
