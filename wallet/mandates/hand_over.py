"""Use case: a child's wallet passes to the child itself, once it has an identity number of its own.

The guardian names the person; that it is the child is shown by the birth certificate: the same name, and the date of
birth that the identity number carries. The person then accepts. From fourteen both can use the wallet; at eighteen the
guardian's right ends, and handing over is all that is left of it.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from standards.codes.citizen_number import parse_citizen_number
from standards.errors import InvalidInputError
from standards.mandate import Party
from wallet.accounts.account import Account, Holder, account_envelope, open_holder
from wallet.accounts.acting import AS_ONESELF, Capacity
from wallet.accounts.open_account import account_for
from wallet.accounts.subject import Subject, SubjectKind
from wallet.history.entry import EntryKind
from wallet.holdings.holding import Face
from wallet.mandates.errors import HandOverError, RightNotFoundError, RightStateError
from wallet.mandates.note_right import note_right
from wallet.mandates.open_right import RightOfPerson, current_root
from wallet.mandates.right import Right, RightState, new_right_id
from wallet.mandates.root_licence import AGE_OF_HAND_OVER, BIRTH_DATE, age_at, capacity_by_licence
from wallet.node import WalletNode


def hand_over(node: WalletNode, own: Holder, right_id: str, name: str, number: str) -> Right:
    """Offer the child its wallet (three durable writes, two more when the child was never here).

    Args:
        node: stores.
        own: the guardian in the guardian's own wallet.
        right_id: the guardian's right, also one that ended with the child's majority.
        name: the child's name, as in the identity document.
        number: its citizen identity number.

    Raises:
        RightNotFoundError: the person is not a guardian under this right.
        HandOverError: the child is too young, or this is not the child.
        RightStateError: it was handed over already.
    """
    holder, face = _child_of(node, own, right_id)
    at = node.clock.now()
    person = _the_child(face, name, number, at)
    invited = account_for(
        Subject(person.code_type, person.number, person.name),
        store=node.accounts,
        lookup_key=node.lookup_key,
        envelope=node.account_envelope,
        at=at,
    )
    right = Right(
        right_id=new_right_id(),
        subject_account=holder.account_id,
        person_account=invited.account_id,
        subject=holder.subject,
        person=person,
        capacity=Capacity.SELF,
        state=RightState.OFFERED,
        changed_at=at,
    )
    if not node.rights.add(right, holder.envelope, at):
        raise RightStateError
    note_right(node, holder, right, EntryKind.HANDED_OVER)
    return right


def handed_over(node: WalletNode, rights: Iterable[RightOfPerson]) -> dict[str, RightState]:
    """Of the children whose guardian somebody is: the accounts that were handed over, and whether the child has accepted."""
    found: dict[str, RightState] = {}
    for one in rights:
        if one.right.capacity is Capacity.GUARDIAN:
            for sealed in node.rights.of_subject(one.right.subject_account):
                if sealed.capacity is Capacity.SELF and sealed.state in (
                    RightState.OFFERED,
                    RightState.ACTIVE,
                ):
                    found[one.right.subject_account] = sealed.state
    return found


def child_of(node: WalletNode, own: Holder, right_id: str) -> tuple[Subject, int | None]:
    """The child of a guardian's right and its age, for the page; raises ``RightNotFoundError``."""
    holder, face = _child_of(node, own, right_id)
    return holder.subject, age_at(face, node.clock.now())


def _child_of(node: WalletNode, own: Holder, right_id: str) -> tuple[Holder, Face]:
    """The child's account, opened for its rules only, and the birth certificate that names the guardian."""
    sealed = next((one for one in node.rights.of_person(own.account_id) if one.right_id == right_id), None)
    if sealed is None or sealed.capacity is not Capacity.GUARDIAN:
        raise RightNotFoundError
    account: Account | None = node.accounts.get_many([sealed.subject_account]).get(sealed.subject_account)
    if account is None:
        raise RightNotFoundError
    subject = sealed.open(account_envelope(account, node.account_envelope)).subject
    holder = open_holder(account, own.person, node.account_envelope, subject, AS_ONESELF)
    root = current_root(node, holder)
    if root is None or subject.kind is not SubjectKind.CHILD:
        raise RightNotFoundError
    named = capacity_by_licence(root.face.vct, root.face.claims, own.subject.code_type, own.subject.number)
    if named is not Capacity.GUARDIAN:
        raise RightNotFoundError
    return holder, root.face


def _the_child(face: Face, name: str, number: str, at: datetime) -> Party:
    age = age_at(face, at)
    if age is None or age < AGE_OF_HAND_OVER:
        raise HandOverError(
            f"孩子满 {AGE_OF_HAND_OVER} 周岁后才能移交。",
            f"A wallet can be handed over once the child is {AGE_OF_HAND_OVER}.",
        )
    try:
        citizen = parse_citizen_number(number.strip().upper(), where="/number")
    except InvalidInputError as error:
        raise HandOverError(error.message.zh, error.message.en, where="/number") from error
    born = citizen.birth_date.isoformat()
    if born != face.claim_text(BIRTH_DATE) or " ".join(name.split()) != face.claim_text("holder_name"):
        raise HandOverError(
            "姓名或身份证号码中的出生日期与出生医学证明不一致。",
            "The name, or the date of birth in the identity number, differs from the birth certificate.",
            where="/number",
        )
    return Party("111", str(citizen), face.claim_text("holder_name"))
