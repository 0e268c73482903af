"""Use case: fetch the compact form of a licence that has just come, with the access token that it came by.

Only a further form of what was checked and kept already: whatever goes wrong here costs the code, never the licence.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256
from typing import Final

import structlog
from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec

from standards.cwt import VerifiedCompactLicence, parse_compact_licence, verify_compact_licence
from standards.errors import ElicenceError
from standards.jose import b64url_decode
from standards.openid4vci import CredentialIssuerMetadata, DeferredResponse
from standards.openid4vci.compact import compact_name
from wallet.accounts.account import Holder
from wallet.holdings.holding import Face, SealedCopy
from wallet.holdings.sealing import HolderKey, new_holder_key
from wallet.node import WalletNode
from wallet.receiving.errors import CredentialRejectedError
from wallet.receiving.issuer_client import AccessToken
from wallet.receiving.request_copies import ask_for_copies
from wallet.showing.compact_copy import CompactCopy

COPIES: Final = 3
"""Compact copies asked for: each delegation takes the one that was delegated longest ago."""

_LOG: Final = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class Wanted:
    """Of which licence the compact form is wanted.

    Attributes:
        configuration_id: of the licence.
        identifier: by which it was asked for instead, where the token reaches several licences.
        holding_id: of the licence in the wallet.
        face: what it says.
    """

    configuration_id: str
    holding_id: str
    face: Face
    identifier: str | None = None


def fetch_compact(
    node: WalletNode,
    keeper: Holder,
    metadata: CredentialIssuerMetadata,
    token: AccessToken,
    wanted: Wanted,
) -> bool:
    """Fetch, check and keep the compact copies of a licence (two durable writes); never raises for what an issuer does.

    Args:
        node: stores and the issuer client.
        keeper: into whose wallet the licence went.
        metadata: of the issuer.
        token: by which the licence came.
        wanted: which licence.

    Returns:
        Whether there are compact copies now; ``False`` where the issuer makes none.
    """
    if wanted.configuration_id not in metadata.compact:
        return False
    keys = [new_holder_key() for _ in range(min(COPIES, metadata.batch_size))]
    try:
        answer = ask_for_copies(
            node,
            metadata,
            token,
            keys,
            configuration_id=compact_name(wanted.configuration_id),
            identifier=None if wanted.identifier is None else compact_name(wanted.identifier),
        )
        if isinstance(answer, DeferredResponse):
            return False
        copies = _check(
            answer.unverified_credentials,
            keys,
            keeper=keeper,
            wanted=wanted,
            at=node.clock.now(),
        )
    except ElicenceError as error:
        _LOG.info("compact-form-not-received", why=error.code)
        return False
    node.compact_copies.replace(keeper, wanted.holding_id, copies)
    return True


def _check(
    texts: Sequence[str],
    keys: Sequence[HolderKey],
    *,
    keeper: Holder,
    wanted: Wanted,
    at: datetime,
) -> list[CompactCopy]:
    """By the issuer of the licence, of this licence in this version, each bound to a key of ours."""
    waiting = {key.signer.public_jwk.thumbprint(): key for key in keys}
    copies = []
    for text in texts:
        compact = _verify(b64url_decode(text), wanted.face)
        claims = compact.claims
        key = waiting.pop(claims.holder_key.thumbprint(), None)
        identifier = wanted.face.claim_text("licence_identifier")
        if key is None or str(claims.identifier) != identifier or claims.vct != wanted.face.vct:
            raise CredentialRejectedError(
                "亮证形式与证照不一致。", "its compact form does not belong to the licence."
            )
        if claims.expires_at <= at:
            raise CredentialRejectedError("亮证形式已过期。", "its compact form has expired.")
        sealed: SealedCopy = key.seal(text, keeper)
        copies.append(CompactCopy(wanted.holding_id, sealed, identifier, claims.expires_at))
    return copies


def _verify(data: bytes, face: Face) -> VerifiedCompactLicence:
    """Signed by the certificate that signed the licence, whose path was validated when it came."""
    unverified = parse_compact_licence(data)
    leaf = face.issuer_chain[0]
    if unverified.thumbprint != sha256(leaf).digest():
        raise CredentialRejectedError(
            "亮证形式由另一证书签发。", "its compact form was signed with another certificate."
        )
    public_key = x509.load_der_x509_certificate(leaf).public_key()
    if not isinstance(public_key, ec.EllipticCurvePublicKey):
        raise CredentialRejectedError("证书的密钥类型不对。", "the certificate has a key of another kind.")
    return verify_compact_licence(unverified, public_key)
