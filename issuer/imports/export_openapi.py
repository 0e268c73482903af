"""OpenAPI 3.1 of exports."""

from __future__ import annotations

from typing import Any, Final

from issuer.imports.writing import CONTENT_TYPES
from issuer.library.selection import DECIDED_STATES, MOST_IDENTIFIERS

_BEARER: Final[list[dict[str, list[str]]]] = [{"bearer": []}]
_ID: Final = {"name": "export_id", "in": "path", "required": True, "schema": {"type": "string"}}
_DAY: Final = {"type": "string", "format": "date"}
_DAYS: Final = {"type": "object", "properties": {"from": _DAY, "to": _DAY}}

_SELECTION: Final[dict[str, Any]] = {
    "type": "object",
    "required": ["type"],
    "properties": {
        "type": {"type": "string", "description": "Code of the licence type."},
        "states": {"type": "array", "items": {"enum": [state.value for state in DECIDED_STATES]}},
        "division": {"type": "string"},
        "valid_until": _DAYS,
        "issue_date": _DAYS,
        "inspection_overdue_on": _DAY,
        "source": {"type": "string"},
        "identifiers": {"type": "array", "items": {"type": "string"}, "maxItems": MOST_IDENTIFIERS},
        "all_versions": {"type": "boolean"},
    },
}

_EXPORT: Final[dict[str, Any]] = {
    "type": "object",
    "properties": {
        "id": {"type": "string"},
        "selection": _SELECTION,
        "format": {"enum": ["csv", "jsonl", "xlsx"]},
        "cause": {"type": "string"},
        "by": {"type": "string"},
        "at": {"type": "string", "format": "date-time"},
        "kept_until": {"type": "string", "format": "date-time"},
        "count": {"type": ["integer", "null"]},
        "job": {"oneOf": [{"$ref": "#/components/schemas/Job"}, {"type": "null"}]},
    },
}

_REQUEST: Final = {
    "type": "object",
    "required": ["selection", "cause"],
    "properties": {
        "selection": _SELECTION,
        "format": {"enum": ["csv", "jsonl", "xlsx"], "default": "csv"},
        "cause": {"type": "string", "maxLength": 200, "description": "Why; logged."},
    },
}


def _operation(summary: str, operation: str, answers: dict[str, Any], **more: Any) -> dict[str, Any]:
    return {
        "tags": ["exports"],
        "summary": summary,
        "operationId": operation,
        "security": _BEARER,
        "responses": answers,
        **more,
    }


def _one(words: str) -> dict[str, Any]:
    return {
        "description": words,
        "content": {"application/json": {"schema": {"$ref": "#/components/schemas/Export"}}},
    }


_ABSENT: Final = {"404": {"description": "The authority has no such export, or no such file."}}

OPENAPI: Final[dict[str, Any]] = {
    "tags": [{"name": "exports", "description": "Exporting licences 导出证照"}],
    "paths": {
        "/api/v1/exports": {
            "post": _operation(
                "Export the licences of a selection",
                "createExport",
                {"202": _one("A worker writes the file."), "400": {"description": "No type, or no cause."}},
                requestBody={"required": True, "content": {"application/json": {"schema": _REQUEST}}},
            ),
            "get": _operation("The log of exports", "listExports", {"200": {"description": "Newest first."}}),
        },
        "/api/v1/exports/{export_id}": {
            "get": _operation(
                "How far an export is",
                "readExport",
                {"200": _one("The export."), **_ABSENT},
                parameters=[_ID],
            )
        },
        "/api/v1/exports/{export_id}/file": {
            "get": _operation(
                "The file, for the system that asked for it",
                "downloadExport",
                {
                    "200": {
                        "description": "The file.",
                        "content": {kind: {} for kind in CONTENT_TYPES.values()},
                    },
                    **_ABSENT,
                },
                parameters=[_ID],
            )
        },
    },
    "components": {"schemas": {"Export": _EXPORT}},
}
