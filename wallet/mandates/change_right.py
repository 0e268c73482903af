"""Use cases: accept or decline a right, withdraw it, give it up. Each is one compare-and-set, then the status list."""

from __future__ import annotations

from typing import Final

from standards.status_list import StatusValue
from wallet.accounts.account import Holder, account_envelope, open_holder
from wallet.accounts.acting import AS_ONESELF, Capacity, Deed
from wallet.accounts.subject import Subject
from wallet.history.entry import EntryKind
from wallet.mandates.errors import RightNotFoundError, RightStateError
from wallet.mandates.note_right import note_right
from wallet.mandates.right import Right, RightState
from wallet.mandates.store import SealedRight
from wallet.node import WalletNode
from wallet.sheets.make_sheet import withdraw_sheets_made_under

_LIVE: Final = (RightState.OFFERED, RightState.ACTIVE)


def accept_right(node: WalletNode, own: Holder, right_id: str) -> Right:
    """The invited person accepts (three durable writes).

    Raises:
        RightNotFoundError: no such right was offered to this person.
        RightStateError: it was answered already, withdrawn, or is past its end.
    """
    sealed, subject = _offered_to(node, own, right_id)
    right = sealed.open(subject.envelope)
    at = node.clock.now()
    if right.terms is not None and at >= right.terms.expires_at:
        raise RightStateError
    if not node.rights.move(sealed, (RightState.OFFERED,), RightState.ACTIVE, at):
        raise RightStateError
    note_right(node, subject, right, EntryKind.GRANT_ACCEPTED)
    note_right(node, own, right, EntryKind.GRANT_ACCEPTED, to_person=True)
    return right


def give_up_right(node: WalletNode, own: Holder, right_id: str) -> Right:
    """The person declines what was offered, or does not want to act any more (four durable writes).

    Raises:
        RightNotFoundError: the person has no such right.
        RightStateError: it has ended already.
    """
    sealed, subject = _offered_to(node, own, right_id)
    right = sealed.open(subject.envelope)
    to = RightState.DECLINED if sealed.state is RightState.OFFERED else RightState.WITHDRAWN
    handed_over = right.capacity is Capacity.SELF and sealed.state is RightState.ACTIVE
    if right.capacity.is_by_licence or handed_over:
        raise RightStateError
    _end(node, subject, sealed, to=to, kind=EntryKind.GRANT_ENDED)
    note_right(node, own, right, EntryKind.GRANT_ENDED, to_person=True)
    return right


def withdraw_right(node: WalletNode, holder: Holder, right_id: str) -> Right:
    """Take a right back: gone at the next click of who had it, and in the status list at once.

    With a manager's right everything falls that the manager granted.

    Args:
        node: stores and the provider.
        holder: the subject's account, opened by who may withdraw: for a manager's right who appoints managers, for
            others who manages agents; a manager only what the manager granted.
        right_id: the right.

    Raises:
        DeedNotAllowedError: the capacity of who acts does not include it.
        RightNotFoundError: there is no such right over this subject that the one who acts could withdraw.
        RightStateError: it has ended already.
    """
    holder.require(Deed.MANAGE_AGENTS)
    sealed = node.rights.get(holder.account_id, right_id)
    if sealed is None or not may_withdraw(holder, sealed):
        raise RightNotFoundError
    if sealed.capacity is Capacity.MANAGER:
        holder.require(Deed.MANAGE_MANAGERS)
    right = sealed.open(holder.envelope)
    _end(node, holder, sealed, to=RightState.WITHDRAWN, kind=EntryKind.GRANT_WITHDRAWN)
    return right


def may_withdraw(holder: Holder, sealed: SealedRight) -> bool:
    """Whether who acts could withdraw this right, as far as whose it is; rights by licence are nobody's to withdraw."""
    if sealed.capacity.is_by_licence or sealed.capacity is Capacity.SELF:
        return False
    if holder.acting.capacity is Capacity.MANAGER:
        return sealed.parent_id == holder.acting.right_id
    return True


def _end(node: WalletNode, holder: Holder, sealed: SealedRight, *, to: RightState, kind: EntryKind) -> None:
    """The list first, then the row: whatever breaks off in between, windows refuse already and a repeat ends it."""
    if sealed.state not in _LIVE:
        raise RightStateError
    right, at = sealed.open(holder.envelope), node.clock.now()
    children = node.rights.children(holder.account_id, right.right_id)
    fallen = [(child, child.open(holder.envelope)) for child in children]
    for one in (right, *(opened for _, opened in fallen)):
        if one.terms is not None:
            node.provider.statuses.set(one.terms.status, StatusValue.INVALID)
    if not node.rights.move(sealed, _LIVE, to, at):
        raise RightStateError
    note_right(node, holder, right, kind)
    withdraw_sheets_made_under(node, holder, right.right_id)
    for child, opened in fallen:
        if node.rights.move(child, _LIVE, RightState.WITHDRAWN, at):
            note_right(node, holder, opened, EntryKind.GRANT_ENDED)
    if kind is EntryKind.GRANT_WITHDRAWN:
        _tell_person(node, holder, right)


def _tell_person(node: WalletNode, holder: Holder, right: Right) -> None:
    account = node.accounts.get_many([right.person_account]).get(right.person_account)
    if account is not None:
        person = right.person
        subject = Subject(person.code_type, person.number, person.name)
        log = open_holder(account, holder.person, node.account_envelope, subject, AS_ONESELF)
        note_right(node, log, right, EntryKind.GRANT_WITHDRAWN, to_person=True)


def _offered_to(node: WalletNode, own: Holder, right_id: str) -> tuple[SealedRight, Holder]:
    """A right of this person with the subject's account, opened for its log."""
    sealed = next((one for one in node.rights.of_person(own.account_id) if one.right_id == right_id), None)
    account = (
        None
        if sealed is None
        else node.accounts.get_many([sealed.subject_account]).get(sealed.subject_account)
    )
    if sealed is None or account is None:
        raise RightNotFoundError
    envelope = account_envelope(account, node.account_envelope)
    subject = sealed.open(envelope).subject
    return sealed, Holder(sealed.subject_account, own.person, envelope, subject, AS_ONESELF)
