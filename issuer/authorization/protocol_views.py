"""The endpoints for wallets: pushed requests (RFC 9126). The token endpoint is shared (``issuer.issuance``)."""

from __future__ import annotations

import orjson
from flask import Response, request

from issuer.authorization.authenticate_client import ClientHeaders
from issuer.authorization.persons_uses import parse_uses_request, persons_uses
from issuer.authorization.present_bundle import present_bundle
from issuer.authorization.push_request import push_request
from issuer.issuance.protocol_errors import install_protocol_errors
from issuer.node import current_node
from service.web.csrf import MachineBlueprint
from standards.json_reader import parse_json
from standards.oauth import (
    InsufficientScopeError,
    InvalidDpopProofError,
    InvalidRequestError,
    InvalidTokenError,
    parse_authorization,
    parse_authorization_request,
)
from standards.oauth.client_attestation import ATTESTATION_HEADER, POP_HEADER

blueprint = MachineBlueprint("authorization_protocol", __name__)
install_protocol_errors(blueprint)

_MAX_BODY_BYTES = 64 * 1024


@blueprint.post("/openid4vci/par")
def push() -> Response:
    """Pushed authorisation request endpoint."""
    request.max_content_length = _MAX_BODY_BYTES
    node = current_node()
    if request.mimetype != "application/x-www-form-urlencoded":
        raise InvalidRequestError("须以表单提交。", "The request is not a form.", where="Content-Type")
    form = request.form.to_dict(flat=False)
    pushed = push_request(
        node.authorization,
        parse_authorization_request(form),
        headers=client_headers(),
        dpop_jkt=_dpop_jkt(form),
        dpop_proof=_dpop_proof(),
        at=node.clock.now(),
    )
    return Response(
        orjson.dumps(pushed.to_json()),
        201,
        mimetype="application/json",
        headers={"Cache-Control": "no-store"},
    )


@blueprint.post("/my/uses")
def uses() -> Response:
    """Who looked at the person's licences (scope ``uses``)."""
    request.max_content_length = _MAX_BODY_BYTES
    node = current_node()
    at, server = node.clock.now(), node.authorization
    token = parse_authorization(request.headers.get("Authorization"))
    held = present_bundle(server, token, dpop_proof=_dpop_proof(), uri=server.uses_endpoint, at=at)
    found = None if held is None else server.store.find(held.bundle.reference, at)
    if held is None or found is None or found.claimant is None:
        raise InvalidTokenError("访问令牌无效或已过期。", "The access token is not valid or has expired.")
    if not held.bundle.uses:
        raise InsufficientScopeError("此令牌不含使用记录。", "The token does not reach the record of uses.")
    asked = parse_uses_request(parse_json(request.get_data() or b"{}"))
    answer = persons_uses(server, node.search_log, node.catalogue, found.claimant, asked, at=at)
    return Response(orjson.dumps(answer), mimetype="application/json", headers={"Cache-Control": "no-store"})


def client_headers() -> ClientHeaders:
    """What the current request says of the wallet; a repeated field counts as none."""
    return ClientHeaders(_once(ATTESTATION_HEADER), _once(POP_HEADER))


def _dpop_jkt(form: dict[str, list[str]]) -> str | None:
    values = form.get("dpop_jkt", [])
    if len(values) > 1 or any(len(value) > 100 for value in values):
        raise InvalidRequestError("参数不对。", "dpop_jkt is repeated or too long.", where="dpop_jkt")
    return values[0] or None if values else None


def _dpop_proof() -> str | None:
    if len(request.headers.getlist("DPoP")) > 1:
        raise InvalidDpopProofError("DPoP 证明重复。", "There is more than one DPoP header.", where="DPoP")
    return _once("DPoP")


def _once(name: str) -> str | None:
    values = request.headers.getlist(name)
    return values[0] if len(values) == 1 else None
