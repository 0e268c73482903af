"""A piece of background work as it stands in the store."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Any

from standards.text import Text


class JobState(StrEnum):
    """How far a job is."""

    QUEUED = "queued"
    RUNNING = "running"
    DONE = "done"
    FAILED = "failed"
    CANCELLED = "cancelled"

    @property
    def label(self) -> Text:
        """For people."""
        return _LABELS[self]

    @property
    def is_ended(self) -> bool:
        """Whether nothing more happens by itself."""
        return self in _ENDED


_LABELS: Mapping[JobState, Text] = {
    JobState.QUEUED: Text("排队中", "Queued"),
    JobState.RUNNING: Text("进行中", "Running"),
    JobState.DONE: Text("已完成", "Done"),
    JobState.FAILED: Text("失败", "Failed"),
    JobState.CANCELLED: Text("已取消", "Cancelled"),
}

_ENDED = frozenset({JobState.DONE, JobState.FAILED, JobState.CANCELLED})


@dataclass(frozen=True, kw_only=True)
class Job:
    """One job.

    Attributes:
        id: unguessable, or made from the key under which it was created.
        kind: name of its :class:`~service.jobs.JobKind`.
        owner: whose it is: USCC of an authority, or the account of a person. Nobody else finds it.
        parameters: JSON; nothing personal in clear.
        state: how far it is.
        cursor: JSON; where the run goes on, ``None`` before the first step. Its meaning is the kind's.
        done: how many items are done.
        total: how many there are, or ``None`` while that is not known.
        errors: how many of the done items were refused.
        created_by: who asked for it: a member of staff's id or a system's name.
        created_at: when it was asked for.
        updated_at: when it last took a step.
        finished_at: when it ended, or ``None``.
        attempt: how often a worker has taken it up.
        message: why it failed or stands still, or ``None``.
        result: JSON answer of a finished run, or ``None``.
        is_cancelling: whether somebody asked to stop it, and the run has not noticed yet.
    """

    id: str
    kind: str
    owner: str
    parameters: Mapping[str, Any]
    state: JobState
    cursor: Any
    done: int
    total: int | None
    errors: int
    created_by: str
    created_at: datetime
    updated_at: datetime
    finished_at: datetime | None
    attempt: int
    message: Text | None
    result: Mapping[str, Any] | None = field(default=None)
    is_cancelling: bool = False

    @property
    def share_done(self) -> float | None:
        """Part that is done, 0 to 1, or ``None`` while the total is not known."""
        if self.state is JobState.DONE:
            return 1.0
        if not self.total:
            return None
        return min(self.done / self.total, 1.0)
