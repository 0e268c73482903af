"""``/api/v1/requests``: what a verifier asks for, and the person's word on it."""

from __future__ import annotations

from typing import Any

from flask import Blueprint

from service.web.json_body import read_json_body, read_json_body_or
from standards.errors import InvalidInputError
from standards.json_reader import Reader
from wallet.accounts.acting import Deed
from wallet.accounts.current import current_holder, require_deed
from wallet.node import current_node
from wallet.passkeys.step_up import require_step_up
from wallet.presenting.answer_request import give_consent, refuse
from wallet.presenting.consent_json import request_json
from wallet.presenting.decision import Decision
from wallet.presenting.pending_request import RequestState
from wallet.presenting.read_request import consent_of, read_request

blueprint = Blueprint("wallet_requests_api", __name__)


@blueprint.post("/api/v1/requests")
def post_request() -> tuple[dict[str, Any], int]:
    """201 with the consent view: who asks, for what, what would be shown, what stays hidden."""
    node, holder = current_node(), current_holder()
    request_id = read_request(node, holder, Reader(read_json_body()).text("uri", max_chars=20_000))
    return _view(request_id), 201


@blueprint.get("/api/v1/requests/<request_id>")
def show_request(request_id: str) -> dict[str, Any]:
    """The consent view while the request waits, its end afterwards."""
    return _view(request_id)


@blueprint.post("/api/v1/requests/<request_id>/consent")
def post_consent(request_id: str) -> dict[str, Any]:
    """Show what was selected; without a selection the least that answers the request."""
    answer = give_consent(
        current_node(),
        require_deed(Deed.SHOW),
        request_id,
        _decision(),
        prove_person=lambda: require_step_up(f"/requests/{request_id}"),
    )
    return {"id": request_id, "state": RequestState.SENT.value, "redirect_uri": answer.redirect_uri}


@blueprint.post("/api/v1/requests/<request_id>/refuse")
def post_refusal(request_id: str) -> dict[str, Any]:
    """Say no; the verifier is told, and learns nothing else."""
    answer = refuse(current_node(), require_deed(Deed.SHOW), request_id)
    return {"id": request_id, "state": RequestState.REFUSED.value, "redirect_uri": answer.redirect_uri}


def _view(request_id: str) -> dict[str, Any]:
    node, holder = current_node(), current_holder()
    pending = node.requests.get(holder, request_id)
    waiting = pending.state is RequestState.WAITING and pending.expires_at > node.clock.now()
    return request_json(pending, consent_of(node, holder, pending) if waiting else None)


def _decision() -> Decision:
    """The schema ``Decision`` of the OpenAPI document; an empty body agrees to the least.

    A program says whether its user agreed to sensitive data (``false`` is refused); one that does not say has asked in
    its own way.
    """
    body = Reader(read_json_body_or({}))
    chosen, optional = body.optional_object("selection"), body.optional_object("optional")
    return Decision(
        selection=None
        if chosen is None
        else {name: chosen.text(name, max_chars=100) for name in _few(chosen)},
        extras={}
        if optional is None
        else {name: frozenset(optional.texts(name, max_items=50)) for name in _few(optional)},
        sensitive=body.optional_boolean("sensitive"),
        seen=body.optional_text("seen"),
    )


def _few(members: Reader) -> tuple[str, ...]:
    if len(members.names()) > 50:
        raise InvalidInputError("选择过多。", "The selection has too many entries.", where=members.where)
    return members.names()
