"""An account of the wallet, closed as it lies in the store and open as a signed-in person uses it."""

from __future__ import annotations

import secrets
from dataclasses import dataclass, field
from datetime import datetime

from keys.envelope import Envelope, WrappedKey
from service.web.sign_in import Person


@dataclass(frozen=True, slots=True)
class Account:
    """An account as stored: it says neither who the person is nor what they keep.

    Attributes:
        account_id: random; every row of the wallet that belongs to the person carries it.
        wrapped_key: the holder key of this account, sealed under the node's key.
        created_at: when the person first signed in.
    """

    account_id: str
    wrapped_key: WrappedKey
    created_at: datetime


@dataclass(frozen=True, slots=True)
class Holder:
    """A signed-in person with their account opened.

    Attributes:
        account_id: of the account.
        person: who signed in.
        envelope: seals and opens what belongs to this account, and nothing else.
    """

    account_id: str
    person: Person
    envelope: Envelope = field(repr=False)

    def is_same_natural_person(self, code_type: str, number: str) -> bool:
        """Whether a certificate type and number are those that this person was authenticated with."""
        return code_type == self.person.code_type and number.strip().upper() == self.person.number


def new_account(envelope: Envelope, at: datetime) -> Account:
    """A fresh account with a fresh holder key, wrapped by ``envelope``."""
    account_id = secrets.token_urlsafe(16)
    wrapped_key, _ = envelope.new_data_key(key_context(account_id))
    return Account(account_id, wrapped_key, at)


def open_holder(account: Account, person: Person, envelope: Envelope) -> Holder:
    """The account opened for the person that it was found by.

    Raises:
        SealedDataError: the node's keys do not open it.
    """
    holder_envelope = envelope.unwrap(account.wrapped_key, key_context(account.account_id))
    return Holder(account.account_id, person, holder_envelope)


def key_context(account_id: str) -> str:
    """What an account's holder key is bound to while it is wrapped."""
    return f"wallet account {account_id}"
