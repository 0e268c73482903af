"""Which wallet asks: its provider's attestation, and its own proof (attestation-based client authentication).

The provider must stand on a trust list as wallet provider, and speaks only for wallets on hosts of its certificate.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final
from urllib.parse import urlsplit

from issuer.authorization.authorization import WalletClient
from keys.path_error import PathError
from keys.trust_list import TrustStore
from keys.trust_list.entry import Role
from standards.oauth import InvalidClientError
from standards.oauth.client_attestation import (
    POP_LIFETIME,
    InvalidClientAttestationError,
    parse_client_attestation,
    verify_client_attestation,
    verify_client_attestation_pop,
)

PROOF_KEPT: Final = 2 * POP_LIFETIME
"""How long a proof is remembered: its ``iat`` may lie that far on either side of now."""


@dataclass(frozen=True, slots=True, repr=False)
class ClientHeaders:
    """What a request says of the wallet that sends it, untrusted; ``None`` for a field that is missing or repeated.

    Attributes:
        attestation: ``OAuth-Client-Attestation``.
        proof: ``OAuth-Client-Attestation-PoP``.
    """

    attestation: str | None
    proof: str | None


@dataclass(frozen=True, slots=True)
class AuthenticatedWallet:
    """A wallet whose provider is listed and which has its key.

    Attributes:
        client: the wallet.
        proof: names its proof; a proof that pushes a request pushes no other.
        proof_ends: until when that is to be remembered.
    """

    client: WalletClient
    proof: str
    proof_ends: datetime


def authenticate_client(
    trust: TrustStore, headers: ClientHeaders, *, audience: str, at: datetime
) -> AuthenticatedWallet:
    """The wallet behind the two headers.

    Args:
        trust: lists in force.
        headers: the header fields.
        audience: identifier of this authorisation server.
        at: now.

    Raises:
        InvalidClientError: no wallet of a listed provider. The same for every reason: a stranger learns nothing.
    """
    if headers.attestation is None or headers.proof is None:
        raise InvalidClientError(
            "需要钱包证明。", "A client attestation and its proof of possession are needed."
        )
    unverified = parse_client_attestation(headers.attestation)
    try:
        path = trust.validator.validate(unverified.certificate_chain, at)
    except PathError as cause:
        raise _unknown() from cause
    decision = trust.role_entry(path, Role.WALLET_PROVIDER, at)
    if not decision.allowed or decision.entry is None:
        raise _unknown()
    attested = verify_client_attestation(unverified, path.public_key, at=at)
    if (urlsplit(attested.client_id).hostname or "") not in path.dns_names:
        raise _unknown()
    held = verify_client_attestation_pop(headers.proof, attested, audience=audience, at=at)
    instance = attested.instance_key.thumbprint()
    named = hashlib.sha256(f"{instance}\0{held.jti}".encode("utf-8", "surrogatepass")).hexdigest()
    client = WalletClient(attested.client_id, decision.entry.name, instance)
    return AuthenticatedWallet(client, named, at + PROOF_KEPT + timedelta(minutes=1))


def _unknown() -> InvalidClientAttestationError:
    return InvalidClientAttestationError(
        "钱包的提供方不在信任列表中。",
        "The wallet's provider is not on the trust list, or does not speak for this client.",
    )
