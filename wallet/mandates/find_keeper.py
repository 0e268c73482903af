"""Use case: into whose wallet a licence goes that was received and checked.

Its holder's: the person's own, or that of a subject for whom the person acts. A licence that names the person as the
representative of its holder opens that holder's wallet; nothing else does.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial
from typing import Any, cast

from standards.codes.holder_code import HOLDER_CODE_TYPES, HolderKind
from standards.mandate import Party
from wallet.accounts.account import Account, Holder, open_holder
from wallet.accounts.acting import AS_ONESELF, ActingAs, Capacity, Deed
from wallet.accounts.errors import DeedNotAllowedError, RightEndedError
from wallet.accounts.open_account import account_for
from wallet.accounts.subject import Subject
from wallet.history.entry import EntryKind
from wallet.mandates.note_right import note_right
from wallet.mandates.open_right import open_right
from wallet.mandates.right import Right, RightState, new_right_id
from wallet.mandates.root_licence import AGE_OF_MAJORITY, age_on, capacity_by_licence
from wallet.mandates.wallets_at_hand import own_wallet
from wallet.node import WalletNode
from wallet.receiving.check_received import KeeperOf
from wallet.receiving.errors import (
    AnotherPersonsLicenceError,
    CredentialRejectedError,
    NotRepresentedError,
)


def keeper_for(node: WalletNode, holder: Holder) -> KeeperOf:
    """The rule for what ``holder`` receives; the account is opened when the rule is asked, not before."""
    return partial(_find_keeper, node, holder)


def only_into(holder: Holder) -> KeeperOf:
    """The rule for what replaces a licence of this wallet: it must belong to the same holder."""

    def keeper(vct: str, claims: Mapping[str, Any]) -> Holder:  # noqa: ARG001
        code_type, number, _ = _holder_named(claims)
        if not holder.holds(code_type, number):
            raise AnotherPersonsLicenceError
        return holder

    return keeper


def _find_keeper(node: WalletNode, holder: Holder, vct: str, claims: Mapping[str, Any]) -> Holder:
    """Raises:
    CredentialRejectedError: the licence does not say who its holder is.
    AnotherPersonsLicenceError: it is another natural person's.
    NotRepresentedError: it is an entity's or a child's for whom the person does not act.
    DeedNotAllowedError: the person acts for its holder, but may not receive.
    """
    code_type, number, name = _holder_named(claims)
    # Whoever can only look back at a wallet may still be named by what comes now: then its rights are looked up anew.
    if holder.holds(code_type, number) and not holder.acting.looks_back:
        holder.require(Deed.RECEIVE)
        return holder
    own = own_wallet(node, holder)
    if own.holds(code_type, number):
        return own
    subject = Subject(code_type, number, name)
    capacity = _capacity(node, own, vct, claims)
    if capacity is not None:
        return _represented(node, own, subject, capacity)
    return _acted_for(node, own, subject)


def _holder_named(claims: Mapping[str, Any]) -> tuple[str, str, str]:
    values = [claims.get(name) for name in ("holder_code_type", "holder_number", "holder_name")]
    code_type, number, name = values
    if not isinstance(code_type, str) or not isinstance(number, str) or not number.strip():
        raise CredentialRejectedError("它没有写明持证主体。", "it does not say who its holder is.")
    return code_type, number.strip().upper(), name if isinstance(name, str) and name else number


def _capacity(node: WalletNode, own: Holder, vct: str, claims: Mapping[str, Any]) -> Capacity | None:
    person = own.subject
    capacity = capacity_by_licence(vct, claims, person.code_type, person.number)
    if capacity is Capacity.GUARDIAN:
        age = age_on(cast("str", claims.get("birth_date") or ""), node.clock.now())
        if age is None or age >= AGE_OF_MAJORITY:
            return None
    return capacity


def _represented(node: WalletNode, own: Holder, subject: Subject, capacity: Capacity) -> Holder:
    """The subject's wallet, opened or joined by the licence that names the person (four durable writes at first)."""
    at = node.clock.now()
    account = account_for(
        subject, store=node.accounts, lookup_key=node.lookup_key, envelope=node.account_envelope, at=at
    )
    right = _right_row(node, own, account, capacity)
    opened = open_holder(account, own.person, node.account_envelope, subject, AS_ONESELF)
    if right is None:
        person = own.subject
        new = Right(
            right_id=new_right_id(),
            subject_account=account.account_id,
            person_account=own.account_id,
            subject=subject,
            person=Party(person.code_type, person.number, person.name),
            capacity=capacity,
            state=RightState.ACTIVE,
            changed_at=at,
        )
        if node.rights.add(new, opened.envelope, at):
            note_right(node, opened, new, EntryKind.WALLET_OPENED)
            right = new.right_id
        else:
            right = _right_row(node, own, account, capacity)
    acting = ActingAs(capacity, right)
    return open_holder(account, own.person, node.account_envelope, subject, acting)


def _right_row(node: WalletNode, own: Holder, account: Account, capacity: Capacity) -> str | None:
    return next(
        (
            one.right_id
            for one in node.rights.of_person(own.account_id)
            if one.subject_account == account.account_id and one.capacity is capacity
        ),
        None,
    )


def _acted_for(node: WalletNode, own: Holder, subject: Subject) -> Holder:
    found = node.accounts.find(node.lookup_key.candidates(subject.code_type, subject.number))
    refused: DeedNotAllowedError | None = None
    if found is not None:
        _, account = found
        for sealed in node.rights.of_person(own.account_id):
            if sealed.subject_account != account.account_id:
                continue
            try:
                opened = open_right(node, own, account, sealed)
                opened.require(Deed.RECEIVE)
            except RightEndedError:
                continue
            except DeedNotAllowedError as error:
                refused = error
                continue
            return opened
    if refused is not None:
        raise refused
    row = HOLDER_CODE_TYPES.get(subject.code_type)
    if row is None or row.kind is HolderKind.NATURAL_PERSON:
        raise AnotherPersonsLicenceError
    raise NotRepresentedError
