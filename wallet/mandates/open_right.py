"""Use case: find out whether a person may act for a subject at this moment, and open the subject's account if so.

Asked on every request, against what is stored now; so a right that was withdrawn is gone at the next click.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Final

from keys.envelope import Envelope
from keys.errors import SealedDataError
from standards.text import Text
from wallet.accounts.account import Account, Holder, account_envelope
from wallet.accounts.acting import AS_ONESELF, ActingAs, Capacity
from wallet.accounts.errors import RightEndedError
from wallet.holdings.holding import Holding
from wallet.holdings.list_licences import status_reader
from wallet.mandates.right import Right, RightState
from wallet.mandates.root_licence import (
    AGE_OF_MAJORITY,
    age_at,
    capacity_by_licence,
    last_root_licence,
    root_licence,
)
from wallet.mandates.store import SealedRight
from wallet.node import WalletNode


@dataclass(frozen=True, slots=True)
class RightOfPerson:
    """A right as the person sees it who was given it.

    Attributes:
        right: the right.
        above: the manager's that it rests on, or ``None``.
        ended: why it does not hold now; ``None`` when it does.
        looks_back: it does not hold, but lets the person see what is left: the licence that named the person was
            revoked or deregistered.
    """

    right: Right
    above: Right | None
    ended: Text | None
    looks_back: bool = False

    @property
    def can_be_chosen(self) -> bool:
        """Whether the person can open the wallet under it now, if only to look."""
        return self.ended is None or self.looks_back


def rights_of(node: WalletNode, own: Holder) -> Sequence[RightOfPerson]:
    """The rights that a person was given, offered ones too, oldest first; nothing is decided by this list."""
    sealed = node.rights.of_person(own.account_id)
    if not sealed:
        return ()
    accounts = node.accounts.get_many({one.subject_account for one in sealed})
    found = []
    for one in sealed:
        account = accounts.get(one.subject_account)
        if account is not None:
            try:
                found.append(_looked_at(node, own, one, account_envelope(account, node.account_envelope)))
            except SealedDataError:
                continue
    return found


def act_for(node: WalletNode, own: Holder, subject_account: str, right_id: str) -> Holder:
    """The subject's account opened for the person, if the right holds now (two or three reads, no write).

    Whose right ended because the licence behind it was revoked or deregistered can look, and do nothing else:
    ``Holder.require`` says so for every deed but seeing.

    Args:
        node: stores and feeds.
        own: the person in the person's own wallet.
        subject_account: account acted for.
        right_id: the right, which must be this person's.

    Raises:
        RightEndedError: there is no such right of this person, or it does not hold (any more).
    """
    sealed = node.rights.get(subject_account, right_id)
    if sealed is None or sealed.person_account != own.account_id:
        raise RightEndedError
    account = node.accounts.get_many([subject_account]).get(subject_account)
    if account is None:
        raise RightEndedError
    return open_right(node, own, account, sealed)


def open_right(node: WalletNode, own: Holder, account: Account, sealed: SealedRight) -> Holder:
    """The account behind one right of the person; raises ``RightEndedError`` when it does not hold."""
    envelope = account_envelope(account, node.account_envelope)
    looked_at = _looked_at(node, own, sealed, envelope)
    if not looked_at.can_be_chosen:
        raise RightEndedError(looked_at.ended)
    return _holder(own, looked_at, envelope)


COME_OF_AGE: Final = Text(
    "孩子已满十八周岁，监护人的代办资格已结束。",
    "The child has come of age; the guardian's right has ended.",
)


def licences_of_subject(node: WalletNode, holder: Holder) -> Sequence[Holding]:
    """All licences of the account, also those that the right of who acts does not reach: for the rules themselves."""
    return node.holdings.all_of(replace(holder, acting=AS_ONESELF))


def current_root(node: WalletNode, holder: Holder) -> Holding | None:
    """The licence that speaks for the subject of an opened account now; ``None`` when there is none."""
    reader = status_reader(node)
    return root_licence(
        holder.subject, licences_of_subject(node, holder), lambda face: reader.state_of(face).state
    )


def _last_root(node: WalletNode, holder: Holder) -> Holding | None:
    reader = status_reader(node)
    return last_root_licence(
        holder.subject, licences_of_subject(node, holder), lambda face: reader.state_of(face).state
    )


def _looked_at(node: WalletNode, own: Holder, sealed: SealedRight, envelope: Envelope) -> RightOfPerson:
    right = sealed.open(envelope)
    above: Right | None = None
    if right.parent_id is not None:
        parent = node.rights.get(right.subject_account, right.parent_id)
        above = None if parent is None else parent.open(envelope)
    at = node.clock.now()
    if right.holds_in_time(at) and right.capacity.is_by_licence:
        return _named_by_licence(node, own, right, envelope)
    return RightOfPerson(right, above, _why_not(right, above, at))


def _why_not(right: Right, above: Right | None, at: datetime) -> Text | None:
    if not right.holds_in_time(at):
        return _time_words(right, at)
    if right.parent_id is not None and (above is None or not above.holds_in_time(at)):
        return Text("授权所依据的管理员授权已结束。", "The manager's right that it rests on has ended.")
    return None


def _time_words(right: Right, at: datetime) -> Text:
    if right.state is RightState.OFFERED:
        return Text("等待您接受。", "It waits for you to accept it.")
    if right.state is not RightState.ACTIVE:
        return Text("授权已撤回。", "The right was withdrawn.")
    if right.terms is not None and at < right.terms.not_before:
        return Text("授权尚未生效。", "The right is not in force yet.")
    return Text("授权已到期。", "The right has ended.")


def _named_by_licence(node: WalletNode, own: Holder, right: Right, envelope: Envelope) -> RightOfPerson:
    holder = Holder(right.subject_account, own.person, envelope, right.subject, AS_ONESELF)
    root = current_root(node, holder)
    if root is not None:
        return RightOfPerson(right, None, _why_licence_does_not_name(own, right, root, node.clock.now()))
    last = _last_root(node, holder) if right.capacity is Capacity.LEGAL_REPRESENTATIVE else None
    if last is not None and _names(last, own, right):
        ended = Text(
            "营业执照已被吊销或注销，只能查看，不能出示或授权。",
            "The business licence was revoked or deregistered: you can look, but not show or grant.",
        )
        return RightOfPerson(right, None, ended, looks_back=True)
    if right.capacity is Capacity.GUARDIAN and _has_come_of_age(node, holder):
        return RightOfPerson(right, None, COME_OF_AGE)
    ended = Text(
        "证明您代办资格的证照已失效或不在钱包中。",
        "The licence that names you is no longer valid, or no longer in the wallet.",
    )
    return RightOfPerson(right, None, ended)


def _names(licence: Holding, own: Holder, right: Right) -> bool:
    face, person = licence.face, own.subject
    return capacity_by_licence(face.vct, face.claims, person.code_type, person.number) is right.capacity


def _why_licence_does_not_name(own: Holder, right: Right, root: Holding, at: datetime) -> Text | None:
    face = root.face
    if not _names(root, own, right):
        return Text("现行证照上的代表人已不是您。", "The current licence names somebody else.")
    if right.capacity is Capacity.GUARDIAN:
        age = age_at(face, at)
        if age is None or age >= AGE_OF_MAJORITY:
            return COME_OF_AGE
    return None


def _has_come_of_age(node: WalletNode, holder: Holder) -> bool:
    """By a birth certificate whose copies are over, too: birthdays pass all the same."""
    ages = (age_at(one.face, node.clock.now()) for one in licences_of_subject(node, holder))
    return any(age is not None and age >= AGE_OF_MAJORITY for age in ages)


def _holder(own: Holder, looked_at: RightOfPerson, envelope: Envelope) -> Holder:
    right, above = looked_at.right, looked_at.above
    acting = ActingAs(
        right.capacity,
        right.right_id,
        None if right.terms is None else right.grant(),
        None if above is None or above.terms is None else above.grant(),
        looked_at.looks_back,
    )
    return Holder(right.subject_account, own.person, envelope, right.subject, acting)
