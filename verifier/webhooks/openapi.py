"""What webhooks look like to other systems: how they are set up, and what arrives."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from verifier.webhooks.delivery import DeliveryState
from verifier.webhooks.endpoint import EndpointState
from verifier.webhooks.event import MEMBERS, SUBSCRIBABLE, EventType

_ID: Final = {"name": "id", "in": "path", "required": True, "schema": {"type": "string"}}
_EVENT_ID: Final = {"name": "event", "in": "path", "required": True, "schema": {"type": "string"}}
_ENDPOINT: Final = {"content": {"application/json": {"schema": {"$ref": "#/components/schemas/Webhook"}}}}
_DELIVERY: Final = {"$ref": "#/components/schemas/WebhookDelivery"}
_WISHED: Final = {
    "url": {"type": "string", "format": "uri", "maxLength": 500},
    "events": {"type": "array", "minItems": 1, "items": {"enum": [kind.value for kind in SUBSCRIBABLE]}},
    "description": {"type": "string", "maxLength": 80},
}


def _operation(name: str, summary: str, responses: Mapping[str, Any], **more: Any) -> dict[str, Any]:
    return {
        "operationId": name,
        "tags": ["webhooks"],
        "summary": summary,
        "security": [{"bearer": []}],
        **more,
        "responses": responses,
    }


def _body(schema: Mapping[str, Any]) -> dict[str, Any]:
    return {"required": True, "content": {"application/json": {"schema": schema}}}


def _answer(description: str, schema: Mapping[str, Any]) -> dict[str, Any]:
    return {"description": description, "content": {"application/json": {"schema": schema}}}


OPENAPI: Final[Mapping[str, Any]] = {
    "paths": {
        "/api/v1/webhooks": {
            "get": _operation(
                "listWebhooks",
                "The department's endpoints.",
                {
                    "200": _answer(
                        "All of them.",
                        {
                            "type": "object",
                            "properties": {
                                "webhooks": {
                                    "type": "array",
                                    "items": {"$ref": "#/components/schemas/Webhook"},
                                }
                            },
                        },
                    )
                },
            ),
            "post": _operation(
                "addWebhook",
                "Tell an address of events. Signed by the department's key; see WebhookMessage.",
                {"201": {"description": "The endpoint.", **_ENDPOINT}},
                requestBody=_body(
                    {
                        "type": "object",
                        "required": ["url", "events"],
                        "additionalProperties": False,
                        "properties": _WISHED,
                    }
                ),
            ),
        },
        "/api/v1/webhooks/{id}": {
            "get": _operation(
                "readWebhook",
                "One endpoint, with the numbers of its messages by state.",
                {"200": {"description": "The endpoint.", **_ENDPOINT}},
                parameters=[_ID],
            ),
            "patch": _operation(
                "changeWebhook",
                "Change it, pause it (paused) or go on (active).",
                {"200": {"description": "The endpoint.", **_ENDPOINT}},
                parameters=[_ID],
                requestBody=_body(
                    {
                        "type": "object",
                        "additionalProperties": False,
                        "properties": {**_WISHED, "state": {"enum": ["active", "paused"]}},
                    }
                ),
            ),
            "delete": _operation(
                "removeWebhook",
                "Forget it, with its messages.",
                {"204": {"description": "Removed."}},
                parameters=[_ID],
            ),
        },
        "/api/v1/webhooks/{id}/test": {
            "post": _operation(
                "testWebhook",
                "Send a message of type webhook.test.",
                {
                    "202": _answer(
                        "It is on its way.",
                        {"type": "object", "properties": {"event": {"type": "string"}}},
                    )
                },
                parameters=[_ID],
            )
        },
        "/api/v1/webhooks/{id}/deliveries": {
            "get": _operation(
                "listWebhookDeliveries",
                "The newest messages, at most 50, with what was tried.",
                {
                    "200": _answer(
                        "The messages.",
                        {
                            "type": "object",
                            "properties": {"deliveries": {"type": "array", "items": _DELIVERY}},
                        },
                    )
                },
                parameters=[
                    _ID,
                    {
                        "name": "state",
                        "in": "query",
                        "schema": {"enum": [state.value for state in DeliveryState]},
                    },
                ],
            )
        },
        "/api/v1/webhooks/{id}/deliveries/{event}/resend": {
            "post": _operation(
                "resendWebhookDelivery",
                "Send a message again, under the same id.",
                {"202": _answer("It is on its way.", _DELIVERY)},
                parameters=[_ID, _EVENT_ID],
            )
        },
    },
    "webhooks": {
        "event": {
            "post": {
                "operationId": "webhookEvent",
                "tags": ["webhooks"],
                "summary": "What an endpoint receives. Any 2xx answer takes it; 410 ends the endpoint.",
                "parameters": [
                    {"name": name, "in": "header", "required": True, "schema": {"type": "string"}}
                    for name in ("webhook-id", "webhook-timestamp", "webhook-signature")
                ],
                "requestBody": _body({"$ref": "#/components/schemas/WebhookMessage"}),
                "responses": {"2XX": {"description": "Taken."}},
            }
        }
    },
    "components": {
        "schemas": {
            "Webhook": {
                "type": "object",
                "required": ["id", "url", "events", "state", "created_at"],
                "properties": {
                    "id": {"type": "string"},
                    **_WISHED,
                    "state": {"enum": [state.value for state in EndpointState]},
                    "created_at": {"type": "string", "format": "date-time"},
                    "created_by": {"type": "string"},
                    "failing_since": {"type": ["string", "null"], "format": "date-time"},
                    "deliveries": {"type": "object", "additionalProperties": {"type": "integer"}},
                },
            },
            "WebhookDelivery": {
                "type": "object",
                "properties": {
                    "event": {"type": "string"},
                    "type": {"enum": [kind.value for kind in EventType]},
                    "state": {"enum": [state.value for state in DeliveryState]},
                    "happened_at": {"type": "string", "format": "date-time"},
                    "next_at": {"type": ["string", "null"], "format": "date-time"},
                    "tried": {"type": "integer"},
                    "attempts": {
                        "type": "array",
                        "items": {
                            "type": "object",
                            "properties": {
                                "at": {"type": "string", "format": "date-time"},
                                "status": {"type": ["integer", "null"]},
                                "problem": {"type": ["string", "null"]},
                            },
                        },
                    },
                },
            },
            "WebhookMessage": {
                "type": "object",
                "description": (
                    "Ids and codes only; what was shown is read with them by the interface. The header "
                    "webhook-signature holds `x5c,` and a compact JWS with a detached payload (RFC 7515 appendix F), "
                    "typ elicence-webhook+jws, ES256, whose x5c is the department's certificate chain; signed are the "
                    "octets `{webhook-id}.{webhook-timestamp}.{body}`. A message comes at least once: remember the ids."
                ),
                "required": ["id", "type", "at", "department", "webhook", "data"],
                "properties": {
                    "id": {"type": "string"},
                    "type": {"enum": [kind.value for kind in EventType]},
                    "at": {"type": "string", "format": "date-time"},
                    "department": {"type": "string"},
                    "webhook": {"type": "string", "description": "The endpoint it was meant for."},
                    "data": {
                        "type": "object",
                        "additionalProperties": False,
                        "properties": {name: {"type": "string"} for name in sorted(MEMBERS)},
                    },
                },
            },
        }
    },
}
"""Fragment for :mod:`service.web.openapi`."""
