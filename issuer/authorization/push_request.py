"""Use case: take a pushed authorisation request (RFC 9126)."""

from __future__ import annotations

from datetime import datetime
from urllib.parse import urlsplit

from issuer.authorization.authenticate_client import ClientHeaders, authenticate_client
from issuer.authorization.authorization import (
    REQUEST_LIFETIME,
    USES_SCOPE,
    AskedFor,
    Authorization,
    AuthorizationState,
)
from issuer.authorization.server import AuthorizationServer
from issuer.issuance.handles import HandleKind, new_reference
from standards.oauth import (
    AuthorizationRequest,
    InvalidRequestError,
    InvalidScopeError,
    PushedRequest,
    verify_dpop_proof,
)
from standards.oauth.authorization_request import REQUEST_URI_PREFIX
from standards.oauth.client_attestation import InvalidClientAttestationError
from standards.openid4vci import parse_authorization_details


def push_request(
    server: AuthorizationServer,
    request: AuthorizationRequest,
    *,
    headers: ClientHeaders,
    dpop_jkt: str | None,
    dpop_proof: str | None,
    at: datetime,
) -> PushedRequest:
    """Keep the request of an attested wallet (one durable write).

    Args:
        server: of the node.
        request: as parsed.
        headers: of the wallet.
        dpop_jkt: thumbprint of the key to which the code shall be bound (RFC 9449 section 10), or ``None``.
        dpop_proof: value of the ``DPoP`` header, which says the same (section 10.1), or ``None``.
        at: now.

    Raises:
        InvalidClientError: no wallet of a listed provider, another client's name, or a proof that was used before.
        InvalidRequestError: the answer would not go to the wallet itself.
        InvalidScopeError: nothing that is there is asked for.
        InvalidAuthorizationDetailsError, InvalidDpopProofError: malformed.
    """
    wallet = authenticate_client(server.trust.current(at), headers, audience=server.identifier, at=at)
    if request.client_id != wallet.client.client_id:
        raise InvalidClientAttestationError("客户端不符。", "The attestation is of another client.")
    _check_redirect(request)
    jkt = dpop_jkt
    if dpop_proof is not None:
        jkt = verify_dpop_proof(dpop_proof, method="POST", uri=server.push_endpoint, at=at).jkt
        if dpop_jkt not in (None, jkt):
            raise InvalidRequestError("密钥不符。", "dpop_jkt names another key.", where="dpop_jkt")
    authorization = Authorization(
        reference=new_reference(),
        state=AuthorizationState.PUSHED,
        client=wallet.client,
        asked=_asked(server, request, jkt, at),
        expires_at=at.replace(microsecond=0) + REQUEST_LIFETIME,
    )
    if not server.store.push(authorization, wallet.proof, wallet.proof_ends):
        raise InvalidClientAttestationError("钱包证明已被使用。", "The proof of possession was used before.")
    handle = server.issuance.handles.make(HandleKind.PUSHED_REQUEST, authorization.reference)
    return PushedRequest(f"{REQUEST_URI_PREFIX}{handle}", int(REQUEST_LIFETIME.total_seconds()))


def _asked(
    server: AuthorizationServer, request: AuthorizationRequest, jkt: str | None, at: datetime
) -> AskedFor:
    codes = {code for authority in server.authorities(at) for code in authority.licence_types}
    known = frozenset(server.issuance.types.configurations(codes))
    details = parse_authorization_details(request.authorization_details)
    wanted = {detail.configuration_id for detail in details} | set(request.scopes)
    uses = USES_SCOPE in wanted
    configurations = known & wanted
    if not configurations and not uses:
        raise InvalidScopeError(
            "所请求的证照类型此处均不签发。", "Nothing that is asked for is issued here.", where="scope"
        )
    return AskedFor(configurations, uses, request.redirect_uri, request.state, request.code_challenge, jkt)


def _check_redirect(request: AuthorizationRequest) -> None:
    """The answer goes to the attested wallet's own origin and nowhere else (RFC 9700 section 2.1)."""
    try:
        wish, own = urlsplit(request.redirect_uri), urlsplit(request.client_id)
        same = (wish.scheme, wish.hostname, wish.port) == (own.scheme, own.hostname, own.port)
    except ValueError:
        same = False
    plain = request.redirect_uri.isascii() and request.redirect_uri.isprintable()
    if not (same and plain and wish.scheme in ("https", "http")) or (
        wish.fragment or wish.username or wish.password or "\\" in request.redirect_uri
    ):
        raise InvalidRequestError(
            "回调地址不属于该钱包。",
            "The redirect_uri is not on the wallet's own origin.",
            where="redirect_uri",
        )
