"""Use cases: take a discrepancy on, put it back, close it for a reason."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from issuer.discrepancies.discrepancy import (
    Closing,
    ClosingReason,
    Discrepancy,
    DiscrepancyState,
    HistoryEntry,
    Step,
)
from issuer.discrepancies.errors import (
    DiscrepancyClosedError,
    DiscrepancyOpenError,
    NotAuthoritativeError,
    NothingToTakeError,
)
from issuer.discrepancies.store import DiscrepancyStore
from issuer.library.event import Actor
from issuer.library.library import Library
from issuer.library.licence import Holder, Licence
from issuer.library.store.current import CurrentLicences
from issuer.sources.judgement import HOLDER_NAME, HOLDERS, face_of
from issuer.sources.take_values import take_values
from standards.text import Text


@dataclass(frozen=True, slots=True)
class DiscrepancyDesk:
    """What deciding a discrepancy needs."""

    store: DiscrepancyStore
    library: Library
    current: CurrentLicences


@dataclass(frozen=True, slots=True)
class Owner:
    """A member of staff who is to deal with a discrepancy."""

    id: str
    name: str


def assign(
    store: DiscrepancyStore, discrepancy: Discrepancy, owner: Owner | None, *, by: str, at: datetime
) -> Discrepancy:
    """Give an open discrepancy an owner, or put it back into the queue.

    Raises:
        DiscrepancyClosedError: it is closed.
        DiscrepancyChangedError: somebody was faster.
    """
    _require_open(discrepancy)
    owner_id = None if owner is None else owner.id
    if owner_id == discrepancy.owner:
        return discrepancy
    entry = HistoryEntry(
        Step.RELEASED if owner is None else Step.TAKEN, at, by, note=owner.name if owner else ""
    )
    return store.change(
        discrepancy, replace(discrepancy, owner=owner_id, history=(*discrepancy.history, entry))
    )


def close(
    desk: DiscrepancyDesk, discrepancy: Discrepancy, closing: Closing, *, actor: Actor, system: str | None
) -> Discrepancy:
    """Close an open discrepancy; for TAKE_SOURCE the licence is changed first.

    Should the process end between the two writes, the discrepancy stays open with both sides equal: closing it again
    finds nothing to change, and the next delivery would close it by itself.

    Raises:
        DiscrepancyClosedError: it is closed already.
        NotAuthoritativeError: the value of a source whose word does not count cannot be taken.
        NothingToTakeError: the licence is gone, or the value is none that a change can bring in.
        DiscrepancyChangedError: somebody, or a new delivery, was faster.
        InvalidInputError, OperationNotAllowedError, ProposalOpenError, LicenceChangedError: the licence cannot be
            changed so, or not now.
    """
    _require_open(discrepancy)
    identifier = discrepancy.identifier
    if closing.reason is ClosingReason.TAKE_SOURCE:
        if not discrepancy.authoritative:
            raise NotAuthoritativeError
        # Claimed before the licence is changed: of two people who close at once, only one changes it.
        discrepancy = desk.store.change(discrepancy, discrepancy)
        identifier = str(_take(desk, discrepancy, closing, actor, system).identifier)
    entry = HistoryEntry(Step.CLOSED, closing.at, closing.by, closing.reason, closing.note)
    after = replace(
        discrepancy,
        identifier=identifier,
        state=DiscrepancyState.CLOSED,
        reason=closing.reason,
        history=(*discrepancy.history, entry),
    )
    return desk.store.change(discrepancy, after)


def reopen(store: DiscrepancyStore, discrepancy: Discrepancy, *, by: str, at: datetime) -> Discrepancy:
    """Open a closed discrepancy again, for whoever closed it by mistake. What closing did to a licence stays done.

    Raises:
        DiscrepancyOpenError: it is open.
        DiscrepancyChangedError: somebody was faster.
    """
    if discrepancy.state is DiscrepancyState.OPEN:
        raise DiscrepancyOpenError
    entry = HistoryEntry(Step.REOPENED, at, by)
    after = replace(
        discrepancy,
        state=DiscrepancyState.OPEN,
        owner=None,
        history=(*discrepancy.history, entry),
    )
    return store.change(discrepancy, after)


def present_value(discrepancy: Discrepancy, licence: Licence) -> Any:
    """What the library says of the discrepancy's field now, JSON."""
    if discrepancy.field == HOLDER_NAME:
        holders = licence.holders
        return holders[discrepancy.place].name if discrepancy.place < len(holders) else None
    value = face_of(licence).get(discrepancy.field)
    if discrepancy.field == HOLDERS:
        return [
            {"name": one.name, "code_type": one.code_type, "number": one.number} for one in licence.holders
        ]
    return value


def licence_of(desk: DiscrepancyDesk, discrepancy: Discrepancy) -> Licence | None:
    """The licence in its newest version, or ``None`` when the authority no longer has it."""
    found = desk.current.of(discrepancy.authority, [discrepancy.identifier])
    return found.get(discrepancy.identifier)


def _take(
    desk: DiscrepancyDesk, discrepancy: Discrepancy, closing: Closing, actor: Actor, system: str | None
) -> Licence:
    licence = licence_of(desk, discrepancy)
    if licence is None:
        raise _nothing_to_take()
    if present_value(discrepancy, licence) == discrepancy.incoming:
        return licence
    note = f"：{closing.note}" if closing.note else ""
    return take_values(
        desk.library,
        licence,
        _values(discrepancy, licence),
        reason=f"采用权威来源“{discrepancy.source_name}”的值{note}"[:500],
        actor=actor,
        system=system,
        at=closing.at,
    )


def _values(discrepancy: Discrepancy, licence: Licence) -> dict[str, Any]:
    incoming = discrepancy.incoming
    if discrepancy.field == HOLDERS:
        return {HOLDERS: tuple(Holder(one["name"], one["code_type"], one["number"]) for one in incoming)}
    if discrepancy.field != HOLDER_NAME:
        return {discrepancy.field: incoming}
    if not isinstance(incoming, str) or discrepancy.place >= len(licence.holders):
        raise _nothing_to_take()
    return {
        HOLDERS: tuple(
            replace(holder, name=incoming) if place == discrepancy.place else holder
            for place, holder in enumerate(licence.holders)
        )
    }


def _require_open(discrepancy: Discrepancy) -> None:
    if discrepancy.state is not DiscrepancyState.OPEN:
        raise DiscrepancyClosedError


def _nothing_to_take() -> NothingToTakeError:
    return NothingToTakeError(
        "证照已不是提出差异时的样子，无法直接采用此值。",
        "The licence is no longer what it was; this value cannot be taken.",
        next_step=Text("请查看证照后以其他原因结案。", "Look at the licence and close for another reason."),
    )
