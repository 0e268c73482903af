"""What decisions and records look like to other systems."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from verifier.acceptance.reasons import REASONS

_TEXT: Final = {"$ref": "#/components/schemas/Text"}
_RECORD: Final = {
    "content": {"application/json": {"schema": {"$ref": "#/components/schemas/AcceptanceRecord"}}}
}

OPENAPI: Final[Mapping[str, Any]] = {
    "paths": {
        "/api/v1/presentations/{id}/decision": {
            "post": {
                "operationId": "decide",
                "tags": ["acceptance"],
                "summary": "Accept, refuse or ask for a supplement. Only a report that PASSED can be accepted.",
                "security": [{"bearer": []}],
                "parameters": [{"name": "id", "in": "path", "required": True, "schema": {"type": "string"}}],
                "requestBody": {
                    "required": True,
                    "content": {"application/json": {"schema": {"$ref": "#/components/schemas/Decision"}}},
                },
                "responses": {"201": {"description": "The acceptance record.", **_RECORD}},
            }
        },
        "/api/v1/records/{id}/export": {
            "get": {
                "operationId": "exportRecord",
                "tags": ["acceptance"],
                "summary": "One of the department's own records as a file that proves itself; `elicence verify` checks it.",
                "security": [{"bearer": []}],
                "parameters": [{"name": "id", "in": "path", "required": True, "schema": {"type": "string"}}],
                "responses": {
                    "200": {
                        "description": "Body, what was shown, the department's seal, and the lists of that day.",
                        "content": {"application/json": {"schema": {"type": "object"}}},
                    }
                },
            }
        },
        "/api/v1/records/{id}": {
            "get": {
                "operationId": "readRecord",
                "tags": ["acceptance"],
                "summary": "One of the department's own acceptance records, with what was shown.",
                "security": [{"bearer": []}],
                "parameters": [{"name": "id", "in": "path", "required": True, "schema": {"type": "string"}}],
                "responses": {"200": {"description": "The record.", **_RECORD}},
            }
        },
    },
    "components": {
        "schemas": {
            "Decision": {
                "type": "object",
                "required": ["decision"],
                "additionalProperties": False,
                "properties": {
                    "decision": {"enum": ["accept", "accept-provisionally", "refuse", "supplement"]},
                    "reason": {"enum": list(REASONS), "description": "Needed unless accepted."},
                    "note": {"type": "string", "maxLength": 500},
                },
            },
            "AcceptanceRecord": {
                "type": "object",
                "required": ["id", "sequence", "previous", "hash", "decision", "decided_at", "decided_by"],
                "properties": {
                    "id": {"type": "string"},
                    "department": {"type": "string"},
                    "sequence": {"type": "integer", "minimum": 1},
                    "previous": {
                        "type": "string",
                        "description": "Hash of the record before, in hexadecimal.",
                    },
                    "hash": {"type": "string"},
                    "presentation": {"type": "string"},
                    "service_item": {"type": ["string", "null"]},
                    "asked": {"type": "object"},
                    "report": {"type": ["object", "null"]},
                    "lists": {"type": "array", "items": {"type": "object"}},
                    "decision": {"enum": ["accept", "accept-provisionally", "refuse", "supplement"]},
                    "reason": {"type": ["string", "null"]},
                    "reason_text": {"anyOf": [_TEXT, {"type": "null"}]},
                    "decided_by": {"type": "object"},
                    "decided_at": {"type": "string", "format": "date-time"},
                    "shown_digest": {"type": "string"},
                    "claims": {"type": "object"},
                    "shown_by": {
                        "type": "object",
                        "description": "Query id → who showed each licence for its holder; absent when nobody did.",
                    },
                },
            },
        }
    },
    "tags": [{"name": "acceptance", "description": "Decisions and their records."}],
}
