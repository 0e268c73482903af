"""The wallet as a WebAuthn relying party: options for the browser, and what it answers, over ``webauthn``."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

import orjson
import webauthn
from webauthn.helpers.exceptions import WebAuthnException
from webauthn.helpers.structs import (
    AuthenticatorSelectionCriteria,
    PublicKeyCredentialDescriptor,
    ResidentKeyRequirement,
    UserVerificationRequirement,
)

from standards.jose import JoseError, b64url_decode, b64url_encode
from wallet.passkeys.errors import PasskeyRefusedError
from wallet.passkeys.passkey import Passkey

_NAME = "电子证照钱包 Licence wallet"
_MALFORMED = (WebAuthnException, JoseError, KeyError, TypeError, ValueError, AttributeError)
"""What the library and our reading raise for bytes that are none of theirs."""


@dataclass(frozen=True, slots=True)
class RelyingParty:
    """One wallet service to browsers.

    Attributes:
        rp_id: host of the wallet's address: a passkey works there and nowhere else.
        origin: scheme, host and port.
    """

    rp_id: str
    origin: str

    @classmethod
    def of(cls, wallet_url: str) -> RelyingParty:
        """The relying party at this address."""
        parts = urlsplit(wallet_url)
        return cls(parts.hostname or "", f"{parts.scheme}://{parts.netloc}")

    def registration_options(
        self, challenge: bytes, *, user_id: str, user_name: str, known: Iterable[Passkey]
    ) -> dict[str, Any]:
        """Options for ``navigator.credentials.create``: discoverable, with the user verified, not twice on one device."""
        options = webauthn.generate_registration_options(
            rp_id=self.rp_id,
            rp_name=_NAME,
            user_id=user_id.encode(),
            user_name=user_name,
            user_display_name=user_name,
            challenge=challenge,
            authenticator_selection=AuthenticatorSelectionCriteria(
                resident_key=ResidentKeyRequirement.REQUIRED,
                user_verification=UserVerificationRequirement.REQUIRED,
            ),
            exclude_credentials=[_descriptor(one) for one in known],
        )
        return _json(webauthn.options_to_json(options))

    def request_options(self, challenge: bytes, allowed: Iterable[Passkey] = ()) -> dict[str, Any]:
        """Options for ``navigator.credentials.get``; without ``allowed`` the person chooses among theirs."""
        options = webauthn.generate_authentication_options(
            rp_id=self.rp_id,
            challenge=challenge,
            allow_credentials=[_descriptor(one) for one in allowed],
            user_verification=UserVerificationRequirement.REQUIRED,
        )
        return _json(webauthn.options_to_json(options))

    def verify_registration(
        self, credential: Mapping[str, Any], challenge: bytes
    ) -> tuple[bytes, bytes, int]:
        """Credential id, public key and counter of a new passkey; raises ``PasskeyRefusedError``."""
        try:
            made = webauthn.verify_registration_response(
                credential=dict(credential),
                expected_challenge=challenge,
                expected_rp_id=self.rp_id,
                expected_origin=self.origin,
                require_user_verification=True,
            )
        except _MALFORMED as error:
            raise PasskeyRefusedError from error
        return made.credential_id, made.credential_public_key, made.sign_count

    def verify_use(self, credential: Mapping[str, Any], challenge: bytes, passkey: Passkey) -> int:
        """The counter after a use of ``passkey``; raises ``PasskeyRefusedError``, for a counter that fell back too."""
        try:
            used = webauthn.verify_authentication_response(
                credential=dict(credential),
                expected_challenge=challenge,
                expected_rp_id=self.rp_id,
                expected_origin=self.origin,
                credential_public_key=passkey.public_key,
                credential_current_sign_count=passkey.sign_count,
                require_user_verification=True,
            )
        except _MALFORMED as error:
            raise PasskeyRefusedError from error
        return used.new_sign_count


def challenge_of(credential: Mapping[str, Any]) -> bytes:
    """The challenge that a credential says it answers; unverified. Raises ``PasskeyRefusedError``."""
    try:
        said = orjson.loads(b64url_decode(credential["response"]["clientDataJSON"]))
        return b64url_decode(said["challenge"])
    except _MALFORMED as error:
        raise PasskeyRefusedError from error


def passkey_id_of(credential_id: bytes) -> str:
    """Our name of a passkey: a hash of the authenticator's, which may be a kilobyte long."""
    return b64url_encode(hashlib.sha256(credential_id).digest())


def credential_id_of(credential: Mapping[str, Any]) -> bytes:
    """The credential id that a credential carries; unverified. Raises ``PasskeyRefusedError``."""
    try:
        return b64url_decode(credential["rawId"])
    except _MALFORMED as error:
        raise PasskeyRefusedError from error


def _descriptor(passkey: Passkey) -> PublicKeyCredentialDescriptor:
    return PublicKeyCredentialDescriptor(id=passkey.credential_id)


def _json(text: str) -> dict[str, Any]:
    value: dict[str, Any] = orjson.loads(text)
    return value
