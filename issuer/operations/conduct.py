"""Use cases: preview a bulk operation, propose it, decide, start, stop."""

from __future__ import annotations

import secrets
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Final

from issuer.library.event import Actor
from issuer.library.lifecycle import approve
from issuer.library.selection import Selection
from issuer.node import IssuerNode
from issuer.operations.bulk_operation import BulkOperation, OperationStage, Order, Preview, stage_of
from issuer.operations.desk import OperationDesk, open_operations
from issuer.operations.errors import (
    BulkOperationDecidedError,
    NothingPossibleError,
    NothingSelectedError,
    PreviewOutdatedError,
    ResultForgottenError,
    ResultNotReadyError,
)
from issuer.operations.look_over import look_over
from issuer.operations.order_input import OperationRequest
from issuer.operations.store import OperationStep, StepKind
from service.jobs import Job, JobStore, enqueue

KIND: Final = "issuer.operation"

KEPT: Final = timedelta(days=180)
"""How long the frozen licences and the result are kept."""


@dataclass(frozen=True, slots=True)
class Party:
    """Who asks.

    Attributes:
        actor: the person, or the system itself where it names nobody.
        by: id of the member of staff, or name of the system.
        system: the calling system, or ``None`` for a person at the console.
    """

    actor: Actor
    by: str
    system: str | None = None


def preview_operation(
    node: IssuerNode, selection: Selection, order: Order, party: Party, *, at: datetime
) -> Preview:
    """What would happen, counted; noted in the log, since it tells of many licences. One durable write.

    Raises:
        TooManySelectedError
    """
    desk = open_operations(node)
    preview = look_over(desk.library, desk.finder, selection, order, at=at).preview
    desk.steps.append(
        OperationStep(
            selection.authority,
            at,
            StepKind.PREVIEWED,
            None,
            order.operation,
            preview.total,
            party.by,
            party.actor,
            order.reason,
        )
    )
    return preview


def propose_operation(
    node: IssuerNode, request: OperationRequest, party: Party, *, at: datetime
) -> tuple[BulkOperation, Job | None]:
    """Freeze the licences as they are now, and propose the operation; or start it, where nothing is taken away or
    two persons stand behind it already.

    What lies in the store after a crash is a proposal or nothing.

    Raises:
        SamePersonError: proposer and approver are one.
        NothingSelectedError, NothingPossibleError, TooManySelectedError: the selection.
        PreviewOutdatedError: it is not what was previewed.
    """
    desk, order = open_operations(node), request.order
    proposer = request.proposer or party.actor
    if request.approver is not None:
        approve(proposer, request.approver)
    seen = look_over(desk.library, desk.finder, request.selection, order, at=at)
    _refuse_unfit(seen.preview, request.preview)
    starts = request.approver is not None or not order.takes_rights_away
    operation = BulkOperation(
        id=secrets.token_urlsafe(16),
        authority=request.selection.authority,
        order=order,
        selection=request.selection,
        preview=seen.preview,
        stage=OperationStage.STARTED if starts else OperationStage.PROPOSED,
        proposer=proposer,
        created_by=party.by,
        created_at=at,
        delete_at=at + KEPT,
        system=party.system,
        approver=request.approver,
        decided_at=at if starts else None,
    )
    desk.frozen.freeze(operation.id, seen.licences, delete_at=operation.delete_at)
    desk.operations.add(operation)
    asking = replace(party, actor=proposer)
    _note(desk, operation, StepKind.PROPOSED, asking, at=at, words=order.reason)
    if not starts:
        return operation, None
    if request.approver is not None:
        _note(desk, operation, StepKind.APPROVED, replace(party, actor=request.approver), at=at)
    else:
        _note(desk, operation, StepKind.STARTED, asking, at=at)
    return start(node, operation, at=at)


def decide_operation(
    node: IssuerNode,
    operation: BulkOperation,
    party: Party,
    *,
    approved: bool,
    reason: str | None,
    at: datetime,
) -> tuple[BulkOperation, Job | None]:
    """The second person approves or refuses what waits.

    Raises:
        SamePersonError: it is the one who proposed it.
        BulkOperationDecidedError: it does not wait any more.
    """
    if operation.stage is not OperationStage.PROPOSED:
        raise BulkOperationDecidedError
    approve(operation.proposer, party.actor, where="/approver")
    desk = open_operations(node)
    decided = desk.operations.decide(
        replace(
            operation,
            stage=OperationStage.STARTED if approved else OperationStage.REFUSED,
            approver=party.actor,
            decided_at=at,
            decision_reason=reason,
        )
    )
    kind = StepKind.APPROVED if approved else StepKind.REFUSED
    _note(desk, decided, kind, party, at=at, words=reason or "")
    return start(node, decided, at=at) if approved else (decided, None)


