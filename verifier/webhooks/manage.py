"""Use cases: a department says where it wants to be told, and looks at what arrived."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any

import orjson

from standards.text import Text
from verifier.node import VerifierNode
from verifier.webhooks.delivery import Delivery
from verifier.webhooks.endpoint import (
    MAX_ENDPOINTS,
    Endpoint,
    EndpointState,
    change_endpoint,
    parse_wish,
)
from verifier.webhooks.errors import (
    InvalidWebhookError,
    TooManyWebhooksError,
    UnknownWebhookError,
    WebhookInactiveError,
)
from verifier.webhooks.event import EventType, build_event


def add_endpoint(node: VerifierNode, department: str, body: Any, *, by: str, at: datetime) -> Endpoint:
    """Keep a new endpoint; from now on it is told.

    Raises:
        InvalidWebhookError: see :func:`verifier.webhooks.endpoint.parse_wish`.
        TooManyWebhooksError: the department has :data:`~verifier.webhooks.endpoint.MAX_ENDPOINTS`.
    """
    wish = parse_wish(body, node.settings.allowed_origins)
    existing = node.webhooks.of_department(department)
    if len(existing) >= MAX_ENDPOINTS:
        raise TooManyWebhooksError(
            f"每个部门最多登记 {MAX_ENDPOINTS} 个推送地址。",
            f"A department has at most {MAX_ENDPOINTS} endpoints.",
            next_step=Text("请先删除不用的地址。", "Remove one that is not used any more."),
        )
    if not any(one.state is EndpointState.ACTIVE for one in existing):
        # Nobody followed the chain meanwhile: begin at its end instead of reading what nobody is told.
        node.webhooks.advance(department, node.records.head(department))
    return node.webhooks.add(department, wish, by=by, at=at)


def find_endpoint(node: VerifierNode, department: str, endpoint_id: str) -> Endpoint:
    """One of the department's endpoints.

    Raises:
        UnknownWebhookError: there is none, or it is another department's: the caller cannot tell which.
    """
    endpoint = node.webhooks.find(department, endpoint_id)
    if endpoint is None:
        raise _unknown()
    return endpoint


def alter_endpoint(node: VerifierNode, department: str, endpoint_id: str, body: Any) -> Endpoint:
    """Change an endpoint; raises as :func:`find_endpoint` and ``change_endpoint``."""
    changed = change_endpoint(
        find_endpoint(node, department, endpoint_id), body, node.settings.allowed_origins
    )
    node.webhooks.put(changed)
    return changed


def remove_endpoint(node: VerifierNode, department: str, endpoint_id: str) -> None:
    """Forget an endpoint with its messages; raises ``UnknownWebhookError``."""
    if not node.webhooks.remove(department, endpoint_id):
        raise _unknown()


def send_test(node: VerifierNode, department: str, endpoint_id: str, *, key: str, at: datetime) -> str:
    """Enter a test message; the id of its event.

    Raises:
        UnknownWebhookError: no such endpoint.
        WebhookInactiveError: it is paused or gone.
    """
    endpoint = _active(find_endpoint(node, department, endpoint_id))
    event = build_event(EventType.TEST, department, {}, at=at, key=f"{endpoint.id} {key}")
    node.webhooks.enter(endpoint, event, orjson.dumps(event.to_json(endpoint.id)), at)
    return event.id


def send_again(
    node: VerifierNode, department: str, endpoint_id: str, event_id: str, at: datetime
) -> Delivery:
    """Send a message anew, whatever became of it, under the same id.

    Raises:
        UnknownWebhookError: no such endpoint or message.
        WebhookInactiveError: the endpoint is paused or gone.
    """
    _active(find_endpoint(node, department, endpoint_id))
    delivery = node.webhooks.again(department, endpoint_id, event_id, at)
    if delivery is None:
        raise _unknown()
    return delivery


def read_form(form: Mapping[str, str], list_of: Callable[[str], list[str]]) -> dict[str, Any]:
    """What a page's form says, in the shape of the interface."""
    return {
        "url": form.get("url", ""),
        "description": form.get("description", ""),
        "events": list_of("events"),
    }


def field_of(error: InvalidWebhookError) -> str:
    """Name of the field that is wrong."""
    return (error.where or "").rpartition("/")[2]


def _active(endpoint: Endpoint) -> Endpoint:
    if endpoint.state is not EndpointState.ACTIVE:
        raise WebhookInactiveError(
            "此推送地址已停用，不会发送。",
            "This endpoint is not active, so nothing is sent to it.",
            next_step=Text("请先重新启用。", "Make it active again first."),
        )
    return endpoint


def _unknown() -> UnknownWebhookError:
    return UnknownWebhookError("没有此推送地址或消息。", "There is no such endpoint or message.")
