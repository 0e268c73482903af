"""``/api/v1/requests``: what a verifier asks for, and the person's word on it."""

from __future__ import annotations

from typing import Any

from flask import Blueprint

from service.web.json_body import read_json_body, read_json_body_or
from standards.errors import InvalidInputError
from standards.json_reader import Reader
from wallet.accounts.current import current_holder
from wallet.node import current_node
from wallet.presenting.answer_request import give_consent, refuse
from wallet.presenting.consent_json import request_json
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
    answer = give_consent(current_node(), current_holder(), request_id, _selection())
    return {"id": request_id, "state": RequestState.SENT.value, "redirect_uri": answer.redirect_uri}


@blueprint.post("/api/v1/requests/<request_id>/refuse")
def post_refusal(request_id: str) -> dict[str, Any]:
    """Say no; the verifier is told, and learns nothing else."""
    answer = refuse(current_node(), current_holder(), request_id)
    return {"id": request_id, "state": RequestState.REFUSED.value, "redirect_uri": answer.redirect_uri}


def _view(request_id: str) -> dict[str, Any]:
    node, holder = current_node(), current_holder()
    pending = node.requests.get(holder, request_id)
    waiting = pending.state is RequestState.WAITING and pending.expires_at > node.clock.now()
    return request_json(pending, consent_of(node, holder, pending) if waiting else None)


def _selection() -> dict[str, str] | None:
    """``{"selection": {query id: credential id}}``; ``None`` without a body or without the member."""
    wanted = Reader(read_json_body_or({})).optional_object("selection")
    if wanted is None:
        return None
    names = wanted.names()
    if len(names) > 50:
        raise InvalidInputError("选择过多。", "The selection has too many entries.", where="/selection")
    return {name: wanted.text(name, max_chars=100) for name in names}