def start(node: IssuerNode, operation: BulkOperation, *, at: datetime) -> tuple[BulkOperation, Job]:
    """Ask for the job of a started operation; asking again answers the same job."""
    job = enqueue(
        node,
        KIND,
        operation.authority,
        {"operation": operation.id},
        by=operation.created_by,
        at=at,
        total=operation.preview.total,
        key=operation.id,
    )
    open_operations(node).operations.note_job(operation.id, job.id)
    return replace(operation, job=job.id), job


def start_left_over(node: IssuerNode, at: datetime) -> None:
    """Ask for the jobs of operations that were started by a process that ended before it could ask."""
    for operation in open_operations(node).operations.without_job():
        start(node, operation, at=at)


def cancel_operation(
    node: IssuerNode, operation: BulkOperation, party: Party, *, at: datetime
) -> tuple[BulkOperation, Job | None]:
    """Withdraw a proposal, or stop a started operation after the licences under way. What is done stays done.

    Raises:
        BulkOperationDecidedError: it was refused or withdrawn before.
        JobEndedError: it has ended.
    """
    desk = open_operations(node)
    if operation.stage is OperationStage.STARTED:
        if operation.job is None:
            operation, _ = start(node, operation, at=at)
        assert operation.job is not None  # start has just noted it
        job = JobStore(node.database).cancel(operation.authority, operation.job, at)
        _note(desk, operation, StepKind.CANCELLED, party, at=at)
        return operation, job
    if operation.stage is not OperationStage.PROPOSED:
        raise BulkOperationDecidedError
    withdrawn = desk.operations.decide(replace(operation, stage=OperationStage.WITHDRAWN, decided_at=at))
    _note(desk, withdrawn, StepKind.WITHDRAWN, party, at=at)
    return withdrawn, None


def fetch_result(node: IssuerNode, operation: BulkOperation, party: Party, *, at: datetime) -> OperationDesk:
    """The desk from which the result can be read; noted in the log. One durable write.

    Raises:
        ResultNotReadyError: it has not ended, or was never started.
        ResultForgottenError: it was kept for its time.
    """
    desk, job = open_operations(node), job_of(node, operation)
    if operation.stage is not OperationStage.STARTED or not stage_of(operation, job).is_ended:
        raise ResultNotReadyError
    if desk.frozen.chunk(operation.id, 0) is None:
        raise ResultForgottenError
    _note(desk, operation, StepKind.DOWNLOADED, party, at=at)
    return desk


def job_of(node: IssuerNode, operation: BulkOperation) -> Job | None:
    """The operation's job, or ``None`` while it has none."""
    return None if operation.job is None else JobStore(node.database).find(operation.authority, operation.job)


def count_changed(desk: OperationDesk, operation: BulkOperation) -> int:
    """How many of the frozen licences that could be done have changed since: they will be reported, not touched."""
    changed = 0
    for chunk in desk.frozen.chunks(operation.id):
        frozen = {one.identifier: one.revision for one in chunk.licences if one.obstacle is None}
        if frozen:
            now = desk.operations.revisions(operation.authority, list(frozen))
            changed += sum(now.get(identifier) != revision for identifier, revision in frozen.items())
    return changed


def _refuse_unfit(preview: Preview, seen: str | None) -> None:
    if preview.total == 0:
        raise NothingSelectedError
    if seen is not None and seen != preview.digest:
        raise PreviewOutdatedError
    if preview.possible == 0:
        raise NothingPossibleError


def _note(
    desk: OperationDesk,
    operation: BulkOperation,
    kind: StepKind,
    party: Party,
    *,
    at: datetime,
    words: str = "",
) -> None:
    desk.steps.append(
        OperationStep(
            operation.authority,
            at,
            kind,
            operation.id,
            operation.order.operation,
            operation.preview.total,
            party.by,
            party.actor,
            words,
        )
    )
