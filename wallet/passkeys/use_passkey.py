"""The use cases: register a passkey, sign in with one, prove with one that it is still you."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime
from typing import Any

import orjson
import structlog

from service.web.sign_in import Person
from service.web.sign_in.session import Session
from wallet.accounts.account import Holder
from wallet.accounts.open_account import open_unattended
from wallet.node import WalletNode
from wallet.passkeys.challenge import Purpose, make_challenge, read_challenge
from wallet.passkeys.errors import (
    PasskeyRefusedError,
    PasskeyTooOldError,
    PasskeyUnknownError,
    TooManyPasskeysError,
)
from wallet.passkeys.passkey import MAX_PASSKEYS, Passkey
from wallet.passkeys.relying_party import RelyingParty, challenge_of, credential_id_of, passkey_id_of

_LOG = structlog.get_logger(__name__)


def registration_options(node: WalletNode, own: Holder, session: Session) -> dict[str, Any]:
    """Options to make a passkey of this account with.

    Raises:
        TooManyPasskeysError: there are enough.
    """
    known = node.passkeys.of_account(own.account_id)
    if len(known) >= MAX_PASSKEYS:
        raise TooManyPasskeysError
    challenge = make_challenge(node.references, "register", session.session_id, node.clock.now())
    return relying_party(node).registration_options(
        challenge, user_id=own.account_id, user_name=own.person.name, known=known
    )


def register(
    node: WalletNode, own: Holder, session: Session, credential: Mapping[str, Any], name: str
) -> Passkey:
    """Keep a new passkey (two durable writes).

    It is vouched for from the sign-in with the provider; one made in a session that a passkey began goes on from that.

    Raises:
        PasskeyRefusedError: it is not what was asked for.
        TooManyPasskeysError: there are enough.
    """
    at = node.clock.now()
    challenge = _use_challenge(node, credential, "register", session.session_id, at)
    credential_id, public_key, count = relying_party(node).verify_registration(credential, challenge)
    known = node.passkeys.of_account(own.account_id)
    if len(known) >= MAX_PASSKEYS:
        raise TooManyPasskeysError
    passkey_id = passkey_id_of(credential_id)
    sealed = own.envelope.seal(orjson.dumps(own.person.to_json()), _context(passkey_id))
    passkey = Passkey(
        passkey_id,
        own.account_id,
        credential_id,
        public_key,
        count,
        name,
        sealed,
        session.provider_vouched_at(),
        at,
    )
    if not node.passkeys.add(passkey):
        raise PasskeyRefusedError
    # Several made at once each found room; whoever sees too many now takes back what it added.
    if len(node.passkeys.of_account(own.account_id)) > MAX_PASSKEYS:
        node.passkeys.remove(own.account_id, passkey_id)
        raise TooManyPasskeysError
    return passkey


def sign_in_options(node: WalletNode) -> dict[str, Any]:
    """Options to sign in with any passkey of this wallet."""
    challenge = make_challenge(node.references, "sign-in", "", node.clock.now())
    return relying_party(node).request_options(challenge)


def sign_in(node: WalletNode, credential: Mapping[str, Any]) -> tuple[Person, datetime]:
    """The person whose passkey this is, and since when they are vouched for (two durable writes); the caller begins the
    session.

    Raises:
        PasskeyUnknownError: nobody's here.
        PasskeyRefusedError: not the proof that was asked for, or used before.
        PasskeyTooOldError: the provider has not vouched for the person for too long.
    """
    passkey = _used(node, credential, "sign-in", "")
    if not passkey.is_vouched_for(node.clock.now()):
        raise PasskeyTooOldError
    account = node.accounts.get_many([passkey.account_id]).get(passkey.account_id)
    if account is None:
        raise PasskeyUnknownError
    opened = open_unattended(account, node.account_envelope)
    known = orjson.loads(opened.envelope.open(passkey.sealed_person, _context(passkey.passkey_id)))
    return Person(**known), passkey.vouched_at


def step_up_options(node: WalletNode, own: Holder, session: Session) -> dict[str, Any]:
    """Options to prove with a passkey of this account that it is still the same person."""
    challenge = make_challenge(node.references, "step-up", session.session_id, node.clock.now())
    return relying_party(node).request_options(challenge, node.passkeys.of_account(own.account_id))


def prove(node: WalletNode, own: Holder, session: Session, credential: Mapping[str, Any]) -> None:
    """See that a passkey of this very account was used (two durable writes); the caller notes it in the session.

    Raises:
        PasskeyUnknownError, PasskeyRefusedError: as ``sign_in``; another account's passkey is refused.
    """
    passkey = _used(node, credential, "step-up", session.session_id, account_id=own.account_id)
    assert passkey.account_id == own.account_id


def _vouch(node: WalletNode, own: Holder, session: Session) -> None:
    vouched_at = session.provider_vouched_at()
    for one in node.passkeys.of_account(own.account_id):
        if one.vouched_at < vouched_at:
            sealed = own.envelope.seal(orjson.dumps(own.person.to_json()), _context(one.passkey_id))
            node.passkeys.vouch(one, sealed, vouched_at)


def vouch_for(node: WalletNode, session: Session) -> None:
    """The passkeys of whoever has just come back from the provider go on from there (one durable write for each)."""
    person = session.person
    found = node.accounts.find(node.lookup_key.candidates(person.code_type, person.number))
    if found is not None:
        own = open_unattended(found[1], node.account_envelope)
        _vouch(node, replace(own, person=person), session)


def relying_party(node: WalletNode) -> RelyingParty:
    """This wallet to browsers."""
    return RelyingParty.of(node.settings.wallet_url)


def _used(
    node: WalletNode,
    credential: Mapping[str, Any],
    purpose: Purpose,
    asker: str,
    *,
    account_id: str | None = None,
) -> Passkey:
    at = node.clock.now()
    passkey = node.passkeys.find(passkey_id_of(credential_id_of(credential)))
    if passkey is None or (account_id is not None and passkey.account_id != account_id):
        raise PasskeyUnknownError
    challenge = _use_challenge(node, credential, purpose, asker, at)
    try:
        count = relying_party(node).verify_use(credential, challenge, passkey)
    except PasskeyRefusedError:
        _LOG.warning("passkey-refused", passkey=passkey.passkey_id)
        raise
    if not node.passkeys.note_use(passkey, count, at):
        raise PasskeyRefusedError
    return passkey


def _use_challenge(
    node: WalletNode, credential: Mapping[str, Any], purpose: Purpose, asker: str, at: datetime
) -> bytes:
    challenge = challenge_of(credential)
    read = read_challenge(node.references, challenge, purpose, asker, at)
    if read is None or not node.passkeys.use_challenge(read):
        raise PasskeyRefusedError
    return challenge


def _context(passkey_id: str) -> str:
    return f"passkey {passkey_id} person"
