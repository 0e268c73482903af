"""OpenID4VCI 1.0 endpoints of every authority: at the root for the principal one, else under its path."""

from __future__ import annotations

import secrets
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any, Final

import orjson
from flask import Response, request

from issuer.authorization.present_bundle import (
    PresentedBundle,
    begin_refreshing,
    grant_of_notification,
    granted_as,
    granted_by,
    present_bundle,
)
from issuer.authorization.protocol_views import client_headers
from issuer.authorization.redeem_authorization import redeem_authorization
from issuer.issuance.check_token import PresentedGrant, check_token
from issuer.issuance.credential_issuer import CredentialIssuer
from issuer.issuance.defer_copies import (
    defer_copies,
    deferred_copies,
    deferred_reference,
    grant_waits,
    unknown_transaction,
)
from issuer.issuance.desk import IssuanceDesk
from issuer.issuance.errors import OfferNotFoundError
from issuer.issuance.issue_copies import issue_copies
from issuer.issuance.make_offer import describe_offer
from issuer.issuance.protocol_errors import install_protocol_errors
from issuer.issuance.record_notification import record_notification
from issuer.issuance.redeem_code import redeem_code
from issuer.issuance.refresh_grant import refresh_grant
from issuer.node import current_node
from service.web.csrf import MachineBlueprint
from service.web.protocol_errors import ProtocolAnswer, oauth_response
from standards.json_reader import parse_json
from standards.oauth import (
    AUTHORIZATION_CODE,
    InvalidDpopProofError,
    InvalidRequestError,
    InvalidTokenError,
    parse_authorization,
)
from standards.openid4vci import (
    DeferredResponse,
    InvalidCredentialRequestError,
    InvalidNotificationRequestError,
    build_c_nonce,
    build_credential_response,
    build_deferred_response,
    build_nonce_response,
    parse_code_token_request,
    parse_credential_request,
    parse_deferred_request,
    parse_notification,
    parse_refresh_request,
    parse_token_request,
)
from standards.openid4vci.nonce import RANDOM_BYTES
from standards.openid4vci.refresh import MEMBER, REFRESH_TOKEN

blueprint = MachineBlueprint("openid4vci", __name__)
install_protocol_errors(blueprint)

NONCE_LIFETIME: Final = timedelta(minutes=5)
"""How long a ``c_nonce`` serves; the wallet uses it at once."""

MAX_BODY_BYTES: Final = 256 * 1024
"""Largest request: a batch of proofs, each with a certificate chain, stays below."""

View = Callable[..., Response]


def endpoint(method: str, path: str) -> Callable[[View], View]:
    """Register a view at the root and under every authority's path; both call it with ``uscc``."""

    def register(view: View) -> View:
        blueprint.add_url_rule(path, view.__name__, view, methods=[method], defaults={"uscc": None})
        blueprint.add_url_rule(f"/authorities/<uscc>{path}", f"{view.__name__}_of", view, methods=[method])
        return view

    return register


@endpoint("POST", "/openid4vci/token")
def token(uscc: str | None) -> Response:
    """Token endpoint (section 6)."""
    request.max_content_length = MAX_BODY_BYTES
    if request.mimetype != "application/x-www-form-urlencoded":
        raise InvalidRequestError("须以表单提交。", "The request is not a form.", where="Content-Type")
    form = request.form.to_dict(flat=False)
    if uscc is None and form.get("grant_type") == [AUTHORIZATION_CODE]:
        return _code_token(form)
    desk, issuer, at = _here(uscc)
    if form.get("grant_type") == [REFRESH_TOKEN]:
        refreshed = refresh_grant(desk, issuer, parse_refresh_request(form), dpop_proof=_dpop_proof(), at=at)
        return _json(refreshed.token.to_json() | {MEMBER: refreshed.news.to_json()})
    asked = parse_token_request(form)
    answer = redeem_code(desk, issuer, asked, dpop_proof=_dpop_proof(), at=at)
    return _json(answer.to_json())


def _code_token(form: dict[str, list[str]]) -> Response:
    """The token endpoint of the node's authorisation server, which stands where the principal authority's does."""
    node = current_node()
    answer = redeem_authorization(
        node.authorization,
        parse_code_token_request(form),
        headers=client_headers(),
        dpop_proof=_dpop_proof(),
        at=node.clock.now(),
    )
    return _json(answer.to_json())


@endpoint("POST", "/openid4vci/nonce")
def nonce(uscc: str | None) -> Response:
    """Nonce endpoint (section 7): without token, never stored."""
    desk, issuer, at = _here(uscc)
    made = build_c_nonce(
        desk.nonce_keys[0],
        issuer=issuer.identifier,
        random=secrets.token_bytes(RANDOM_BYTES),
        at=at,
        lifetime=NONCE_LIFETIME,
    )
    return _json(build_nonce_response(made))


