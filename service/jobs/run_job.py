"""Run one job, here and now: what a worker does, and a command in the foreground, and a test."""

from __future__ import annotations

import secrets
from collections.abc import Callable, Mapping
from contextlib import suppress
from datetime import datetime, timedelta
from time import monotonic, sleep
from typing import Any, Final

import structlog
from pymongo.errors import PyMongoError

from service.clock import Clock
from service.jobs.errors import (
    JobCancelledError,
    JobStoppedError,
    KeepsKillingWorkersError,
    LeaseLostError,
    WorkerStoppingError,
)
from service.jobs.job import Job, JobState
from service.jobs.kind import JobKind, JobNode, kind_of
from service.jobs.lease import LEASE, Heartbeat
from service.jobs.store import JobStore
from service.jobs.work_store import WorkStore
from service.store.away import is_store_away
from standards.errors import ElicenceError
from standards.text import Text

_MOST_TAKES_IN_VAIN: Final = 5
"""A job whose worker was killed so often at one place kills workers; it waits for a person."""

_FOLLOWED_EVERY_SECONDS: Final = 0.5

_LOG = structlog.get_logger(__name__)

Told = Callable[[Job], None]
"""Called with the job after each step; for progress on a terminal."""


def run_job(
    node: JobNode,
    job_id: str,
    *,
    kinds: Mapping[str, JobKind] | None = None,
    told: Told | None = None,
    is_stopping: Callable[[], bool] = lambda: False,
    lease: timedelta = LEASE,
) -> Job:
    """Take a job and run it from its cursor on. Answers how it stands afterwards; a failed one is an answer.

    A job that is ended, or that somebody else works on, is answered as it stands.

    Args:
        node: of the service to which the kind belongs.
        job_id: which.
        kinds: by name; the installed ones unless given.
        told: called with the job after each step.
        is_stopping: asked at each step; the job is given back, and goes on elsewhere, once it answers true.
        lease: the same in all processes.

    Raises:
        JobNotFoundError: there is none.
        UnknownJobKindError: nothing installed here knows how.
        PyMongoError: the store is away, before the job was taken.
    """
    jobs, work = JobStore(node.database), WorkStore(node.database, lease=lease)
    kind = _kind(jobs.read(job_id).kind, kinds)
    holder = secrets.token_hex(12)
    taken = work.take(job_id, holder, node.clock.now())
    if taken is None:
        return jobs.read(job_id)
    return _Run(node, work, kind, taken[0], holder=holder, told=told, is_stopping=is_stopping).run(taken[1])


def run_in_foreground(
    node: JobNode,
    kind: str,
    owner: str,
    parameters: Mapping[str, Any],
    *,
    by: str,
    at: datetime,
    total: int | None = None,
    key: str | None = None,
    told: Told | None = None,
    kinds: Mapping[str, JobKind] | None = None,
) -> Job:
    """Create a job and run it in this process; for commands. If we are killed, a worker goes on with it.

    Under a ``key`` whose job is there already, that one is taken up, or followed while another works on it. One that
    failed or was cancelled is queued again first.

    Arguments as for ``enqueue``; ``told`` is called with the job after each step.
    """
    jobs, work, named = JobStore(node.database), WorkStore(node.database), _kind(kind, kinds)
    holder = secrets.token_hex(12)
    job = jobs.create(kind, owner, parameters, by=by, at=at, total=total, key=key, holder=holder)
    if work.renew(job.id, holder) is not None:
        return _Run(node, work, named, job, holder=holder, told=told, is_stopping=lambda: False).run(1)
    if job.state in (JobState.FAILED, JobState.CANCELLED):
        jobs.retry(owner, job.id, at)
    while True:
        job = run_job(node, job.id, kinds=kinds, told=told)
        if job.state.is_ended:
            return job
        if told is not None:
            told(job)
        sleep(_FOLLOWED_EVERY_SECONDS)


