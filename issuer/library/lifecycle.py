"""The state machine of a licence: closed sets, pure rules (DOMAIN section 3).

Every operation names the states from which it may start and the state in which it ends. Operations that take rights
away need two different persons. Operations that alter what is printed make a new version: the old one ends as
replaced and points to the new. What has ended never gives anything again: only a new version comes after it, so that
no copy that was once invalid becomes valid. A suspension outlives extensions and changes: the new version is suspended
until the licence is returned.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Final, Protocol

from issuer.library.errors import OperationNotAllowedError, SamePersonError
from issuer.library.event import Actor, Approval, EventOutcome, LicenceEvent, Operation
from issuer.library.licence import LicenceState
from standards.text import Text

_VALID, _SUSPENDED, _LOST = LicenceState.VALID, LicenceState.SUSPENDED, LicenceState.REPORTED_LOST
_EXPIRED, _OTHER = LicenceState.EXPIRED, LicenceState.OTHER

LIVE: Final = frozenset({_VALID, _SUSPENDED, _LOST})
"""States out of which a licence can come back to full effect."""

ENDED: Final = frozenset(
    {
        LicenceState.REPLACED,
        LicenceState.EXPIRED,
        LicenceState.DEREGISTERED,
        LicenceState.RESCINDED,
        LicenceState.REVOKED,
        LicenceState.OTHER,
    }
)
"""States in which a licence no longer gives anything."""


@dataclass(frozen=True, slots=True)
class Transition:
    """One operation's rule.

    Attributes:
        start: decided states from which it may begin.
        end: state in which this version ends; ``None`` leaves the state as it is. A return leads back to the state
            before the suspension: see ``state_after``.
        takes_rights_away: needs a proposer and an approver.
        makes_version: what is printed changes, so a new version with a new identifier takes over.
    """

    start: frozenset[LicenceState]
    end: LicenceState | None
    takes_rights_away: bool = False
    makes_version: bool = False


_REPLACED: Final = LicenceState.REPLACED

TRANSITIONS: Final[Mapping[Operation, Transition]] = {
    Operation.EXTEND: Transition(frozenset({_VALID, _SUSPENDED, _EXPIRED}), _REPLACED, makes_version=True),
    Operation.CHANGE: Transition(frozenset({_VALID, _SUSPENDED}), _REPLACED, makes_version=True),
    # Nobody is given a new document while the old one is held: traffic law says so for driving licences.
    Operation.REPLACE: Transition(frozenset({_VALID, _LOST, _EXPIRED}), _REPLACED, makes_version=True),
    # Reporting a loss is no way around a suspension.
    Operation.SUSPEND: Transition(frozenset({_VALID, _LOST}), _SUSPENDED, takes_rights_away=True),
    Operation.RETURN: Transition(frozenset({_SUSPENDED}), _VALID),
    Operation.REPORT_LOST: Transition(frozenset({_VALID}), _LOST),
    Operation.CANCEL_LOSS: Transition(frozenset({_LOST}), _VALID),
    Operation.DEREGISTER: Transition(LIVE | {_EXPIRED}, LicenceState.DEREGISTERED, takes_rights_away=True),
    Operation.RESCIND: Transition(LIVE | {_EXPIRED}, LicenceState.RESCINDED, takes_rights_away=True),
    Operation.REVOKE: Transition(LIVE | {_EXPIRED}, LicenceState.REVOKED, takes_rights_away=True),
    Operation.TRANSFER_OUT: Transition(frozenset({_VALID}), _OTHER, takes_rights_away=True),
    Operation.TRANSFER_IN: Transition(frozenset({_OTHER}), _REPLACED, makes_version=True),
    Operation.EXPIRE: Transition(LIVE, _EXPIRED),
    Operation.INSPECT: Transition(LIVE, None),
}
"""ISSUE has no rule here: it makes the first version out of nothing."""


def transition(operation: Operation, state: LicenceState) -> Transition:
    """The rule of ``operation`` for a licence that is in ``state``.

    Raises:
        OperationNotAllowedError: the operation cannot start there; it names what can.
    """
    rule = TRANSITIONS.get(operation)
    if rule is None or state not in rule.start:
        possible = operations_from(state)
        zh = "、".join(found.label.zh for found in possible)
        en = ", ".join(found.value for found in possible)
        raise OperationNotAllowedError(
            f"证照当前状态为“{state.label.zh}”，不能{operation.label.zh}。",
            f"The licence is in state “{state}”; “{operation}” is not possible.",
            where="/operation",
            next_step=Text(f"当前可办理：{zh}。", f"Possible now: {en}.")
            if possible
            else Text(
                "此版本已经终结，不能再办理。", "This version has ended; nothing more can be done to it."
            ),
        )
    return rule


def operations_from(state: LicenceState) -> tuple[Operation, ...]:
    """The operations that may start in ``state``, in the order of the table."""
    return tuple(operation for operation, rule in TRANSITIONS.items() if state in rule.start)


def open_suspension(events: Iterable[LicenceEvent]) -> LicenceEvent | None:
    """The suspension that nobody has lifted yet, or ``None``. The end of the licence's term does not lift it."""
    found = None
    for event in events:
        if event.outcome is EventOutcome.DONE:
            if event.operation is Operation.SUSPEND:
                found = event
            elif event.operation is Operation.RETURN:
                found = None
    return found


class Step(Protocol):
    """As much of an event as decides on the state."""

    @property
    def number(self) -> int: ...

    @property
    def operation(self) -> Operation: ...

    @property
    def outcome(self) -> EventOutcome: ...


def state_after(events: Iterable[Step]) -> LicenceState:
    """The decided state to which a history leads; the first event makes the version, and makes it valid."""
    state = before_suspension = _VALID
    for event in events:
        rule = TRANSITIONS.get(event.operation)
        if event.outcome is not EventOutcome.DONE or rule is None or event.number == 1:
            continue
        if event.operation is Operation.SUSPEND:
            before_suspension = state
        state = before_suspension if event.operation is Operation.RETURN else rule.end or state
    return state


def takes_rights_away(operation: Operation) -> bool:
    """Whether the operation needs two persons."""
    rule = TRANSITIONS.get(operation)
    return rule is not None and rule.takes_rights_away


def approve(proposer: Actor, approver: Actor, *, where: str = "/approval/approver") -> Approval:
    """The approval of two different persons.

    Raises:
        SamePersonError: they are one.
    """
    if proposer.is_same_person(approver):
        raise SamePersonError(
            "提出人与审批人不能是同一人。",
            "The proposer and the approver must be two persons.",
            where=where,
            next_step=Text("请由另一名工作人员审批。", "Have another member of staff approve it."),
        )
    return Approval(proposer, approver)


def check_expiry(valid_until: date | None, today: date) -> None:
    """Refuses to expire a licence whose last day has not passed.

    Raises:
        OperationNotAllowedError
    """
    if valid_until is None or today <= valid_until:
        raise OperationNotAllowedError(
            "证照的有效期尚未届满。",
            "The validity of the licence has not ended yet.",
            where="/operation",
            next_step=Text(
                "提前终结请用注销、撤销或吊销。", "To end it early, deregister, rescind or revoke it."
            ),
        )
