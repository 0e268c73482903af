"""File a complaint, ask how it stands, withdraw it, close it; each change of its state is a line in the log."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Final

from standards.complaints import FINDING_NAMES, Cause, ComplaintState, Standing
from standards.text import Text
from wallet.accounts.account import Holder
from wallet.complaints.complaint import UNSENT, FiledComplaint, new_complaint
from wallet.complaints.desk_client import ask_desk, close_at_desk, file_at_desk, withdraw_at_desk
from wallet.complaints.errors import DeskRefusedError, DeskUnreachableError, NoDeskError
from wallet.history.entry import Entry, EntryKind
from wallet.history.read_use import read_use
from wallet.history.sentences import sentence_of
from wallet.node import WalletNode

RETRY: Final = timedelta(minutes=30)
"""How long a desk that does not answer is left alone."""

_KINDS: Final = {
    ComplaintState.RECEIVED: EntryKind.COMPLAINT_SENT,
    ComplaintState.ANSWERED: EntryKind.COMPLAINT_ANSWERED,
    ComplaintState.CLOSED: EntryKind.COMPLAINT_CLOSED,
    ComplaintState.WITHDRAWN: EntryKind.COMPLAINT_WITHDRAWN,
}


def desk_of(entry: Entry) -> str | None:
    """Where a line can be complained about, or ``None``."""
    other = entry.counterpart
    return other.complaints if other is not None and entry.party_code else None


def file_complaint(
    node: WalletNode, holder: Holder, entry_id: str, *, cause: Cause, words: str, contact: str
) -> FiledComplaint:
    """Complain about a line of the log (three durable writes); the complaint there is, if one was filed before.

    It is kept before it is sent, so that a desk that does not answer loses nothing.

    Raises:
        EntryNotFoundError: the holder's log has no such line.
        NoDeskError: the other side names no desk.
    """
    use = read_use(node, holder, entry_id)
    desk = desk_of(use.entry)
    if desk is None:
        raise NoDeskError
    at = node.clock.now()
    fresh = new_complaint(use.entry, desk, sentence_of(use), cause=cause, words=words, contact=contact, at=at)
    complaint = node.complaints.add(holder, fresh)
    return send_complaint(node, holder, complaint) if complaint.state == UNSENT else complaint


def send_complaint(node: WalletNode, holder: Holder, complaint: FiledComplaint) -> FiledComplaint:
    """Send what is kept; unchanged when the desk does not answer or does not take it."""
    if complaint.state != UNSENT:
        return complaint
    try:
        standing = file_at_desk(node.outbound, complaint)
    except (DeskUnreachableError, DeskRefusedError):
        return complaint
    return _moved(node, holder, complaint, standing)


def look_at_complaint(node: WalletNode, holder: Holder, complaint: FiledComplaint) -> FiledComplaint:
    """Ask the desk how it stands; unchanged when nothing is told."""
    if complaint.is_over or complaint.state == UNSENT:
        return complaint
    try:
        standing = ask_desk(node.outbound, complaint)
    except (DeskUnreachableError, DeskRefusedError):
        node.complaints.look_again(holder.account_id, complaint.complaint_id, node.clock.now() + RETRY)
        return complaint
    return _moved(node, holder, complaint, standing)


def withdraw_complaint(node: WalletNode, holder: Holder, complaint_id: str) -> FiledComplaint:
    """Withdraw it.

    Raises:
        FiledComplaintNotFoundError: the holder has none of this id.
        DeskUnreachableError, DeskRefusedError: the desk did not confirm.
    """
    complaint = node.complaints.get(holder, complaint_id)
    if complaint.is_over:
        return complaint
    return _moved(node, holder, complaint, withdraw_at_desk(node.outbound, complaint))


def close_complaint(
    node: WalletNode, holder: Holder, complaint_id: str, *, satisfied: bool
) -> FiledComplaint:
    """Close it after the answer; raises as :func:`withdraw_complaint`."""
    complaint = node.complaints.get(holder, complaint_id)
    if complaint.is_over:
        return complaint
    standing = close_at_desk(node.outbound, complaint, satisfied=satisfied)
    return _moved(node, holder, complaint, standing)


def _moved(node: WalletNode, holder: Holder, complaint: FiledComplaint, standing: Standing) -> FiledComplaint:
    at = node.clock.now()
    moved = replace(complaint, state=standing.state.value, standing=standing)
    kept = node.complaints.change(holder, moved, before=complaint.state, look_at=moved.next_look(at))
    if not kept:
        return node.complaints.get(holder, complaint.complaint_id)
    if moved.state != complaint.state:
        node.use_log.append_once(holder, _line(node, moved, standing))
    return moved


def _line(node: WalletNode, complaint: FiledComplaint, standing: Standing) -> Entry:
    party, number = complaint.party, complaint.filing.number
    found = FINDING_NAMES[standing.finding] if standing.finding else Text("", "")
    told = {
        ComplaintState.RECEIVED: Text(
            f"向{party.zh}投诉了编号 {number} 的用证。", f"You complained to {party.en} about use {number}."
        ),
        ComplaintState.ANSWERED: Text(
            f"{party.zh}答复了您的投诉：{found.zh}。", f"{party.en} answered your complaint: {found.en}."
        ),
        ComplaintState.CLOSED: Text(
            f"对{party.zh}的投诉已办结。", f"Your complaint about {party.en} is closed."
        ),
        ComplaintState.WITHDRAWN: Text(
            f"撤回了对{party.zh}的投诉。", f"You withdrew your complaint about {party.en}."
        ),
    }[standing.state]
    # One line for one state, whoever notices it first.
    return Entry(
        entry_id=f"complaint-{complaint.complaint_id}-{standing.state.value}",
        at=node.clock.now(),
        kind=_KINDS[standing.state],
        about=complaint.complaint_id,
        party=party,
        party_code=complaint.filing.department,
        told=told,
        reason=Text(standing.answer, standing.answer)
        if standing.answer and standing.state is ComplaintState.ANSWERED
        else None,
    )
