"""What cases look like to other systems."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from verifier.cases.case import Channel, SlotState, Stage, State

_ID: Final = {"name": "id", "in": "path", "required": True, "schema": {"type": "string"}}
_CASE: Final = {"$ref": "#/components/schemas/Case"}
_STATES: Final = [state.value for state in State]
_REQUEST: Final = {
    "type": "object",
    "description": "The ways in which the request reaches a wallet, as for a presentation.",
    "required": ["id", "authorization_request", "wallet_link", "qr_png", "expires_at"],
    "properties": {
        "id": {"type": "string", "description": "Of the presentation."},
        "authorization_request": {"type": "string"},
        "wallet_link": {"type": "string"},
        "qr_png": {"type": "string", "contentEncoding": "base64"},
        "expires_at": {"type": "string", "format": "date-time"},
    },
}


def _operation(
    name: str, summary: str, status: str, schema: Mapping[str, Any], **more: Any
) -> dict[str, Any]:
    return {
        "operationId": name,
        "tags": ["cases"],
        "summary": summary,
        "security": [{"bearer": []}],
        **more,
        "responses": {
            status: {"description": summary, "content": {"application/json": {"schema": schema}}},
        },
    }


def _body(properties: Mapping[str, Any], *, required: tuple[str, ...] = ()) -> dict[str, Any]:
    schema = {"type": "object", "additionalProperties": False, "properties": properties}
    return {
        "required": bool(required),
        "content": {
            "application/json": {"schema": schema | ({"required": list(required)} if required else {})}
        },
    }


def _object(**properties: Any) -> dict[str, Any]:
    return {"type": "object", "required": list(properties), "properties": properties}


OPENAPI: Final[Mapping[str, Any]] = {
    "paths": {
        "/api/v1/cases": {
            "get": _operation(
                "listCases",
                "The department's cases, the newest first, a page at a time.",
                "200",
                _object(
                    cases={"type": "array", "items": _CASE},
                    next={"type": ["string", "null"], "description": "For `before`; null at the end."},
                ),
                parameters=[
                    {
                        "name": "state",
                        "in": "query",
                        "schema": {"type": "array", "items": {"enum": _STATES}},
                    },
                    {"name": "before", "in": "query", "schema": {"type": "string", "format": "date-time"}},
                ],
            ),
            "post": _operation(
                "openCase",
                "Open a case for a service item and ask for its materials.",
                "201",
                _object(
                    case=_CASE,
                    code={"type": "string", "description": "`ELB1:…`: finds the case again; told once."},
                    request=_REQUEST,
                ),
                requestBody=_body({"service_item": {"type": "string"}}, required=("service_item",)),
            ),
        },
        "/api/v1/cases/{id}": {
            "get": _operation("readCase", "One case, with its materials.", "200", _CASE, parameters=[_ID])
        },
        "/api/v1/cases/{id}/events": {
            "get": _operation(
                "readCaseEvents",
                "What happened in a case, oldest first.",
                "200",
                _object(
                    events={
                        "type": "array",
                        "items": _object(
                            at={"type": "string", "format": "date-time"},
                            step={"type": "string"},
                            by={"type": ["string", "null"]},
                            terminal={"type": ["string", "null"]},
                            detail={"type": "object", "additionalProperties": {"type": "string"}},
                        ),
                    }
                ),
                parameters=[_ID],
            )
        },
        "/api/v1/cases/{id}/presentations": {
            "post": _operation(
                "askInCase",
                "Ask for what is missing in a case; decide on the presentation as on any other.",
                "201",
                _object(case=_CASE, request=_REQUEST),
                parameters=[_ID],
                requestBody=_body({"materials": {"type": "array", "items": {"type": "string"}}}),
            )
        },
    },
    "components": {
        "schemas": {
            "Case": _object(
                id={"type": "string"},
                number={"type": "string", "description": "What people read to each other."},
                service_item={"type": "string"},
                item_version={"type": "integer"},
                stage={"enum": [stage.value for stage in Stage]},
                state={"enum": _STATES},
                channel={"enum": [channel.value for channel in Channel]},
                opened_at={"type": "string", "format": "date-time"},
                visits={"type": "integer"},
                presentation={"type": ["string", "null"], "description": "The newest one."},
                records={"type": "array", "items": {"type": "string"}},
                due_on={"type": ["string", "null"], "format": "date"},
                materials={
                    "type": "array",
                    "items": _object(
                        id={"type": "string"},
                        state={"enum": [state.value for state in SlotState]},
                        presentation={"type": ["string", "null"]},
                        reason={"type": ["string", "null"]},
                        due_on={"type": ["string", "null"], "format": "date"},
                        due_provisional={"type": "boolean"},
                    ),
                },
            )
        }
    },
}
"""Fragment for :mod:`service.web.openapi`."""