def _kind(name: str, kinds: Mapping[str, JobKind] | None) -> JobKind:
    return kinds[name] if kinds is not None and name in kinds else kind_of(name)


class _Run:
    """One run of one job: the context that its kind is given, and what follows from how it ends."""

    def __init__(
        self,
        node: JobNode,
        store: WorkStore,
        kind: JobKind,
        job: Job,
        *,
        holder: str,
        told: Told | None,
        is_stopping: Callable[[], bool],
    ) -> None:
        self.node = node
        self.job = job
        self._store = store
        self._kind = kind
        self._holder = holder
        self._told = told
        self._is_stopping = is_stopping
        self._heartbeat = Heartbeat(self._renew, store.lease)

    @property
    def clock(self) -> Clock:
        return self.node.clock

    def advance(self, cursor: Any, *, done: int, errors: int = 0, total: int | None = None) -> None:
        if self._heartbeat.is_lost:
            raise LeaseLostError
        began = monotonic()
        self.job = self._store.note_step(
            self.job.id, self._holder, cursor, done=done, errors=errors, total=total, at=self.clock.now()
        )
        self._heartbeat.note_renewed(began)
        if self._told is not None:
            self._told(self.job)
        self.check()

    def check(self) -> None:
        if self._heartbeat.is_lost:
            raise LeaseLostError
        if self.job.is_cancelling:
            raise JobCancelledError
        if self._is_stopping():
            raise WorkerStoppingError

    def run(self, takes_in_vain: int) -> Job:
        """Run the kind, and note how it ended."""
        log = _LOG.bind(job=self.job.id, kind=self.job.kind, attempt=self.job.attempt)
        began = monotonic()
        try:
            with self._heartbeat:
                try:
                    self._refuse_to_begin(takes_in_vain)
                    result = self._kind.run(self)
                finally:
                    # Whoever else may have the job decides how it ends.
                    lost = self._heartbeat.is_lost
            if lost:
                raise LeaseLostError  # noqa: TRY301 - one place decides what follows
            self.job = self._store.finish(
                self.job.id, self._holder, JobState.DONE, self.clock.now(), result=result
            )
        except JobStoppedError as stopped:
            self._stopped(stopped)
        except Exception as error:  # noqa: BLE001 - whatever a kind raises ends its run, not the worker
            self._broke_off(error, log)
        with suppress(PyMongoError):
            self.job = JobStore(self.node.database).read(self.job.id)
        log.info("job-run", state=self.job.state.value, done=self.job.done, seconds=monotonic() - began)
        return self.job

    def _refuse_to_begin(self, takes_in_vain: int) -> None:
        if takes_in_vain > _MOST_TAKES_IN_VAIN:
            raise KeepsKillingWorkersError(_MOST_TAKES_IN_VAIN)
        self.check()

    def _renew(self) -> bool:
        job = self._store.renew(self.job.id, self._holder)
        if job is not None and job.is_cancelling:
            self.job = job
        return job is not None

    def _stopped(self, stopped: JobStoppedError) -> None:
        with suppress(LeaseLostError, PyMongoError):
            if isinstance(stopped, JobCancelledError):
                self._store.finish(self.job.id, self._holder, JobState.CANCELLED, self.clock.now())
            elif isinstance(stopped, WorkerStoppingError):
                self._store.release(self.job.id, self._holder, rest=False)

    def _broke_off(self, error: Exception, log: Any) -> None:
        if is_store_away(error):
            log.warning("job-rests", reason=type(error).__name__)
            with suppress(PyMongoError):
                self._store.release(self.job.id, self._holder, rest=True)
        elif isinstance(error, ElicenceError):
            self._fail(error.message)
        else:
            log.error("job-broke-off", exc_info=error)
            self._fail(
                Text("任务意外中断；技术细节在日志中。", "The job broke off; the log has the details.")
            )

    def _fail(self, message: Text) -> None:
        with suppress(LeaseLostError, PyMongoError):
            self._store.finish(self.job.id, self._holder, JobState.FAILED, self.clock.now(), message=message)
