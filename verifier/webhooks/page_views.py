"""The pages on which an administrator says where the department's systems are told."""

from __future__ import annotations

import secrets
from collections.abc import Mapping
from typing import Any

from flask import Blueprint, make_response, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from verifier.departments.department import Permission
from verifier.departments.guard import current_desk, for_staff
from verifier.node import current_node
from verifier.webhooks.delivery import PROBLEM_NAMES, DeliveryState
from verifier.webhooks.delivery import STATE_NAMES as DELIVERY_STATE_NAMES
from verifier.webhooks.endpoint import MAX_ENDPOINTS, STATE_NAMES
from verifier.webhooks.errors import InvalidWebhookError
from verifier.webhooks.event import EVENT_NAMES, SUBSCRIBABLE
from verifier.webhooks.manage import (
    add_endpoint,
    alter_endpoint,
    field_of,
    find_endpoint,
    read_form,
    remove_endpoint,
    send_again,
    send_test,
)
from verifier.window.lists_state import lists_state

blueprint = Blueprint(
    "webhooks",
    __name__,
    template_folder="templates",
    static_folder="static",
    static_url_path="/static/webhooks",
)

_NAMES: Mapping[str, Any] = {
    "event_names": EVENT_NAMES,
    "state_names": STATE_NAMES,
    "delivery_names": DELIVERY_STATE_NAMES,
    "problem_names": PROBLEM_NAMES,
    "events": SUBSCRIBABLE,
    "max_endpoints": MAX_ENDPOINTS,
}


@blueprint.get("/webhooks")
@for_staff(Permission.MANAGE_WEBHOOKS)
def overview() -> str:
    """The department's endpoints, and the form for another."""
    return _overview({"events": list(SUBSCRIBABLE)}, None)


@blueprint.post("/webhooks")
@for_staff(Permission.MANAGE_WEBHOOKS)
def add() -> Response:
    """Add an endpoint; what was typed stays when something is wrong."""
    node, desk = current_node(), current_desk()
    given = read_form(request.form, request.form.getlist)
    try:
        endpoint = add_endpoint(node, desk.department.uscc, given, by=desk.member.id, at=node.clock.now())
    except InvalidWebhookError as error:
        return make_response(_overview(given, error), 400)
    return redirect(url_for("webhooks.show", endpoint_id=endpoint.id), code=303)


@blueprint.get("/webhooks/<endpoint_id>")
@for_staff(Permission.MANAGE_WEBHOOKS)
def show(endpoint_id: str) -> str:
    """One endpoint: what it is told, what arrived, what did not and why."""
    node, desk = current_node(), current_desk()
    endpoint = find_endpoint(node, desk.department.uscc, endpoint_id)
    wanted = request.args.get("state", "")
    state = DeliveryState(wanted) if wanted in set(DeliveryState) else None
    return render_template(
        "verifier/webhooks/endpoint.html",
        desk=desk,
        endpoint=endpoint,
        told_of=[EVENT_NAMES[kind] for kind in SUBSCRIBABLE if kind in endpoint.events],
        counts=node.webhooks.counts(endpoint.id),
        deliveries=node.webhooks.latest(desk.department.uscc, endpoint.id, state=state),
        state=state,
        lists=lists_state(node.trust, node.clock.now()),
        **_NAMES,
    )


@blueprint.post("/webhooks/<endpoint_id>/state")
@for_staff(Permission.MANAGE_WEBHOOKS)
def change_state(endpoint_id: str) -> Response:
    """Pause it, or go on."""
    body = {"state": request.form.get("state", "")}
    alter_endpoint(current_node(), current_desk().department.uscc, endpoint_id, body)
    return _back(endpoint_id)


@blueprint.post("/webhooks/<endpoint_id>/removal")
@for_staff(Permission.MANAGE_WEBHOOKS)
def remove(endpoint_id: str) -> Response:
    """Forget it, with its messages."""
    remove_endpoint(current_node(), current_desk().department.uscc, endpoint_id)
    return redirect(url_for("webhooks.overview"), code=303)


@blueprint.post("/webhooks/<endpoint_id>/test")
@for_staff(Permission.MANAGE_WEBHOOKS)
def test(endpoint_id: str) -> Response:
    """Send a test message."""
    node = current_node()
    department = current_desk().department.uscc
    send_test(node, department, endpoint_id, key=secrets.token_hex(8), at=node.clock.now())
    return _back(endpoint_id)


@blueprint.post("/webhooks/<endpoint_id>/deliveries/<event_id>/resend")
@for_staff(Permission.MANAGE_WEBHOOKS)
def resend(endpoint_id: str, event_id: str) -> Response:
    """Send one message again."""
    node = current_node()
    send_again(node, current_desk().department.uscc, endpoint_id, event_id, node.clock.now())
    return _back(endpoint_id)


def _back(endpoint_id: str) -> Response:
    return redirect(url_for("webhooks.show", endpoint_id=endpoint_id), code=303)


def _overview(given: Mapping[str, Any], error: InvalidWebhookError | None) -> str:
    node, desk = current_node(), current_desk()
    endpoints = node.webhooks.of_department(desk.department.uscc)
    return render_template(
        "verifier/webhooks/endpoints.html",
        desk=desk,
        endpoints=[(endpoint, node.webhooks.counts(endpoint.id)) for endpoint in endpoints],
        given=given,
        wrong=field_of(error) if error else None,
        problem=error.message if error else None,
        lists=lists_state(node.trust, node.clock.now()),
        **_NAMES,
    )
