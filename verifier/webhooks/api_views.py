"""Webhooks for the systems of departments."""

from __future__ import annotations

import secrets
from typing import Any

import orjson
from flask import Response, request

from service.api_tokens import require_api_caller
from service.web.csrf import MachineBlueprint
from service.web.json_body import read_json_body
from standards.errors import InvalidInputError
from verifier.departments.guard import calling_department
from verifier.node import current_node
from verifier.webhooks.delivery import DeliveryState
from verifier.webhooks.manage import (
    add_endpoint,
    alter_endpoint,
    find_endpoint,
    remove_endpoint,
    send_again,
    send_test,
)

blueprint = MachineBlueprint("webhooks_api", __name__, url_prefix="/api/v1/webhooks")
blueprint.before_request(require_api_caller(lambda: current_node().api_tokens))


@blueprint.get("")
def read_all() -> Response:
    """The department's endpoints."""
    found = current_node().webhooks.of_department(_department())
    return _json({"webhooks": [endpoint.to_json() for endpoint in found]})


@blueprint.post("")
def add() -> Response:
    """A new endpoint: 201."""
    node = current_node()
    department, caller = calling_department()
    endpoint = add_endpoint(node, department.uscc, read_json_body(), by=caller.system, at=node.clock.now())
    return _json(endpoint.to_json(), 201)


@blueprint.get("/<endpoint_id>")
def read(endpoint_id: str) -> Response:
    """One endpoint, with how many of its messages are in each state."""
    node = current_node()
    endpoint = find_endpoint(node, _department(), endpoint_id)
    counts = {state.value: number for state, number in node.webhooks.counts(endpoint.id).items()}
    return _json({**endpoint.to_json(), "deliveries": counts})


@blueprint.patch("/<endpoint_id>")
def change(endpoint_id: str) -> Response:
    """Change address, events, description, or pause and go on."""
    return _json(alter_endpoint(current_node(), _department(), endpoint_id, read_json_body()).to_json())


@blueprint.delete("/<endpoint_id>")
def remove(endpoint_id: str) -> Response:
    """Forget it, with its messages: 204."""
    remove_endpoint(current_node(), _department(), endpoint_id)
    return Response(status=204)


@blueprint.post("/<endpoint_id>/test")
def test(endpoint_id: str) -> Response:
    """Send a test message: 202 with the id of its event."""
    node = current_node()
    event = send_test(node, _department(), endpoint_id, key=secrets.token_hex(8), at=node.clock.now())
    return _json({"event": event}, 202)


@blueprint.get("/<endpoint_id>/deliveries")
def deliveries(endpoint_id: str) -> Response:
    """The newest messages, with what was tried; ``?state=due|delivered|dead``."""
    node, department = current_node(), _department()
    endpoint = find_endpoint(node, department, endpoint_id)
    wanted = request.args.get("state")
    if wanted is not None and wanted not in set(DeliveryState):
        raise InvalidInputError("没有此状态。", "There is no such state.", where="state")
    found = node.webhooks.latest(
        department, endpoint.id, state=None if wanted is None else DeliveryState(wanted)
    )
    return _json({"deliveries": [one.to_json() for one in found]})


@blueprint.post("/<endpoint_id>/deliveries/<event_id>/resend")
def resend(endpoint_id: str, event_id: str) -> Response:
    """Send a message again: 202."""
    node = current_node()
    again = send_again(node, _department(), endpoint_id, event_id, node.clock.now())
    return _json(again.to_json(), 202)


def _department() -> str:
    return calling_department()[0].uscc


def _json(value: Any, status: int = 200) -> Response:
    return Response(orjson.dumps(value), status, mimetype="application/json")
