"""OpenAPI 3.1 of the discrepancy queue."""

from __future__ import annotations

from typing import Any, Final

from issuer.discrepancies.decision_input import MAX_NOTE_CHARS
from issuer.discrepancies.discrepancy import CHOSEN_BY_PEOPLE, ClosingReason, DiscrepancyState, Step
from standards.licence_types import DEPARTMENTS

_BEARER: Final[list[dict[str, list[str]]]] = [{"bearer": []}]
_INSTANT: Final = {"type": "string", "format": "date-time"}
_ID: Final = {
    "name": "discrepancy",
    "in": "path",
    "required": True,
    "schema": {"type": "string", "pattern": "^[0-9a-f]{32}$"},
}
_REVISION: Final = {
    "type": "integer",
    "description": "Of what the caller saw; when it changed since, nothing happens.",
}


def _json(schema: dict[str, Any]) -> dict[str, Any]:
    return {"application/json": {"schema": schema}}


def _query(name: str, description: str) -> dict[str, Any]:
    return {"name": name, "in": "query", "description": description, "schema": {"type": "string"}}


def _body(required: list[str], properties: dict[str, Any]) -> dict[str, Any]:
    schema = {
        "type": "object",
        "required": required,
        "additionalProperties": False,
        "properties": {**properties, "revision": _REVISION},
    }
    return {"required": True, "content": _json(schema)}


_ONE: Final = {"$ref": "#/components/schemas/Discrepancy"}
_REASONS: Final = "; ".join(f"`{reason.value}`: {reason.effect.en}" for reason in CHOSEN_BY_PEOPLE)

OPENAPI: Final[dict[str, Any]] = {
    "paths": {
        "/api/v1/discrepancies": {
            "get": {
                "tags": ["sources"],
                "summary": "Where sources and library disagree, oldest first",
                "operationId": "listDiscrepancies",
                "security": _BEARER,
                "parameters": [
                    {
                        **_query("state", "`open` unless given."),
                        "schema": {"enum": [*(state.value for state in DiscrepancyState), "all"]},
                    },
                    _query("type", "Type code."),
                    _query("field", "Name of the field."),
                    _query("source", "Code of the source."),
                    _query("owner", "Id of a member of staff, or `none`."),
                    _query("after", "`next` of the page before."),
                ],
                "responses": {
                    "200": {
                        "description": "One page.",
                        "content": _json(
                            {
                                "type": "object",
                                "required": ["discrepancies", "next"],
                                "properties": {
                                    "discrepancies": {"type": "array", "items": _ONE},
                                    "next": {"type": ["string", "null"]},
                                },
                            }
                        ),
                    }
                },
            }
        },
        "/api/v1/discrepancies/{discrepancy}": {
            "parameters": [_ID],
            "get": {
                "tags": ["sources"],
                "summary": "One discrepancy with its history",
                "operationId": "readDiscrepancy",
                "security": _BEARER,
                "responses": {"200": {"description": "The discrepancy.", "content": _json(_ONE)}},
            },
        },
        "/api/v1/discrepancies/{discrepancy}/owner": {
            "parameters": [_ID],
            "post": {
                "tags": ["sources"],
                "summary": "Give it an owner among the staff, or put it back into the queue",
                "operationId": "putDiscrepancyOwner",
                "security": _BEARER,
                "requestBody": _body(["owner"], {"owner": {"type": ["string", "null"]}}),
                "responses": {"200": {"description": "The discrepancy.", "content": _json(_ONE)}},
            },
        },
        "/api/v1/discrepancies/{discrepancy}/closing": {
            "parameters": [_ID],
            "post": {
                "tags": ["sources"],
                "summary": "Close it for a reason",
                "description": _REASONS,
                "operationId": "closeDiscrepancy",
                "security": _BEARER,
                "requestBody": _body(
                    ["reason"],
                    {
                        "reason": {"enum": [reason.value for reason in CHOSEN_BY_PEOPLE]},
                        "note": {"type": "string", "maxLength": MAX_NOTE_CHARS},
                        "by": {"type": "string", "description": "The person for whom the system vouches."},
                    },
                ),
                "responses": {"201": {"description": "Closed.", "content": _json(_ONE)}},
            },
        },
    },
    "components": {
        "schemas": {
            "Discrepancy": {
                "type": "object",
                "required": ["id", "identifier", "field", "source", "state", "library_value", "source_value"],
                "properties": {
                    "id": {"type": "string"},
                    "licence": {"type": "string", "format": "uri"},
                    "identifier": {"type": "string"},
                    "type": {"type": "string"},
                    "field": {"type": "string"},
                    "holder": {
                        "type": "integer",
                        "description": "Which holder a `holder_name` is of, from 0.",
                    },
                    "source": {"type": "object"},
                    "department": {"type": "string", "enum": sorted(DEPARTMENTS)},
                    "department_name": {"$ref": "#/components/schemas/Text"},
                    "authoritative": {"type": "boolean", "description": "Whether the source's word counts."},
                    "library_value": {},
                    "source_value": {},
                    "state": {"enum": [state.value for state in DiscrepancyState]},
                    "owner": {"type": ["string", "null"]},
                    "seen": {"type": "integer"},
                    "first_seen": _INSTANT,
                    "last_seen": _INSTANT,
                    "reason": {"enum": [*(reason.value for reason in ClosingReason), None]},
                    "reasons": {"type": "array", "items": {"type": "string"}},
                    "history": {
                        "type": "array",
                        "items": {
                            "type": "object",
                            "properties": {"step": {"enum": [step.value for step in Step]}, "at": _INSTANT},
                        },
                    },
                    "revision": {"type": "integer"},
                },
            }
        }
    },
}
"""Merged into ``/openapi.json``."""
