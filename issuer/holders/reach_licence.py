"""Which licence an access token reaches, and for whom: the token with which copies are fetched, bound to the wallet's key."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from flask import request

from issuer.issuance.check_token import check_token
from issuer.issuance.credential_issuer import CredentialIssuer
from issuer.library.licence import Holder, Licence
from issuer.node import IssuerNode
from standards.licence_types import LicenceType
from standards.oauth import InvalidDpopProofError, InvalidTokenError, parse_authorization


@dataclass(frozen=True, slots=True)
class ReachedLicence:
    """A licence, and the holder whose wallet asks.

    Attributes:
        issuer: at whose endpoint.
        licence: the version that the token was given for.
        licence_type: its type.
        holder: one of its holders.
    """

    issuer: CredentialIssuer
    licence: Licence
    licence_type: LicenceType
    holder: Holder


def reach_licence(
    node: IssuerNode, uscc: str | None, endpoint: Callable[[CredentialIssuer], str], at: datetime
) -> ReachedLicence:
    """The licence behind the current request; its proof of possession is used up (one durable write).

    Raises:
        InvalidTokenError: unknown, expired, of another issuer, bound to no key, or whoever got it is no holder any more.
        InvalidDpopProofError: the proof is missing, does not hold, or was used before.
        CredentialIssuerNotFoundError: there is no such issuer.
    """
    issuer = node.issuance.issuers.at_path(uscc, at=at)
    token = parse_authorization(request.headers.get("Authorization"))
    presented = check_token(
        node.issuance, issuer, token, dpop_proof=_dpop_proof(), uri=endpoint(issuer), at=at
    )
    proof, grant = presented.proof, presented.grant
    if proof is None:
        raise InvalidTokenError("访问令牌未绑定密钥。", "The access token is not bound to a key.")
    licence = node.issuance.licences.find(grant.licence, grant.authority)
    candidates = node.issuance.lookup.candidates
    holder = next(
        (
            one
            for one in (() if licence is None else licence.holders)
            if grant.holder in candidates(one.code_type, one.number)
        ),
        None,
    )
    if licence is None or holder is None:
        raise InvalidTokenError("访问令牌无效或已过期。", "The access token is not valid or has expired.")
    if not node.issuance.uses.take_proof(proof):
        raise InvalidDpopProofError("DPoP 证明已被使用。", "The DPoP proof was used before.", where="DPoP")
    return ReachedLicence(issuer, licence, node.library.type_of(licence), holder)


def _dpop_proof() -> str | None:
    proofs = request.headers.getlist("DPoP")
    if len(proofs) > 1:
        raise InvalidDpopProofError("DPoP 证明重复。", "There is more than one DPoP header.", where="DPoP")
    return proofs[0] if proofs else None
