"""Who presents an access token, and whether it reaches here (RFC 6750, RFC 9449 section 7)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from issuer.issuance.credential_issuer import CredentialIssuer
from issuer.issuance.desk import IssuanceDesk
from issuer.issuance.offer import Grant
from standards.oauth import (
    DpopProof,
    InvalidDpopProofError,
    InvalidTokenError,
    PresentedToken,
    verify_dpop_proof,
)


@dataclass(frozen=True, slots=True, repr=False)
class PresentedGrant:
    """A grant that reaches here, and the proof of the key to which it is bound, if it is bound to one.

    The proof is not yet used up: what it is worth a second time is for the endpoint to say.
    """

    grant: Grant
    proof: DpopProof | None


def check_token(
    desk: IssuanceDesk,
    issuer: CredentialIssuer,
    presented: PresentedToken,
    *,
    dpop_proof: str | None,
    uri: str,
    at: datetime,
) -> PresentedGrant:
    """The grant behind a presented token.

    Args:
        desk: of the node.
        issuer: whose endpoint was asked.
        presented: from the ``Authorization`` header.
        dpop_proof: value of the ``DPoP`` header, or ``None``.
        uri: the endpoint's address, as the wallet knows it.
        at: now.

    Raises:
        InvalidTokenError: unknown, expired, of another issuer, or presented without the key that it is bound to.
        InvalidDpopProofError: the proof does not hold.
    """
    grant = desk.access_tokens.read(presented.unverified_token)
    if grant is None or grant.authority != issuer.uscc or grant.expires_at <= at:
        raise InvalidTokenError("访问令牌无效或已过期。", "The access token is not valid or has expired.")
    if grant.jkt is None:
        if presented.scheme != "Bearer":
            raise InvalidTokenError("访问令牌未绑定密钥。", "The access token is not bound to a key.")
        return PresentedGrant(grant, None)
    if presented.scheme != "DPoP":
        # Section 7.2: a bound token is worth nothing without its key.
        raise InvalidTokenError(
            "访问令牌已绑定密钥，须使用 DPoP。", "The access token is bound to a key; use DPoP."
        )
    if dpop_proof is None:
        raise InvalidDpopProofError("缺少 DPoP 证明。", "The DPoP proof is missing.", where="DPoP")
    proof = verify_dpop_proof(
        dpop_proof,
        method="POST",
        uri=uri,
        at=at,
        access_token=presented.unverified_token,
        expected_jkt=grant.jkt,
    )
    return PresentedGrant(grant, proof)
