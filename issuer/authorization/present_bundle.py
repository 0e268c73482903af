"""Who presents an access token that reaches several licences, and what it reaches (RFC 9449 section 7)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from issuer.authorization.bundle_tokens import Bundle
from issuer.authorization.server import AuthorizationServer
from issuer.issuance.check_token import PresentedGrant
from issuer.issuance.credential_issuer import CredentialIssuer
from issuer.issuance.offer import Grant
from issuer.issuance.refresh_store import new_family
from issuer.issuance.refresh_tokens import new_refresh_token
from standards.oauth import (
    DpopProof,
    InvalidDpopProofError,
    InvalidTokenError,
    PresentedToken,
    verify_dpop_proof,
)
from standards.openid4vci import CredentialRequest, UnknownCredentialIdentifierError
from standards.openid4vci.compact import plain_name


@dataclass(frozen=True, slots=True, repr=False)
class PresentedBundle:
    """A token that holds, and the proof of the key to which it is bound; the proof is not yet used up."""

    bundle: Bundle
    proof: DpopProof


def present_bundle(
    server: AuthorizationServer,
    presented: PresentedToken,
    *,
    dpop_proof: str | None,
    uri: str,
    at: datetime,
) -> PresentedBundle | None:
    """The bundle behind a presented token, or ``None`` when the token is of another kind.

    Raises:
        InvalidTokenError: it has expired, or came without DPoP.
        InvalidDpopProofError: the proof does not hold.
    """
    bundle = server.tokens.read(presented.unverified_token)
    if bundle is None:
        return None
    if bundle.expires_at <= at or presented.scheme != "DPoP":
        raise InvalidTokenError("访问令牌无效或已过期。", "The access token is not valid or has expired.")
    if dpop_proof is None:
        raise InvalidDpopProofError("缺少 DPoP 证明。", "The DPoP proof is missing.", where="DPoP")
    proof = verify_dpop_proof(
        dpop_proof,
        method="POST",
        uri=uri,
        at=at,
        access_token=presented.unverified_token,
        expected_jkt=bundle.jkt,
    )
    return PresentedBundle(bundle, proof)


def granted_by(
    server: AuthorizationServer,
    issuer: CredentialIssuer,
    held: PresentedBundle,
    request: CredentialRequest,
    at: datetime,
) -> PresentedGrant:
    """The one licence of a bundle that a wallet asks for: by the identifier that the token response named, or, for
    wallets that know configurations only, by its configuration where the token reaches just one licence of it.

    Raises:
        UnknownCredentialIdentifierError: the token reaches no such licence of this issuer, or several.
    """
    identifier = (
        plain_name(request.credential_identifier)[0]
        if request.credential_identifier
        else _only_one(server, issuer, held.bundle, request, at)
    )
    presented = granted_as(server, issuer, held, identifier or "")
    if presented is None:
        raise UnknownCredentialIdentifierError(
            "没有此凭证标识。",
            "The token reaches no such credential here, or several: name one by its identifier.",
            where="/credential_identifier",
        )
    return presented


def granted_as(
    server: AuthorizationServer, issuer: CredentialIssuer, held: PresentedBundle, reference: str
) -> PresentedGrant | None:
    """The grant of this name under a bundle, or ``None`` when it reaches none at this issuer."""
    bundle = held.bundle
    grant = server.issuance.offers.find_granted(
        reference, bundle.reference, issuer.uscc, jkt=bundle.jkt, expires_at=bundle.expires_at
    )
    return None if grant is None else PresentedGrant(grant, held.proof)


def _only_one(
    server: AuthorizationServer,
    issuer: CredentialIssuer,
    bundle: Bundle,
    request: CredentialRequest,
    at: datetime,
) -> str | None:
    found = server.store.find(bundle.reference, at)
    # The compact form of a licence is asked for under a name of its own, by whoever may have the licence.
    asked, _ = plain_name(request.credential_configuration_id or "")
    named = [
        one.reference
        for one in (() if found is None else found.licences)
        if one.authority == issuer.uscc and one.configuration_id == asked
    ]
    return named[0] if len(named) == 1 else None


def grant_of_notification(
    server: AuthorizationServer,
    issuer: CredentialIssuer,
    held: PresentedBundle,
    notification_id: str,
    at: datetime,
) -> Grant | None:
    """The grant of the bundle under which a notification id was made, or ``None``."""
    found, handles = server.store.find(held.bundle.reference, at), server.issuance.handles
    for one in () if found is None else found.licences:
        if one.authority == issuer.uscc and handles.read_notification_id(one.reference, notification_id):
            return server.issuance.offers.find_granted(
                one.reference,
                held.bundle.reference,
                issuer.uscc,
                jkt=held.bundle.jkt,
                expires_at=held.bundle.expires_at,
            )
    return None


def begin_refreshing(
    server: AuthorizationServer, issuer: CredentialIssuer, grant: Grant, at: datetime
) -> str | None:
    """A refresh token for one licence of a bundle (one durable write), or ``None`` where there is none to be had."""
    offered = server.issuance.types.by_configuration(grant.configuration_id)
    if offered is None or grant.jkt is None or offered.licence_type.code in issuer.unrefreshed:
        return None
    token = new_refresh_token(grant.reference)
    family = new_family(token, grant.jkt, token_expires_at=grant.expires_at, at=at)
    return token.text if server.issuance.families.begin(grant.reference, family) else None
