"""Use case: exchange an authorisation code for one access token to all licences that were let go (RFC 6749 section 4.1.3)."""

from __future__ import annotations

import hmac
from collections.abc import Iterable
from datetime import datetime

import structlog

from issuer.authorization.authenticate_client import ClientHeaders, authenticate_client
from issuer.authorization.authorization import (
    USES_SCOPE,
    Authorization,
    AuthorizationState,
)
from issuer.authorization.bundle_tokens import Bundle
from issuer.authorization.server import AuthorizationServer
from issuer.issuance.defer_copies import WAIT_LIFETIME
from issuer.issuance.handles import HandleKind
from issuer.issuance.offer import TOKEN_LIFETIME, GrantedLicence
from standards.oauth import (
    InvalidDpopProofError,
    InvalidGrantError,
    verify_code_verifier,
    verify_dpop_proof,
)
from standards.openid4vci import AuthorizationDetail, CodeTokenRequest, TokenResponse

_LOG = structlog.get_logger(__name__)


def redeem_authorization(
    server: AuthorizationServer,
    request: CodeTokenRequest,
    *,
    headers: ClientHeaders,
    dpop_proof: str | None,
    at: datetime,
) -> TokenResponse:
    """Redeem a code: two durable writes, and of several requests at once exactly one gets a token.

    Args:
        server: of the node.
        request: as parsed.
        headers: of the wallet; the same key as when the request was pushed.
        dpop_proof: value of the ``DPoP`` header; required (HAIP 1.0).
        at: now.

    Raises:
        InvalidClientError: no wallet of a listed provider.
        InvalidDpopProofError: the proof is missing or does not hold; the code is still good.
        InvalidGrantError: the code is unknown, used, expired, another wallet's, of another request or another key.
    """
    wallet = authenticate_client(server.trust.current(at), headers, audience=server.identifier, at=at)
    if dpop_proof is None:
        raise InvalidDpopProofError("缺少 DPoP 证明。", "The DPoP proof is missing.", where="DPoP")
    jkt = verify_dpop_proof(dpop_proof, method="POST", uri=server.token_endpoint, at=at).jkt
    reference = server.issuance.handles.read(HandleKind.AUTHORIZATION_CODE, request.code)
    found = None if reference is None else server.store.find(reference, at)
    # A code in other hands opens nothing: the wallet's key, its name and its address are held against the request.
    if (
        found is None
        or (found.client.client_id, found.client.instance)
        != (wallet.client.client_id, wallet.client.instance)
        or request.client_id not in (None, found.client.client_id)
        or request.redirect_uri != found.asked.redirect_uri
        or (found.asked.jkt is not None and not hmac.compare_digest(found.asked.jkt, jkt))
    ):
        raise _refused()
    verify_code_verifier(request.code_verifier, found.asked.code_challenge)
    if found.state is AuthorizationState.REDEEMED:
        # Twice by the right wallet: one of the two is somebody else (RFC 6749 section 4.1.2).
        _LOG.warning("authorization-code-reused", authorization=found.reference)
        server.store.revoke(found, at)
        server.issuance.offers.withdraw_granted(
            [one.reference for one in found.licences], found.reference, at
        )
        raise _refused()
    lifetime = WAIT_LIFETIME if found.waits else TOKEN_LIFETIME
    expires_at = at + lifetime
    if found.state is not AuthorizationState.GRANTED or not server.store.redeem(found, expires_at):
        raise _refused()
    server.issuance.offers.insert_granted(found.licences, found.reference, expires_at)
    token = server.tokens.make(Bundle(found.reference, jkt, found.asked.uses, expires_at))
    return TokenResponse(
        access_token=token,
        token_type="DPoP",
        expires_in=int(lifetime.total_seconds()),
        scope=_scope(found),
        authorization_details=tuple(_details(found.licences)),
    )


def _scope(found: Authorization) -> str | None:
    names = sorted({one.configuration_id for one in found.licences})
    return " ".join([*names, *([USES_SCOPE] if found.asked.uses else [])]) or None


def _details(licences: Iterable[GrantedLicence]) -> Iterable[AuthorizationDetail]:
    grouped: dict[tuple[str, str], list[str]] = {}
    for one in licences:
        grouped.setdefault((one.configuration_id, one.issuer), []).append(one.reference)
    for (configuration_id, issuer), references in grouped.items():
        yield AuthorizationDetail(configuration_id, tuple(references), (issuer,))


def _refused() -> InvalidGrantError:
    return InvalidGrantError(
        "授权码无效、已被使用或已过期。",
        "The code is not valid, was used, or has expired.",
        where="code",
    )
