"""What the threads of a worker do: take the next job that is due, run it, look again."""

from __future__ import annotations

import threading
from collections.abc import Mapping
from typing import Final

import structlog
from pymongo.errors import PyMongoError

from service.jobs.errors import JobNotFoundError
from service.jobs.kind import JobKind, JobNode
from service.jobs.run_job import run_job
from service.jobs.store import JobStore
from service.jobs.work_store import WorkStore

SWEEP_SECONDS: Final = 2.0
"""How long a job waits at most when its message was lost or the broker is away."""

_LOG = structlog.get_logger(__name__)


class WorkLoop:
    """The work of one process. Safe for threads."""

    def __init__(
        self,
        node: JobNode,
        kinds: Mapping[str, JobKind],
        *,
        at_a_time: int,
        stopping: threading.Event,
    ) -> None:
        """Args:
        node: of the service.
        kinds: what can be done here, by name.
        at_a_time: how many threads look for work.
        stopping: set when the worker ends: jobs are given back at their next step.
        """
        self._node = node
        self._kinds = kinds
        self._at_a_time = at_a_time
        self._stopping = stopping
        self._jobs = JobStore(node.database)
        self._work = WorkStore(node.database)
        self._guard = threading.Lock()
        self._busy = 0

    def look(self) -> None:
        """Run what is due until nothing is. Returns at once when all threads are busy: they will come to it."""
        with self._guard:
            if self._busy >= self._at_a_time:
                return
            self._busy += 1
        try:
            while not self._stopping.is_set() and self._run_one():
                pass
        except PyMongoError as error:
            _LOG.warning("no-work-found", reason=type(error).__name__)
        except Exception as error:  # noqa: BLE001 - one job's trouble must not end the thread that looks for the others
            _LOG.error("work-loop-failed", exc_info=error)
        finally:
            with self._guard:
                self._busy -= 1

    def is_needed(self) -> bool:
        """Whether there is work and a thread without any; ``False`` while the store is away."""
        with self._guard:
            if self._busy >= self._at_a_time:
                return False
        try:
            return bool(self._work.due(self._kinds))
        except PyMongoError as error:
            _LOG.warning("no-work-found", reason=type(error).__name__)
            return False

    def _run_one(self) -> bool:
        """Run one due job; whether there may be more."""
        for job_id in self._work.due(self._kinds):
            if self._stopping.is_set():
                return False
            try:
                before = self._jobs.read(job_id)
            except JobNotFoundError:
                continue
            job = run_job(
                self._node,
                job_id,
                kinds=self._kinds,
                is_stopping=self._stopping.is_set,
            )
            if job.attempt != before.attempt:
                return True
        return False