@endpoint("POST", "/openid4vci/credential")
def credential(uscc: str | None) -> Response:
    """Credential endpoint (section 8)."""
    desk, issuer, at = _here(uscc)
    request.max_content_length = MAX_BODY_BYTES
    bundle = _bundle(issuer.credential_endpoint, at)
    presented = _presented(desk, issuer, issuer.credential_endpoint, at) if bundle is None else None
    if request.mimetype != "application/json":
        # Section 8.2. The other type, an encrypted request, is not offered by the metadata.
        raise InvalidCredentialRequestError(
            "须以 JSON 提交。", "The request is not JSON.", where="Content-Type"
        )
    asked = parse_credential_request(parse_json(request.get_data(), error=InvalidCredentialRequestError))
    server, refresh = current_node().authorization, None
    if presented is None:
        assert bundle is not None  # one of the two kinds of tokens was presented
        presented = granted_by(server, issuer, bundle, asked, at)
        if grant_waits(desk, presented.grant, at):
            return _deferred(defer_copies(desk, issuer, presented.grant, asked, at=at))
    issued = issue_copies(desk, issuer, presented, asked, at=at)
    if bundle is not None and not issued.compact:
        refresh = begin_refreshing(server, issuer, presented.grant, at)
    return _json(build_credential_response(issued.credentials, issued.notification_id, refresh))


@endpoint("POST", "/openid4vci/deferred_credential")
def deferred_credential(uscc: str | None) -> Response:
    """Deferred credential endpoint (section 9), for licences that a person claimed before they give copies."""
    desk, issuer, at = _here(uscc)
    request.max_content_length = MAX_BODY_BYTES
    bundle = _bundle(issuer.deferred_endpoint, at)
    if bundle is None:
        raise InvalidTokenError("访问令牌无效或已过期。", "The access token is not valid or has expired.")
    told = parse_deferred_request(parse_json(request.get_data(), error=InvalidCredentialRequestError))
    server = current_node().authorization
    presented = granted_as(server, issuer, bundle, deferred_reference(desk, told.transaction_id))
    if presented is None:
        raise unknown_transaction()
    issued = deferred_copies(desk, issuer, presented, at=at)
    if isinstance(issued, DeferredResponse):
        return _deferred(issued)
    refresh = None if issued.compact else begin_refreshing(server, issuer, presented.grant, at)
    return _json(build_credential_response(issued.credentials, issued.notification_id, refresh))


def _deferred(answer: DeferredResponse) -> Response:
    response = _json(build_deferred_response(answer))
    response.status_code = 202
    return response


@endpoint("POST", "/openid4vci/notification")
def notification(uscc: str | None) -> Response:
    """Notification endpoint (section 11): 204 when it is kept."""
    desk, issuer, at = _here(uscc)
    request.max_content_length = MAX_BODY_BYTES
    bundle = _bundle(issuer.notification_endpoint, at)
    presented = _presented(desk, issuer, issuer.notification_endpoint, at) if bundle is None else None
    told = parse_notification(parse_json(request.get_data(), error=InvalidNotificationRequestError))
    grant = None if presented is None else presented.grant
    if bundle is not None:
        grant = grant_of_notification(current_node().authorization, issuer, bundle, told.notification_id, at)
    record_notification(desk, grant, told, at=at)
    return Response(status=204, headers={"Cache-Control": "no-store"})


@endpoint("GET", "/openid4vci/offers/<reference>")
def offer(uscc: str | None, reference: str) -> Response:
    """An offer by reference (section 4.1.3); gone as soon as its code was redeemed."""
    desk, issuer, at = _here(uscc)
    found = desk.offers.find_open(reference, issuer.uscc, at=at)
    if found is None:
        raise OfferNotFoundError
    return _json(describe_offer(desk, issuer.identifier, found).to_json())


@blueprint.errorhandler(OfferNotFoundError)
def answer_offer_not_found(error: OfferNotFoundError) -> Response:
    return oauth_response(ProtocolAnswer(404, "invalid_request"), error.message.en)


def _here(uscc: str | None) -> tuple[IssuanceDesk, CredentialIssuer, datetime]:
    node = current_node()
    at = node.clock.now()
    return node.issuance, node.issuance.issuers.at_path(uscc, at=at), at


def _presented(desk: IssuanceDesk, issuer: CredentialIssuer, uri: str, at: datetime) -> PresentedGrant:
    token = parse_authorization(request.headers.get("Authorization"))
    return check_token(desk, issuer, token, dpop_proof=_dpop_proof(), uri=uri, at=at)


def _bundle(uri: str, at: datetime) -> PresentedBundle | None:
    """What was presented when it is a token for several licences, else ``None``."""
    token = parse_authorization(request.headers.get("Authorization"))
    return present_bundle(current_node().authorization, token, dpop_proof=_dpop_proof(), uri=uri, at=at)


def _dpop_proof() -> str | None:
    proofs = request.headers.getlist("DPoP")
    if len(proofs) > 1:
        # RFC 9449 section 4.3 item 1.
        raise InvalidDpopProofError("DPoP 证明重复。", "There is more than one DPoP header.", where="DPoP")
    return proofs[0] if proofs else None


def _json(body: dict[str, Any]) -> Response:
    return Response(orjson.dumps(body), mimetype="application/json", headers={"Cache-Control": "no-store"})
