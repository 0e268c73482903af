"""The endpoints that wallets use: fetching a request, answering it (OpenID4VP 1.0 sections 5.10 and 8.2)."""

from __future__ import annotations

import orjson
from flask import Response, request

from service.web.csrf import MachineBlueprint
from service.web.protocol_errors import ProtocolAnswer, answer_as_oauth
from standards.errors import InvalidInputError
from standards.openid4vp.request_object import MEDIA_TYPE
from standards.openid4vp.response import build_response_answer
from verifier.cases.note_answer import shown_before
from verifier.departments.department import Department, DepartmentNotCertifiedError, UnknownDepartmentError
from verifier.node import VerifierNode, current_node
from verifier.webhooks.sweep import tell_of_answer
from verifier.window.errors import PresentationOverError, UnknownPresentationError
from verifier.window.find_presentation import find_pending, item_of
from verifier.window.lists_state import lists_state
from verifier.window.receive_response import receive_response, return_address
from verifier.window.relying_party import signer_of
from verifier.window.request_object import build_signed_request

MAX_WALLET_NONCE_CHARS = 500
"""Longest nonce of a wallet that comes back in a request."""

blueprint = MachineBlueprint("openid4vp", __name__, url_prefix="/openid4vp")
answer_as_oauth(
    blueprint,
    {
        UnknownPresentationError: ProtocolAnswer(404, "invalid_request"),
        # 410: asking again is of no use (RFC 9110 section 15.5.11).
        PresentationOverError: ProtocolAnswer(410, "invalid_request"),
        UnknownDepartmentError: ProtocolAnswer(404, "invalid_request"),
        DepartmentNotCertifiedError: ProtocolAnswer(503, "temporarily_unavailable"),
        InvalidInputError: ProtocolAnswer(400, "invalid_request"),
    },
)


@blueprint.get("/requests/<presentation_id>")
def fetch_request(presentation_id: str) -> Response:
    """The signed request; a lost answer can be fetched again while the request is open."""
    return _signed_request(presentation_id, None)


@blueprint.post("/requests/<presentation_id>")
def fetch_request_with_nonce(presentation_id: str) -> Response:
    """The same for a wallet that posts ``wallet_nonce``: it comes back inside the signature (section 5.10.1)."""
    nonces = request.form.getlist("wallet_nonce")
    if len(nonces) > 1 or any(not 0 < len(nonce) <= MAX_WALLET_NONCE_CHARS for nonce in nonces):
        raise InvalidInputError(
            "wallet_nonce 无效。", "The wallet_nonce is repeated, empty or too long.", where="wallet_nonce"
        )
    return _signed_request(presentation_id, nonces[0] if nonces else None)


def _signed_request(presentation_id: str, wallet_nonce: str | None) -> Response:
    node = current_node()
    pending = find_pending(node.presentations, presentation_id, node.clock.now())
    # A window that nobody used for hours holds lists of that age. The answer comes once a person has read what is
    # asked: time enough to renew them behind it.
    lists_state(node.trust, node.clock.now())
    department = _department(node, pending.asked.department)
    text = build_signed_request(
        pending,
        department=department,
        item=item_of(node.items, pending),
        signer=signer_of(node.keys, department),
        public_url=node.public_url,
        wallet_nonce=wallet_nonce,
    )
    return Response(text, mimetype=MEDIA_TYPE)


def _department(node: VerifierNode, uscc: str) -> Department:
    department = node.departments.find(uscc, node.clock.now())
    if department is None:
        raise UnknownDepartmentError("该部门已注销登记。", "This department is no longer enrolled.")
    return department


@blueprint.post("/responses/<presentation_id>")
def take_response(presentation_id: str) -> Response:
    """Take an answer: 200, with the address to go back to where the request was made on the same device."""
    node = current_node()
    at = node.clock.now()
    pending = find_pending(node.presentations, presentation_id, at)
    department = node.departments.find(pending.asked.department, at)
    result = receive_response(
        pending,
        request.form.to_dict(flat=False),
        item=item_of(node.items, pending),
        presentations=node.presentations,
        trust=node.trust,
        status=node.status,
        types=node.types,
        kept=node.evidence,
        division=department.division if department else None,
        at=at,
        earlier=shown_before(node, pending.asked),
    )
    tell_of_answer(node, result)
    body = orjson.dumps(build_response_answer(return_address(result)))
    return Response(body, mimetype="application/json")
