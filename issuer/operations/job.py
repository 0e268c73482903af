"""The job that carries a bulk operation out: chunk by chunk, each licence by the same use case as one alone.

Every event that it writes names the bulk operation. After a kill in the middle of a chunk the chunk comes again: what
has such an event is counted as done, and what has another revision than at the proposal is left alone.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from concurrent.futures import Executor, ThreadPoolExecutor
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any, Final

from issuer.library.change_licence import change_licence
from issuer.library.errors import LicenceChangedError
from issuer.library.event import EventOutcome
from issuer.library.licence import Licence
from issuer.library.selection import Selection
from issuer.node import IssuerNode
from issuer.operations.bulk_operation import (
    CHANGED_MEANWHILE,
    BulkOperation,
    Looked,
    Obstacle,
    OperationStage,
    Outcome,
    Settled,
    count_outcomes,
)
from issuer.operations.conduct import KIND, start_left_over
from issuer.operations.desk import OperationDesk, open_operations
from issuer.operations.errors import BulkOperationDecidedError, ResultForgottenError
from issuer.operations.look_over import NOT_THERE, request_for
from issuer.operations.store import FrozenChunk
from service.jobs import Job, JobContext, JobKind, Periodic
from standards.errors import ElicenceError
from standards.text import Text

_THREADS: Final = 4
"""Changing a licence is several round trips; threads wait for them side by side."""


def run_operation(context: JobContext) -> Mapping[str, Any]:
    """The run of ``issuer.operation``; parameters ``{"operation": id}``; cursor ``{"chunk", "counts"}``."""
    node: IssuerNode = context.node
    desk = open_operations(node)
    operation = desk.operations.find(context.job.owner, context.job.parameters["operation"])
    if operation.stage is not OperationStage.STARTED:
        raise BulkOperationDecidedError
    cursor: dict[str, Any] = dict(context.job.cursor or {"chunk": 0, "counts": {}})
    with ThreadPoolExecutor(_THREADS, "bulk-operation") as threads:
        while (chunk := desk.frozen.chunk(operation.id, cursor["chunk"])) is not None:
            settled = settle_chunk(desk, operation, chunk, threads, node.clock.now())
            desk.frozen.settle(operation.id, chunk, settled)
            so_far = dict(cursor["counts"])
            for outcome, count in count_outcomes(settled).items():
                so_far[outcome] = so_far.get(outcome, 0) + count
            cursor = {"chunk": cursor["chunk"] + 1, "counts": so_far}
            # What the preview said would be refused is no error.
            errors = sum(
                one.outcome is not Outcome.DONE and before.obstacle is None
                for one, before in zip(settled, chunk.licences, strict=True)
            )
            context.advance(cursor, done=len(settled), errors=errors)
    if cursor["chunk"] == 0:
        raise ResultForgottenError
    counts = {outcome.value: cursor["counts"].get(outcome.value, 0) for outcome in Outcome}
    desk.operations.note_counts(operation.id, counts)
    return counts


def settle_chunk(
    desk: OperationDesk, operation: BulkOperation, chunk: FrozenChunk, threads: Executor, at: datetime
) -> tuple[Settled, ...]:
    """Carry the operation out on the chunk's licences; a repeat finds what it did and leaves it so."""
    licences = licences_of(desk, operation, chunk)

    def settle(one: Looked) -> Settled:
        return _settle(desk, operation, one, licences.get(one.identifier), at)

    return tuple(threads.map(settle, chunk.licences))


def licences_of(desk: OperationDesk, operation: BulkOperation, chunk: FrozenChunk) -> dict[str, Licence]:
    """The chunk's licences as they are now, by identifier: one read."""
    wanted = tuple(one.identifier for one in chunk.licences if one.obstacle is None)
    if not wanted:
        return {}
    selection = Selection(operation.authority, identifiers=wanted, all_versions=True)
    found = desk.finder.licences(selection, None, len(wanted))
    return {str(licence.identifier): licence for licence in found}


def was_done(operation: BulkOperation, licence: Licence) -> bool:
    """Whether this operation has been carried out on the licence: an event of its says so."""
    return any(
        event.part_of == operation.id and event.outcome is EventOutcome.DONE for event in licence.events
    )


def _settle(
    desk: OperationDesk, operation: BulkOperation, one: Looked, licence: Licence | None, at: datetime
) -> Settled:
    if one.obstacle is not None:
        return Settled(one.identifier, Outcome.REFUSED, one.obstacle)
    if licence is None:
        return Settled(one.identifier, Outcome.CHANGED, NOT_THERE)
    if was_done(operation, licence):
        # The process may have ended between the licence and its copies' entries; saying it again changes nothing.
        desk.library.report(licence, at)
        return Settled(one.identifier, Outcome.DONE)
    if licence.revision != one.revision:
        return Settled(one.identifier, Outcome.CHANGED, CHANGED_MEANWHILE)
    try:
        request = request_for(desk.library, licence, operation.order, at)
        change_licence(
            desk.library,
            licence,
            replace(
                request,
                proposer=operation.proposer,
                approver=operation.approver,
                part_of=operation.id,
            ),
            caller=operation.proposer,
            system=operation.system,
            at=at,
        )
    except LicenceChangedError:
        return Settled(one.identifier, Outcome.CHANGED, CHANGED_MEANWHILE)
    except ElicenceError as error:
        return Settled(one.identifier, Outcome.REFUSED, Obstacle(error.code, error.message))
    return Settled(one.identifier, Outcome.DONE)


def settled_rows(desk: OperationDesk, operation: BulkOperation) -> Iterator[Settled]:
    """What became of every licence, in their order; for an operation that has ended.

    The first chunk without a note may be one in the middle of which its process ended: its licences are asked.
    """
    asked = False
    for chunk in desk.frozen.chunks(operation.id):
        if chunk.settled is not None:
            yield from chunk.settled
            continue
        licences = {} if asked or operation.job is None else licences_of(desk, operation, chunk)
        asked = True
        for one in chunk.licences:
            licence = licences.get(one.identifier)
            if licence is not None and was_done(operation, licence):
                yield Settled(one.identifier, Outcome.DONE)
            elif one.obstacle is not None:
                yield Settled(one.identifier, Outcome.REFUSED, one.obstacle)
            else:
                yield Settled(one.identifier, Outcome.NOT_DONE)


def _page(job: Job) -> str:
    return f"/operations/{job.parameters['operation']}"


JOB_KIND: Final = JobKind(KIND, run_operation, Text("批量操作", "Bulk operation"), _page)

LEFT_OVER: Final = Periodic("issuer.operations-left-over", timedelta(minutes=1), start_left_over)
