"""OpenAPI 3.1 of the licence library."""

from __future__ import annotations

from typing import Any, Final

from issuer.library.event import EventOutcome, Operation
from issuer.library.licence import InspectionResult, LicenceState
from issuer.library.lifecycle import TRANSITIONS
from issuer.library.reason_codes import REASON_CODES

_BEARER: Final[list[dict[str, list[str]]]] = [{"bearer": []}]
_TEXT: Final = {"$ref": "#/components/schemas/Text"}
_DATE: Final = {"type": "string", "format": "date"}
_NULLABLE_DATE: Final = {"type": ["string", "null"], "format": "date"}
_IDENTIFIER: Final = {
    "name": "identifier",
    "in": "path",
    "required": True,
    "description": "Licence identifier (GB/T 36904).",
    "schema": {"type": "string"},
    "example": "1.2.156.3005.2.11100000000013338W001.11110000000021135M.1.001.X",
}


def _json(schema: str) -> dict[str, Any]:
    return {"application/json": {"schema": {"$ref": f"#/components/schemas/{schema}"}}}


_HOLDER: Final = {
    "type": "object",
    "required": ["name", "code_type", "number"],
    "properties": {
        "name": {"type": "string", "maxLength": 100},
        "code_type": {"type": "string", "description": "GB/T 36903 annex A.", "examples": ["111", "001"]},
        "number": {"type": "string"},
    },
}

_INSPECTION: Final = {
    "type": "object",
    "required": ["result"],
    "properties": {"result": {"enum": [result.value for result in InspectionResult]}, "due": _DATE},
}

_NEW_LICENCE: Final = {
    "type": "object",
    "required": ["type", "holders", "fields"],
    "additionalProperties": False,
    "properties": {
        "type": {"type": "string", "description": "Type code or vct, see GET /api/v1/types."},
        "holders": {"type": "array", "minItems": 1, "items": {"$ref": "#/components/schemas/Holder"}},
        "issue_date": {**_DATE, "description": "Today unless given; never in the future."},
        "valid_from": _DATE,
        "valid_until": {
            **_NULLABLE_DATE,
            "description": "null: long-term. Absent: what the type's validity rule says.",
        },
        "division": {"type": "string", "description": "GB/T 2260; the authority's own unless given."},
        "licence_number": {"type": "string", "description": "Assigned by the coding rule unless given."},
        "serial": {"type": "string", "pattern": "^[0-9A-Z]{1,64}$", "description": "Assigned unless given."},
        "fields": {"type": "object", "description": "The type's own fields by name."},
        "inspection": {"$ref": "#/components/schemas/Inspection"},
    },
}

_EVENT: Final = {
    "type": "object",
    "properties": {
        "event": {"type": "integer"},
        "operation": {"enum": [operation.value for operation in Operation]},
        "state": {"enum": [outcome.value for outcome in EventOutcome]},
        "reason": {"type": "string"},
        "reason_code": {"type": ["string", "null"]},
        "part_of": {
            "type": ["string", "null"],
            "description": "Id of the bulk operation, if it was part of one.",
        },
        "reason_label": {"anyOf": [_TEXT, {"type": "null"}]},
        "at": {"type": "string", "format": "date-time"},
        "proposer": {"type": "string"},
        "approver": {"type": ["string", "null"]},
        "system": {"type": ["string", "null"]},
        "answers": {"type": ["integer", "null"], "description": "The proposal that this event decides."},
    },
}

_LICENCE: Final = {
    "type": "object",
    "properties": {
        "identifier": {"type": "string"},
        "version": {"type": "integer"},
        "type": {
            "type": "object",
            "properties": {"code": {"type": "string"}, "vct": {"type": "string"}, "name": _TEXT},
        },
        "licence_number": {"type": "string"},
        "issuing_authority": {
            "type": "object",
            "properties": {"code": {"type": "string"}, "name": {"type": "string"}},
        },
        "division": {"type": "string"},
        "holders": {"type": "array", "items": {"$ref": "#/components/schemas/Holder"}},
        "issue_date": _DATE,
        "valid_from": _NULLABLE_DATE,
        "valid_until": _NULLABLE_DATE,
        "fields": {"type": "object"},
        "state": {"enum": [state.value for state in LicenceState]},
        "state_label": _TEXT,
        "inspection": {"type": ["object", "null"]},
        "supersedes": {"type": ["string", "null"]},
        "superseded_by": {"type": ["string", "null"]},
        "proposal": {"type": ["object", "null"]},
        "events": {"type": "array", "items": {"$ref": "#/components/schemas/LicenceEvent"}},
        "recorded_at": {"type": "string", "format": "date-time"},
        "revision": {"type": "integer"},
    },
}

