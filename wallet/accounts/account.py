"""An account of the wallet, closed as it lies in the store and open as a signed-in person uses it.

An account belongs to a subject. A person opens the person's own, or that of a subject the person acts for.
"""

from __future__ import annotations

import secrets
from dataclasses import dataclass, field, replace
from datetime import datetime

import orjson

from keys.envelope import Envelope, WrappedKey
from service.web.sign_in import Person
from wallet.accounts.acting import AS_ONESELF, ActingAs, Deed
from wallet.accounts.errors import DeedNotAllowedError
from wallet.accounts.subject import Subject, subject_of


@dataclass(frozen=True, slots=True)
class Account:
    """An account as stored: it says neither who the subject is nor what is kept.

    Attributes:
        account_id: random; every row of the wallet that belongs to the subject carries it.
        wrapped_key: the holder key of this account, sealed under the node's key.
        sealed_identity: certificate type and number, sealed likewise: a new lookup key needs them once more.
        created_at: when it was made: at a person's first visit or invitation, at an entity's first licence.
    """

    account_id: str
    wrapped_key: WrappedKey = field(repr=False)
    sealed_identity: bytes = field(repr=False)
    created_at: datetime


@dataclass(frozen=True, slots=True)
class Holder:
    """An opened account, with who opened it and for whom.

    Attributes:
        account_id: of the account acted for.
        person: who signed in.
        envelope: seals and opens what belongs to this account, and nothing else.
        subject: whose account it is; the person, unless somebody else is acted for.
        acting: as what the person acts.
    """

    account_id: str
    person: Person
    envelope: Envelope = field(repr=False)
    subject: Subject
    acting: ActingAs

    def holds(self, code_type: str, number: str) -> bool:
        """Whether a licence with this holder belongs into this account."""
        return self.subject.is_same(code_type, number)

    def require(self, deed: Deed) -> None:
        """Raises ``DeedNotAllowedError`` when the capacity in which the person acts does not include ``deed``."""
        if not self.acting.may(deed):
            raise DeedNotAllowedError(self.acting.capacity, deed)


def new_account(subject: Subject, envelope: Envelope, at: datetime) -> Account:
    """A fresh account with a fresh holder key, wrapped by ``envelope``."""
    account_id = secrets.token_urlsafe(16)
    wrapped_key, _ = envelope.new_data_key(_key_context(account_id))
    identity = orjson.dumps([subject.code_type, subject.number])
    return Account(account_id, wrapped_key, envelope.seal(identity, _identity_context(account_id)), at)


def open_holder(
    account: Account,
    person: Person,
    envelope: Envelope,
    subject: Subject | None = None,
    acting: ActingAs = AS_ONESELF,
) -> Holder:
    """The account opened for ``person``, who owns it or acts for the ``subject`` that does.

    Whether the person may is for the caller to have found out.

    Raises:
        SealedDataError: the node's keys do not open it.
    """
    holder_envelope = account_envelope(account, envelope)
    return Holder(account.account_id, person, holder_envelope, subject or subject_of(person), acting)


def account_envelope(account: Account, envelope: Envelope) -> Envelope:
    """What seals and opens everything in the account; raises ``SealedDataError``."""
    return envelope.unwrap(account.wrapped_key, _key_context(account.account_id))


def reseal_account(account: Account, envelope: Envelope) -> Account:
    """The account under the node's current key; what the holder key sealed stays as it is."""
    return replace(
        account,
        wrapped_key=envelope.rewrap(account.wrapped_key, _key_context(account.account_id)),
        sealed_identity=envelope.reseal(account.sealed_identity, _identity_context(account.account_id)),
    )


def identity_of(account: Account, envelope: Envelope) -> tuple[str, str]:
    """Code type and number of the subject."""
    plain = envelope.open(account.sealed_identity, _identity_context(account.account_id))
    code_type, number = orjson.loads(plain)
    return code_type, number


def _key_context(account_id: str) -> str:
    return f"wallet account {account_id}"


def _identity_context(account_id: str) -> str:
    return f"wallet account {account_id} identity"
