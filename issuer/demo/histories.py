"""What happened to the sample licences: most are in force, a few went through each of the other states."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from typing import Final

from issuer.library.event import Actor, EventOutcome, LicenceEvent, Operation, Proposal
from issuer.library.licence import Licence
from issuer.library.lifecycle import TRANSITIONS
from service.demo.people import STAFF

_CLERK, _APPROVER = Actor(STAFF[0].name), Actor(STAFF[1].name)

_REASONS: Final = {
    Operation.SUSPEND: "调查期间依法暂扣",
    Operation.REVOKE: "违法情节严重，依法吊销",
    Operation.DEREGISTER: "持证主体申请注销",
    Operation.RESCIND: "以欺骗手段取得，依法撤销",
    Operation.REPORT_LOST: "持证主体申报遗失",
    Operation.REPLACE: "证照损坏，申请换发",
}

PROPOSED: Final = "proposed"
"""A history that ends with an operation waiting for its approval."""

HISTORIES: Final[tuple[Operation | str, ...]] = (
    Operation.SUSPEND,
    Operation.REPORT_LOST,
    Operation.REVOKE,
    Operation.DEREGISTER,
    Operation.RESCIND,
    Operation.REPLACE,
    PROPOSED,
)
"""One of each among the first licences of a type at an authority; all others are simply in force."""


def with_history(licence: Licence, history: Operation | str | None) -> Iterator[Licence]:
    """The versions that this history makes of a licence: one, or two after a replacement."""
    if history is None:
        yield licence
    elif history == PROPOSED:
        yield _proposed(licence)
    elif history is Operation.REPLACE:
        yield from _replaced(licence)
    else:
        yield _changed(licence, Operation(history))


def _event(licence: Licence, operation: Operation) -> LicenceEvent:
    rule = TRANSITIONS[operation]
    return LicenceEvent(
        number=len(licence.events) + 1,
        operation=operation,
        outcome=EventOutcome.DONE,
        reason=_REASONS[operation],
        at=licence.recorded_at + timedelta(days=1),
        proposer=_CLERK,
        approver=_APPROVER if rule.takes_rights_away else None,
    )


def _changed(licence: Licence, operation: Operation) -> Licence:
    event = _event(licence, operation)
    state = TRANSITIONS[operation].end or licence.state
    return replace(licence, state=state, revision=2, events=(*licence.events, event))


def _proposed(licence: Licence) -> Licence:
    event = replace(_event(licence, Operation.REVOKE), outcome=EventOutcome.PROPOSED, approver=None)
    proposal = Proposal(event.number, event.operation, event.reason, event.proposer, event.at)
    return replace(licence, proposal=proposal, revision=2, events=(*licence.events, event))


def _replaced(licence: Licence) -> Iterator[Licence]:
    event = _event(licence, Operation.REPLACE)
    identifier = licence.identifier.next_version()
    yield replace(_changed(licence, Operation.REPLACE), superseded_by=str(identifier))
    yield replace(
        licence,
        identifier=identifier,
        recorded_at=event.at,
        supersedes=str(licence.identifier),
        events=(replace(event, number=1),),
    )