_CHANGE_REQUEST: Final = {
    "type": "object",
    "required": ["operation", "reason"],
    "additionalProperties": False,
    "properties": {
        "operation": {"enum": [operation.value for operation in TRANSITIONS]},
        "reason": {"type": "string", "maxLength": 500},
        "reason_code": {
            "type": "string",
            "description": "The ground, from the closed list of the operation: "
            + "; ".join(f"{operation}: {', '.join(REASON_CODES[operation])}" for operation in TRANSITIONS),
        },
        "approval": {
            "type": "object",
            "description": "Two different persons; needed by operations that take rights away, and by a new version "
            "in which a holder is missing, the last day is earlier, or the first day is later.",
            "required": ["proposer"],
            "properties": {"proposer": {"type": "string"}, "approver": {"type": "string"}},
        },
        "changes": {
            "type": "object",
            "description": "For extend, change, replace and transfer_in: the new holders, valid_from, valid_until, "
            "licence_number and fields; a field that is null is taken away.",
        },
        "inspection": {"$ref": "#/components/schemas/Inspection"},
    },
}

_CHANGE: Final = {
    "allOf": [
        {"$ref": "#/components/schemas/LicenceEvent"},
        {
            "type": "object",
            "properties": {
                "licence": {"$ref": "#/components/schemas/Licence"},
                "successor": {"$ref": "#/components/schemas/Licence"},
            },
        },
    ]
}

_DECISION: Final = {
    "type": "object",
    "required": ["decision", "approver"],
    "additionalProperties": False,
    "properties": {
        "decision": {"enum": ["approve", "refuse"]},
        "approver": {"type": "string"},
        "reason": {"type": "string"},
    },
}

OPENAPI: Final[dict[str, Any]] = {
    "tags": [{"name": "licences", "description": "证照库 · the licence library"}],
    "paths": {
        "/api/v1/licences": {
            "post": {
                "tags": ["licences"],
                "summary": "Enter a licence",
                "operationId": "createLicence",
                "security": _BEARER,
                "parameters": [
                    {
                        "name": "Idempotency-Key",
                        "in": "header",
                        "description": "Makes a repeat safe: the same key and content answer the same licence.",
                        "schema": {"type": "string", "maxLength": 128},
                    }
                ],
                "requestBody": {"required": True, "content": _json("NewLicence")},
                "responses": {
                    "201": {"description": "Entered.", "content": _json("Licence")},
                    "200": {"description": "A repeat: what was entered before.", "content": _json("Licence")},
                },
            }
        },
        "/api/v1/licences/{identifier}": {
            "get": {
                "tags": ["licences"],
                "summary": "Read a licence version",
                "operationId": "readLicence",
                "security": _BEARER,
                "parameters": [_IDENTIFIER],
                "responses": {"200": {"description": "The licence.", "content": _json("Licence")}},
            }
        },
        "/api/v1/licences/{identifier}/events": {
            "post": {
                "tags": ["licences"],
                "summary": "Carry out or propose an operation",
                "operationId": "createLicenceEvent",
                "security": _BEARER,
                "parameters": [_IDENTIFIER],
                "requestBody": {"required": True, "content": _json("LicenceChangeRequest")},
                "responses": {
                    "201": {"description": "Done.", "content": _json("LicenceChange")},
                    "202": {
                        "description": "Proposed; waits for a second person.",
                        "content": _json("LicenceChange"),
                    },
                },
            }
        },
        "/api/v1/licences/{identifier}/events/{event}/decision": {
            "post": {
                "tags": ["licences"],
                "summary": "Approve or refuse a proposed operation",
                "operationId": "decideLicenceEvent",
                "security": _BEARER,
                "parameters": [
                    _IDENTIFIER,
                    {"name": "event", "in": "path", "required": True, "schema": {"type": "integer"}},
                ],
                "requestBody": {"required": True, "content": _json("LicenceDecision")},
                "responses": {"201": {"description": "Decided.", "content": _json("LicenceChange")}},
            }
        },
    },
    "components": {
        "schemas": {
            "Holder": _HOLDER,
            "Inspection": _INSPECTION,
            "NewLicence": _NEW_LICENCE,
            "Licence": _LICENCE,
            "LicenceEvent": _EVENT,
            "LicenceChangeRequest": _CHANGE_REQUEST,
            "LicenceChange": _CHANGE,
            "LicenceDecision": _DECISION,
        }
    },
}
"""Merged into ``/openapi.json``."""
