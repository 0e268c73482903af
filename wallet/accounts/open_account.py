"""A person comes in, or a licence of somebody new: find the account, or make one."""

from __future__ import annotations

from datetime import datetime

from keys.envelope import Envelope
from keys.lookup import LookupKey
from service.web.sign_in import Person
from wallet.accounts.account import Account, Holder, identity_of, new_account, open_holder
from wallet.accounts.store import AccountStore
from wallet.accounts.subject import Subject, subject_of


def open_unattended(account: Account, envelope: Envelope) -> Holder:
    """The opened account of a person who is not there, for work that they expect to go on.

    Nothing is shown to anybody: the person is known by certificate type and number alone, without name or subject.

    Raises:
        SealedDataError: the account was sealed under keys that this node does not have.
    """
    code_type, number = identity_of(account, envelope)
    person = Person(code_type, number, name="", subject="", provider="", assurance="")
    return open_holder(account, person, envelope)


def open_account(
    person: Person, *, store: AccountStore, lookup_key: LookupKey, envelope: Envelope, at: datetime
) -> Holder:
    """The opened account of ``person``; made on the first visit (two durable writes, none afterwards).

    Two first visits at once end in one account: the lookup value is unique, and the second visit takes the first's.

    Raises:
        InvalidInputError: the certificate type or number cannot be one.
        SealedDataError: the account was sealed under keys that this node does not have.
    """
    account = account_for(subject_of(person), store=store, lookup_key=lookup_key, envelope=envelope, at=at)
    return open_holder(account, person, envelope)


def account_for(
    subject: Subject, *, store: AccountStore, lookup_key: LookupKey, envelope: Envelope, at: datetime
) -> Account:
    """The account of ``subject``, made when there is none (two durable writes, none afterwards).

    Raises:
        InvalidInputError: the code type or number cannot be one.
    """
    candidates = lookup_key.candidates(subject.code_type, subject.number)
    found = store.find(candidates)
    if found is None:
        account = new_account(subject, envelope, at)
        if store.add(account, candidates[0]):
            return account
        found = store.find(candidates)
        if found is None:
            raise RuntimeError("an account vanished between two reads")
    value, account = found
    if not lookup_key.is_current(value):
        store.add_lookup(candidates[0], account.account_id)
    return account
