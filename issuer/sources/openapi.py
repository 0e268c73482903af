"""OpenAPI 3.1 of the source systems."""

from __future__ import annotations

from typing import Any, Final

from issuer.sources.observation import MAX_ROWS
from issuer.sources.source import Timeliness
from issuer.sources.source_input import MAX_CONTACT_CHARS, MAX_HOURS, MAX_NAME_CHARS
from standards.licence_types import DEPARTMENTS

_BEARER: Final[list[dict[str, list[str]]]] = [{"bearer": []}]
_TEXT: Final = {"$ref": "#/components/schemas/Text"}
_INSTANT: Final = {"type": "string", "format": "date-time"}
_CODE: Final = {
    "name": "code",
    "in": "path",
    "required": True,
    "schema": {"type": "string", "pattern": "^[0-9a-z][0-9a-z-]{0,38}[0-9a-z]$"},
    "example": "population-register",
}
_DEPARTMENT: Final = {"type": "string", "enum": sorted(DEPARTMENTS)}
_DESCRIPTION: Final[dict[str, Any]] = {
    "name": {"type": "string", "maxLength": MAX_NAME_CHARS},
    "department": {
        **_DEPARTMENT,
        "description": "Function of the department that runs it; its word counts for the fields that name it as source.",
    },
    "contact": {"type": "string", "maxLength": MAX_CONTACT_CHARS},
    "expected_every_hours": {"type": "integer", "minimum": 1, "maximum": MAX_HOURS},
    "types": {
        "type": "array",
        "items": {"type": "string"},
        "description": "Codes of the licence types that it covers in full; staleness is measured over them.",
    },
    "system": {
        "type": ["string", "null"],
        "description": "Name of the only system (of the bearer token) that may deliver for it; absent: any.",
    },
    "applies": {
        "type": "boolean",
        "description": "Whether a new authoritative value changes the licence at once instead of waiting.",
    },
}


def _json(schema: dict[str, Any]) -> dict[str, Any]:
    return {"application/json": {"schema": schema}}


_SOURCE: Final = {"$ref": "#/components/schemas/Source"}

OPENAPI: Final[dict[str, Any]] = {
    "tags": [{"name": "sources", "description": "数据来源与差异 · sources and discrepancies"}],
    "paths": {
        "/api/v1/sources": {
            "get": {
                "tags": ["sources"],
                "summary": "The authority's source systems, with the staleness of each",
                "operationId": "listSources",
                "security": _BEARER,
                "responses": {
                    "200": {
                        "description": "By code.",
                        "content": _json(
                            {
                                "type": "object",
                                "required": ["sources"],
                                "properties": {"sources": {"type": "array", "items": _SOURCE}},
                            }
                        ),
                    }
                },
            }
        },
        "/api/v1/sources/{code}": {
            "parameters": [_CODE],
            "get": {
                "tags": ["sources"],
                "summary": "One source system",
                "operationId": "readSource",
                "security": _BEARER,
                "responses": {"200": {"description": "The source.", "content": _json(_SOURCE)}},
            },
            "put": {
                "tags": ["sources"],
                "summary": "Register a source system, or describe it anew",
                "operationId": "putSource",
                "security": _BEARER,
                "requestBody": {
                    "required": True,
                    "content": _json(
                        {
                            "type": "object",
                            "required": ["name", "department", "expected_every_hours"],
                            "additionalProperties": False,
                            "properties": {**_DESCRIPTION, "system": {"type": "string"}},
                        }
                    ),
                },
                "responses": {
                    "200": {"description": "Described anew.", "content": _json(_SOURCE)},
                    "201": {"description": "Registered.", "content": _json(_SOURCE)},
                },
            },
            "delete": {
                "tags": ["sources"],
                "summary": "Take a source off the list; its open discrepancies stay",
                "operationId": "deleteSource",
                "security": _BEARER,
                "responses": {"204": {"description": "Taken off."}},
            },
        },
        "/api/v1/sources/{code}/observations": {
            "parameters": [_CODE],
            "post": {
                "tags": ["sources"],
                "summary": "Deliver what the source says of licences; safe to repeat",
                "description": "Equal values confirm a licence. Others open a discrepancy, or change the licence where "
                "the source is authoritative and registered with `applies`. Rows that cannot be compared are named.",
                "operationId": "createObservations",
                "security": _BEARER,
                "requestBody": {
                    "required": True,
                    "content": _json(
                        {
                            "type": "object",
                            "required": ["observations"],
                            "additionalProperties": False,
                            "properties": {
                                "observations": {
                                    "type": "array",
                                    "minItems": 1,
                                    "maxItems": MAX_ROWS,
                                    "items": {
                                        "type": "object",
                                        "required": ["fields"],
                                        "oneOf": [
                                            {"required": ["identifier"]},
                                            {"required": ["type", "licence_number"]},
                                        ],
                                        "additionalProperties": False,
                                        "properties": {
                                            "identifier": {"type": "string"},
                                            "type": {"type": "string"},
                                            "licence_number": {"type": "string"},
                                            "fields": {
                                                "type": "object",
                                                "minProperties": 1,
                                                "description": "The type's own fields by name, and `licence_number`, "
                                                "`valid_from`, `valid_until`, `holder_name` or `holders`.",
                                            },
                                        },
                                    },
                                }
                            },
                        }
                    ),
                },
                "responses": {
                    "200": {
                        "description": "What came of it.",
                        "content": _json({"$ref": "#/components/schemas/Delivery"}),
                    }
                },
            },
        },
    },
    "components": {
        "schemas": {
            "Source": {
                "type": "object",
                "required": ["code", "name", "department", "deliveries", "staleness"],
                "properties": {
                    "code": {"type": "string"},
                    **_DESCRIPTION,
                    "department_name": _TEXT,
                    "deliveries": {
                        "type": "object",
                        "properties": {
                            "count": {"type": "integer"},
                            "last_at": {**_INSTANT, "type": ["string", "null"]},
                            "last_rows": {"type": "integer"},
                            "age_seconds": {"type": ["integer", "null"]},
                            "timeliness": {"enum": [one.value for one in Timeliness]},
                        },
                    },
                    "staleness": {
                        "type": ["object", "null"],
                        "description": "How much of what it covers it has confirmed within its interval.",
                        "properties": {
                            "licences": {"type": "integer"},
                            "confirmed": {"type": "integer"},
                            "share": {"type": ["number", "null"], "minimum": 0, "maximum": 1},
                            "measured_at": _INSTANT,
                        },
                    },
                },
            },
            "Delivery": {
                "type": "object",
                "required": ["rows", "confirmed", "applied", "ended", "discrepancies", "errors"],
                "properties": {
                    "rows": {"type": "integer"},
                    "confirmed": {"type": "integer"},
                    "applied": {"type": "integer", "description": "Licences that were changed at once."},
                    "ended": {"type": "integer", "description": "No longer in force; not compared."},
                    "discrepancies": {
                        "type": "object",
                        "properties": {
                            **{
                                name: {"type": "integer"}
                                for name in ("opened", "seen", "reopened", "settled", "agreed")
                            },
                            "open": {"type": "array", "items": {"type": "string"}},
                        },
                    },
                    "errors": {"type": "array", "items": {"type": "object"}},
                },
            },
        }
    },
}
"""Merged into ``/openapi.json``."""
