"""One operation on many licences: what is to be done, to which, who stands behind it, and how far it is."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Any, Final

from issuer.library.event import Actor, Operation
from issuer.library.lifecycle import TRANSITIONS
from issuer.library.selection import Selection
from service.jobs import Job, JobState
from standards.text import Text

BULK_OPERATIONS: Final = tuple(operation for operation, rule in TRANSITIONS.items() if not rule.makes_version)
"""What can be done to many at once: everything that leaves what is printed as it is."""

MOST_LICENCES: Final = 50_000
"""Licences of one bulk operation: as many as a preview can count while somebody waits for the page."""

CHUNK_LICENCES: Final = 200
"""Licences that are carried out between two looks at whether somebody cancelled."""


class OperationStage(StrEnum):
    """How far a bulk operation is."""

    PROPOSED = "proposed"
    REFUSED = "refused"
    WITHDRAWN = "withdrawn"
    STARTED = "started"
    DONE = "done"
    FAILED = "failed"
    CANCELLED = "cancelled"

    @property
    def label(self) -> Text:
        """For people."""
        return _STAGE_LABELS[self]

    @property
    def is_ended(self) -> bool:
        """Whether nothing more happens by itself."""
        return self not in (OperationStage.PROPOSED, OperationStage.STARTED)


_STAGE_LABELS: Final = {
    OperationStage.PROPOSED: Text("待审批", "To approve"),
    OperationStage.REFUSED: Text("未批准", "Refused"),
    OperationStage.WITHDRAWN: Text("已撤回", "Withdrawn"),
    OperationStage.STARTED: Text("办理中", "Under way"),
    OperationStage.DONE: Text("已完成", "Done"),
    OperationStage.FAILED: Text("中断", "Broken off"),
    OperationStage.CANCELLED: Text("已取消", "Cancelled"),
}


@dataclass(frozen=True, slots=True)
class Order:
    """What is to be done to each licence, and why.

    Attributes:
        operation: one of ``BULK_OPERATIONS``.
        code: ground, of ``issuer.library.reason_codes``.
        reason: why, in words.
        inspection: ``{"result", "due"}`` as given, for INSPECT.
    """

    operation: Operation
    code: str
    reason: str = field(repr=False)
    inspection: Mapping[str, Any] | None = None

    @property
    def takes_rights_away(self) -> bool:
        """Whether it needs two persons."""
        return TRANSITIONS[self.operation].takes_rights_away

    def body(self) -> dict[str, Any]:
        """The request that asks the same for one licence (``issuer.library.change_input``)."""
        body: dict[str, Any] = {
            "operation": self.operation.value,
            "reason": self.reason,
            "reason_code": self.code,
        }
        return body if self.inspection is None else {**body, "inspection": dict(self.inspection)}


@dataclass(frozen=True, slots=True)
class Obstacle:
    """Why a licence cannot take the operation: a stable code, and words."""

    code: str
    message: Text


@dataclass(frozen=True, slots=True)
class Looked:
    """One selected licence as it was looked at.

    Attributes:
        identifier: of the licence version.
        revision: as it stood; a licence with another one has been changed since. 0 for one that is not there.
        obstacle: why not, or ``None`` where the operation is possible.
    """

    identifier: str
    revision: int
    obstacle: Obstacle | None


@dataclass(frozen=True, slots=True)
class Sample:
    """A licence that the preview shows by name.

    Attributes:
        identifier: of the licence version.
        type_code: of the catalogue; empty for one that is not there.
        state: value of its decided state; empty for one that is not there.
        obstacle: why not, or ``None``.
    """

    identifier: str
    type_code: str
    state: str
    obstacle: Obstacle | None


@dataclass(frozen=True, slots=True)
class Preview:
    """What would happen.

    Attributes:
        total: licences in the selection.
        obstacles: each reason why some cannot take it, with how many; the most frequent first.
        sample: some of either kind.
        digest: of every licence, its revision and what stands against it: same digest, same preview.
    """

    total: int
    obstacles: tuple[tuple[Obstacle, int], ...]
    sample: tuple[Sample, ...]
    digest: str

    @property
    def refused(self) -> int:
        """How many cannot take it."""
        return sum(count for _, count in self.obstacles)

    @property
    def possible(self) -> int:
        """How many will be changed."""
        return self.total - self.refused


@dataclass(frozen=True, slots=True)
class BulkOperation:
    """A bulk operation that somebody proposed or started.

    Attributes:
        id: unguessable.
        authority: USCC; whose licences.
        order: what and why.
        selection: as it was asked for; the licences themselves are frozen beside it (``store.FrozenLicences``).
        preview: as of the proposal.
        stage: PROPOSED, REFUSED, WITHDRAWN or STARTED; how a started one ended stands in its job.
        proposer: who proposed or started it.
        created_by: id of the member of staff, or name of the system.
        created_at: UTC.
        system: the department's system that called, or ``None`` for a person at the console.
        approver: the second person, or ``None``.
        decided_at: when, or ``None``.
        decision_reason: words of the decision, or ``None``.
        job: its job, or ``None`` while it has none.
        counts: outcome → how many, once it has been carried out to the end; ``None`` before.
        delete_at: when the frozen licences and the result are forgotten; the operation itself is kept.
    """

    id: str
    authority: str
    order: Order
    selection: Selection
    preview: Preview
    stage: OperationStage
    proposer: Actor
    created_by: str
    created_at: datetime
    delete_at: datetime
    system: str | None = None
    approver: Actor | None = None
    decided_at: datetime | None = None
    decision_reason: str | None = None
    job: str | None = None
    counts: Mapping[str, int] | None = None


_ENDED: Final = {
    JobState.DONE: OperationStage.DONE,
    JobState.FAILED: OperationStage.FAILED,
    JobState.CANCELLED: OperationStage.CANCELLED,
}


def stage_of(operation: BulkOperation, job: Job | None) -> OperationStage:
    """How far it is, its job included."""
    if operation.stage is not OperationStage.STARTED:
        return operation.stage
    if job is None:
        # Jobs are forgotten half a year after their end; the operation is kept.
        if operation.counts is not None:
            return OperationStage.DONE
        return OperationStage.STARTED if operation.job is None else OperationStage.CANCELLED
    return _ENDED.get(job.state, OperationStage.STARTED)


class Outcome(StrEnum):
    """What became of one licence."""

    DONE = "done"
    REFUSED = "refused"
    CHANGED = "changed"
    NOT_DONE = "not_done"

    @property
    def label(self) -> Text:
        """For people."""
        return _OUTCOME_LABELS[self]


_OUTCOME_LABELS: Final = {
    Outcome.DONE: Text("已办理", "Done"),
    Outcome.REFUSED: Text("不能办理", "Refused"),
    Outcome.CHANGED: Text("其间有变化，未办理", "Changed meanwhile, not touched"),
    Outcome.NOT_DONE: Text("未办理", "Not done"),
}


@dataclass(frozen=True, slots=True)
class Settled:
    """What became of one licence, and why it was not done."""

    identifier: str
    outcome: Outcome
    obstacle: Obstacle | None = None


CHANGED_MEANWHILE: Final = Obstacle(
    "changed-meanwhile",
    Text("提出之后证照有了变化，未作处理。", "The licence changed after the proposal; it was not touched."),
)

NOT_REACHED: Final = Obstacle(
    "not-reached",
    Text("批量操作在轮到此证照之前已停止。", "The bulk operation stopped before this licence's turn."),
)


def count_outcomes(settled: Sequence[Settled]) -> dict[str, int]:
    """Outcome → how many."""
    counts: dict[str, int] = {}
    for one in settled:
        counts[one.outcome.value] = counts.get(one.outcome.value, 0) + 1
    return counts
