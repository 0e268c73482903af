"""An account of the wallet, closed as it lies in the store and open as a signed-in person uses it."""

from __future__ import annotations

import secrets
from dataclasses import dataclass, field, replace
from datetime import datetime

import orjson

from keys.envelope import Envelope, WrappedKey
from service.web.sign_in import Person


@dataclass(frozen=True, slots=True)
class Account:
    """An account as stored: it says neither who the person is nor what they keep.

    Attributes:
        account_id: random; every row of the wallet that belongs to the person carries it.
        wrapped_key: the holder key of this account, sealed under the node's key.
        sealed_identity: certificate type and number, sealed likewise: a new lookup key needs them once more.
        created_at: when the person first signed in.
    """

    account_id: str
    wrapped_key: WrappedKey = field(repr=False)
    sealed_identity: bytes = field(repr=False)
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


def new_account(person: Person, envelope: Envelope, at: datetime) -> Account:
    """A fresh account with a fresh holder key, wrapped by ``envelope``."""
    account_id = secrets.token_urlsafe(16)
    wrapped_key, _ = envelope.new_data_key(_key_context(account_id))
    identity = orjson.dumps([person.code_type, person.number])
    return Account(account_id, wrapped_key, envelope.seal(identity, _identity_context(account_id)), at)


def open_holder(account: Account, person: Person, envelope: Envelope) -> Holder:
    """The account opened for the person that it was found by.

    Raises:
        SealedDataError: the node's keys do not open it.
    """
    holder_envelope = envelope.unwrap(account.wrapped_key, _key_context(account.account_id))
    return Holder(account.account_id, person, holder_envelope)


def reseal_account(account: Account, envelope: Envelope) -> Account:
    """The account under the node's current key; what the holder key sealed stays as it is."""
    return replace(
        account,
        wrapped_key=envelope.rewrap(account.wrapped_key, _key_context(account.account_id)),
        sealed_identity=envelope.reseal(account.sealed_identity, _identity_context(account.account_id)),
    )


def identity_of(account: Account, envelope: Envelope) -> tuple[str, str]:
    """Certificate type and number of the person; only to look the account up under a new key."""
    plain = envelope.open(account.sealed_identity, _identity_context(account.account_id))
    code_type, number = orjson.loads(plain)
    return code_type, number


def _key_context(account_id: str) -> str:
    return f"wallet account {account_id}"


def _identity_context(account_id: str) -> str:
    return f"wallet account {account_id} identity"
