"""Use cases: carry out an operation on a licence, propose it, approve or refuse what is proposed."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime

from issuer.library.change_input import ChangeRequest, new_version_draft
from issuer.library.errors import NoProposalError, ProposalOpenError
from issuer.library.event import Actor, EventOutcome, LicenceEvent, Operation, Proposal
from issuer.library.library import Library
from issuer.library.licence import Licence, LicenceState, SourceMark, local_day
from issuer.library.licence_input import LicenceDraft
from issuer.library.lifecycle import approve, check_expiry, open_suspension, state_after, transition
from issuer.library.numbering import number_of
from issuer.library.record_licence import licence_of
from issuer.library.standing import has_lapsed
from standards.json_reader import Reader
from standards.text import Text


@dataclass(frozen=True, slots=True)
class Change:
    """What came of a request.

    Attributes:
        licence: the version that was asked about, as it is now.
        event: the entry that was written.
        successor: the new version, for operations that make one.
    """

    licence: Licence
    event: LicenceEvent
    successor: Licence | None = None

    @property
    def is_proposed(self) -> bool:
        """Whether it waits for a second person."""
        return self.event.outcome is EventOutcome.PROPOSED


def change_licence(
    library: Library,
    licence: Licence,
    request: ChangeRequest,
    *,
    caller: Actor,
    system: str | None,
    at: datetime,
) -> Change:
    """Carry out the operation, or keep it as proposed when it takes rights away and no second person stands behind it.

    What is already proposed is carried out when the same operation comes again with its second person.

    Args:
        library: records and status lists.
        licence: as read; the change is a compare-and-set on its revision.
        request: checked.
        caller: who asks, where the request names nobody.
        system: the calling system, if it was one.
        at: now.

    Raises:
        OperationNotAllowedError: the state does not allow it.
        SamePersonError: proposer and approver are one.
        ProposalOpenError: another operation waits for its decision.
        LicenceChangedError: somebody was faster.
    """
    rule = transition(request.operation, deciding_state(licence, request.operation, at))
    if request.operation is Operation.EXPIRE:
        check_expiry(licence.valid_until, local_day(at))
    answered = _proposal_completed_by(request, licence)
    if licence.proposal is not None and answered is None:
        raise ProposalOpenError(
            f"已有待审批的操作“{licence.proposal.operation.label.zh}”。",
            f"The operation “{licence.proposal.operation}” already waits for its approval.",
            where="/operation",
            next_step=Text("请先批准或不批准该操作。", "Approve or refuse that one first."),
        )
    proposer = request.proposer or caller
    if request.approver is not None:
        approve(proposer, request.approver)
    waits = (rule.takes_rights_away or request.takes_rights_away) and request.approver is None
    event = LicenceEvent(
        number=len(licence.events) + 1,
        operation=request.operation,
        outcome=EventOutcome.PROPOSED if waits else EventOutcome.DONE,
        reason=request.reason,
        at=_not_before(licence, at),
        proposer=proposer,
        approver=request.approver,
        system=system,
        answers=None if answered is None else answered.event,
        code=request.code or (None if answered is None else answered.code),
        changes=request.changes if waits else None,
        inspection=request.inspection,
        part_of=request.part_of,
    )
    if waits:
        proposal = Proposal(
            event.number, event.operation, event.reason, proposer, event.at, event.changes, event.code
        )
        after = replace(licence, proposal=proposal, events=(*licence.events, event))
        return Change(library.store.change(licence, after), event)
    if request.draft is not None:
        return _new_version(library, licence, request.draft, event, at, source=request.source)
    events = (*licence.events, event)
    after = replace(
        licence,
        state=state_after(events) if rule.end is not None else licence.state,
        inspection=request.inspection or licence.inspection,
        proposal=None,
        events=events,
    )
    return Change(library.put(licence, after, at), event)


def decide_proposal(
    library: Library,
    licence: Licence,
    event_number: int,
    *,
    approver: Actor,
    approved: bool,
    reason: str | None,
    system: str | None,
    at: datetime,
) -> Change:
    """Approve or refuse the open proposal. The decision is an entry of its own; the proposal's stays as it was.

    Args:
        library: records and status lists.
        licence: as read.
        event_number: of the proposal, so that nobody approves another one than was seen.
        approver: the second person.
        approved: or refused.
        reason: of the decision; the proposal's own reason unless given.
        system: the calling system, if it was one.
        at: now.

    Raises:
        NoProposalError: no such proposal is open.
        SamePersonError: the approver is the proposer.
        OperationNotAllowedError: the state no longer allows it.
        LicenceChangedError: somebody was faster.
    """
    proposal = licence.proposal
    if proposal is None or proposal.event != event_number:
        raise NoProposalError(
            "没有待审批的此项操作。",
            "No such operation waits for approval.",
            next_step=Text(
                "它可能已被决定；请重新读取证照。", "It may have been decided; read the licence again."
            ),
        )
    approve(proposal.proposer, approver, where="/approver")
    rule = (
        transition(proposal.operation, deciding_state(licence, proposal.operation, at)) if approved else None
    )
    event = LicenceEvent(
        number=len(licence.events) + 1,
        operation=proposal.operation,
        outcome=EventOutcome.DONE if approved else EventOutcome.REFUSED,
        reason=reason or proposal.reason,
        at=_not_before(licence, at),
        proposer=proposal.proposer,
        approver=approver,
        system=system,
        answers=proposal.event,
        code=proposal.code,
    )
    if rule is not None and rule.makes_version:
        # Written anew on today's form and checked again: what was right when it was proposed may be wrong by now.
        changes = Reader(proposal.changes or {}, "/changes")
        draft = new_version_draft(
            proposal.operation, changes, licence, library.catalogue, today=local_day(at)
        )
        return _new_version(library, licence, draft, event, at)
    events = (*licence.events, event)
    after = replace(licence, proposal=None, events=events)
    if rule is None:
        return Change(library.store.change(licence, after), event)
    return Change(library.put(licence, replace(after, state=state_after(events)), at), event)


def deciding_state(licence: Licence, operation: Operation, at: datetime) -> LicenceState:
    """The state from which ``operation`` would start.

    A licence whose last day has passed counts as expired, even before somebody says so; the operation EXPIRE is what
    says so. One that is suspended counts as suspended even when its term has ended meanwhile, since extending it does
    not lift the suspension.
    """
    if operation is Operation.EXPIRE:
        return licence.state
    lapsed = has_lapsed(licence, local_day(at))
    if (lapsed or licence.state is LicenceState.EXPIRED) and open_suspension(licence.events) is not None:
        return LicenceState.SUSPENDED
    return LicenceState.EXPIRED if lapsed else licence.state


def _not_before(licence: Licence, at: datetime) -> datetime:
    """The time of the next event: a clock that was set back does not put it before the one that precedes it."""
    return max(at, licence.events[-1].at) if licence.events else at


def _proposal_completed_by(request: ChangeRequest, licence: Licence) -> Proposal | None:
    """The open proposal, when the request asks for the very same and brings the second person.

    Raises:
        SamePersonError: the approver is the one who proposed it.
    """
    proposal = licence.proposal
    if (
        proposal is None
        or request.approver is None
        or proposal.operation is not request.operation
        or proposal.changes != request.changes
    ):
        return None
    approve(proposal.proposer, request.approver)
    return proposal


def _new_version(
    library: Library,
    licence: Licence,
    draft: LicenceDraft,
    event: LicenceEvent,
    at: datetime,
    *,
    source: SourceMark | None = None,
) -> Change:
    identifier = licence.identifier.next_version()
    successor = licence_of(
        replace(draft, inspection=licence.inspection),
        identifier,
        # A number that follows from the licence itself, such as a plate, follows the change.
        draft.licence_number or number_of(draft, licence.authority.division),
        licence.authority,
        replace(event, number=1, answers=None),
        supersedes=str(licence.identifier),
    )
    successor = _still_suspended(replace(successor, source=source), licence)
    after = replace(
        licence,
        state=LicenceState.REPLACED,
        superseded_by=str(identifier),
        proposal=None,
        events=(*licence.events, event),
    )
    return Change(library.put(licence, after, at, successor), event, successor)


def _still_suspended(successor: Licence, licence: Licence) -> Licence:
    """The new version under the suspension of the old one, which its second event carries over."""
    suspension = open_suspension(licence.events)
    if suspension is None:
        return successor
    carried = replace(suspension, number=2, at=successor.events[0].at, answers=None, inspection=None)
    return replace(successor, state=LicenceState.SUSPENDED, events=(*successor.events, carried))
