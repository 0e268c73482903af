"""Use case: who may act for a subject grants somebody else the right to, within limits; signed, numbered, with an end."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from standards.codes.holder_code import HolderKind, check_holder_number, holder_code_type
from standards.errors import InvalidInputError
from standards.mandate import MAX_DURATION, Party, Scope, refusal_of_parent
from wallet.accounts.account import Holder, open_holder
from wallet.accounts.acting import AS_ONESELF, Capacity, Deed
from wallet.accounts.open_account import account_for
from wallet.accounts.subject import Subject, SubjectKind
from wallet.history.entry import EntryKind
from wallet.mandates.errors import (
    GrantRefusedError,
    InvalidGrantError,
    RootLicenceMissingError,
    TooManyManagersError,
    TooManyRightsError,
)
from wallet.mandates.note_right import note_right
from wallet.mandates.open_right import current_root
from wallet.mandates.right import MOST_MANAGERS, Right, RightState, Terms, new_right_id
from wallet.mandates.show_as import mandate_copy, sign_right
from wallet.node import WalletNode

MOST_RIGHTS: Final = 500
"""Live rights over one subject: far above what an entity needs, so that nobody fills the store."""

LONGEST: Final = MAX_DURATION
GRANTED_BY: Final = {
    SubjectKind.ENTITY: (Capacity.MANAGER, Capacity.AGENT),
    SubjectKind.PERSON: (Capacity.RELATIVE, Capacity.AGENT),
    SubjectKind.CHILD: (),
}
"""Which capacities a subject can grant."""

_LIVE: Final = (RightState.OFFERED, RightState.ACTIVE)


@dataclass(frozen=True, slots=True)
class Draft:
    """What is to be granted.

    Attributes:
        capacity: one of :data:`GRANTED_BY`.
        name: of the person who shall act, as in the identity document.
        code_type: type of that document.
        number: its number.
        scope: how far.
        not_before: from when.
        expires_at: until when.
    """

    capacity: Capacity
    name: str
    code_type: str
    number: str
    scope: Scope
    not_before: datetime
    expires_at: datetime


def give_grant(node: WalletNode, holder: Holder, draft: Draft) -> Right:
    """Offer a right (four durable writes, two more for a person who was never here). It holds once accepted.

    Args:
        node: stores and the provider, whose status list gets an entry.
        holder: the subject's account, opened by who may grant.
        draft: what is granted.

    Raises:
        DeedNotAllowedError: the capacity of who acts does not include it.
        InvalidGrantError, MandateError, InvalidHolderCodeError: what was typed cannot be granted.
        GrantRefusedError: it goes beyond the manager's own right.
        TooManyManagersError, TooManyRightsError, RootLicenceMissingError, ProviderNotCertifiedError: not now.
    """
    holder.require(Deed.MANAGE_MANAGERS if draft.capacity is Capacity.MANAGER else Deed.MANAGE_AGENTS)
    at = node.clock.now().replace(microsecond=0)
    _check(holder, draft, at)
    person = _person(draft)
    if holder.subject.is_same(person.code_type, person.number) or _is_oneself(holder, person):
        raise InvalidGrantError("不能授权给自己。", "Nobody grants to himself.", where="/number")
    _check_room(node, holder, draft)
    root = current_root(node, holder)
    if root is None:
        raise RootLicenceMissingError
    invited = account_for(
        Subject(person.code_type, person.number, person.name),
        store=node.accounts,
        lookup_key=node.lookup_key,
        envelope=node.account_envelope,
        at=at,
    )
    terms = Terms(
        scope=draft.scope,
        issued_at=at,
        not_before=draft.not_before,
        expires_at=draft.expires_at,
        status=node.provider.statuses.allocate(1, draft.expires_at)[0],
    )
    right = Right(
        right_id=new_right_id(),
        subject_account=holder.account_id,
        person_account=invited.account_id,
        subject=holder.subject,
        person=person,
        capacity=draft.capacity,
        state=RightState.OFFERED,
        parent_id=holder.acting.right_id if holder.acting.capacity is Capacity.MANAGER else None,
        uses_left=draft.scope.uses,
        terms=terms,
        changed_at=at,
    )
    _check_parent(holder, right)
    right = sign_right(right, mandate_copy(node, holder, root))
    if not node.rights.add(right, holder.envelope, at):
        raise TooManyManagersError
    note_right(node, holder, right, EntryKind.GRANT_GIVEN)
    note_right(
        node,
        open_holder(invited, holder.person, node.account_envelope, _subject(person), AS_ONESELF),
        right,
        EntryKind.GRANT_GIVEN,
        to_person=True,
    )
    return right


def _check(holder: Holder, draft: Draft, at: datetime) -> None:
    if draft.capacity not in GRANTED_BY[holder.subject.kind]:
        raise InvalidGrantError(
            "单位可以设管理员和代理人，个人可以委托代理人和亲友，未成年人不作授权。",
            "An entity has managers and agents; a person authorises agents and relatives; a child nobody.",
            where="/capacity",
        )
    if draft.capacity is Capacity.MANAGER and draft.scope.uses is not None:
        raise InvalidGrantError(
            "管理员的授权不限次数。", "A manager's right has no number of uses.", where="/uses"
        )
    if draft.expires_at <= at or draft.expires_at - draft.not_before > LONGEST:
        raise InvalidGrantError(
            "到期日应在今天之后、五年之内。",
            "The last day must lie ahead, within five years.",
            where="/expires_at",
        )
    if draft.not_before < at - timedelta(days=1) or draft.not_before >= draft.expires_at:
        raise InvalidGrantError(
            "开始日应不早于今天，且早于到期日。",
            "It begins today or later, before its last day.",
            where="/not_before",
        )


def _person(draft: Draft) -> Party:
    name = " ".join(draft.name.split())
    if not name or len(name) > 100 or not name.isprintable():
        raise InvalidGrantError("请填写对方姓名。", "Enter the person's name.", where="/name")
    try:
        row = holder_code_type(draft.code_type, where="/code_type")
        number = check_holder_number(draft.code_type, draft.number.strip().upper(), where="/number")
    except InvalidInputError as error:
        raise InvalidGrantError(error.message.zh, error.message.en, where="/number") from error
    if row.kind is not HolderKind.NATURAL_PERSON:
        raise InvalidGrantError(
            "只能授权给自然人。", "Only a natural person can be authorised.", where="/code_type"
        )
    return Party(draft.code_type, number, name)


def _is_oneself(holder: Holder, person: Party) -> bool:
    return (person.code_type, person.number) == (holder.person.code_type, holder.person.number)


def _check_room(node: WalletNode, holder: Holder, draft: Draft) -> None:
    live = [one for one in node.rights.of_subject(holder.account_id) if one.state in _LIVE]
    if len(live) >= MOST_RIGHTS:
        raise TooManyRightsError(MOST_RIGHTS)
    if draft.capacity is Capacity.MANAGER:
        managers = sum(one.capacity is Capacity.MANAGER for one in live)
        if managers >= MOST_MANAGERS:
            raise TooManyManagersError


def _check_parent(holder: Holder, right: Right) -> None:
    own = holder.acting.grant
    refused = refusal_of_parent(right.grant(), () if own is None else (own,))
    if refused is not None:
        raise GrantRefusedError(refused)


def _subject(person: Party) -> Subject:
    return Subject(person.code_type, person.number, person.name)
