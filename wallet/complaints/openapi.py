"""``/api/v1/complaints`` in the OpenAPI document."""

from __future__ import annotations

from typing import Any, Final

from standards.complaints import Cause, Finding
from wallet.complaints.complaint import STATES

_STRING: Final = {"type": "string"}
_COMPLAINT: Final = {"application/json": {"schema": {"$ref": "#/components/schemas/Complaint"}}}
_SECURITY: Final[list[dict[str, list[str]]]] = [{"session": []}]

OPENAPI: Final[dict[str, Any]] = {
    "paths": {
        "/api/v1/complaints": {
            "get": {
                "operationId": "listComplaints",
                "summary": "The complaints of the holder, newest first",
                "tags": ["log"],
                "security": _SECURITY,
                "responses": {
                    "200": {
                        "description": "At most a hundred.",
                        "content": {
                            "application/json": {
                                "schema": {
                                    "type": "object",
                                    "required": ["complaints"],
                                    "properties": {
                                        "complaints": {
                                            "type": "array",
                                            "items": {"$ref": "#/components/schemas/Complaint"},
                                        }
                                    },
                                }
                            }
                        },
                    }
                },
            },
            "post": {
                "operationId": "complain",
                "summary": "Complain about a line of the log; a repeat answers with the complaint there is",
                "tags": ["log"],
                "security": _SECURITY,
                "requestBody": {
                    "required": True,
                    "content": {
                        "application/json": {
                            "schema": {
                                "type": "object",
                                "required": ["use", "cause"],
                                "properties": {
                                    "use": {"type": "string", "description": "Id of the line."},
                                    "cause": {"type": "string", "enum": [cause.value for cause in Cause]},
                                    "words": _STRING,
                                    "contact": _STRING,
                                },
                            }
                        }
                    },
                },
                "responses": {
                    "201": {"description": "Kept, and sent if the desk answers.", "content": _COMPLAINT}
                },
            },
        }
    },
    "components": {
        "schemas": {
            "Complaint": {
                "type": "object",
                "required": [
                    "id",
                    "use",
                    "number",
                    "state",
                    "cause",
                    "words",
                    "party",
                    "filed_at",
                    "standing",
                ],
                "properties": {
                    "id": _STRING,
                    "use": {"type": "string", "description": "Id of the line of the log."},
                    "number": {"type": "string", "description": "Receipt number."},
                    "state": {"type": "string", "enum": list(STATES)},
                    "cause": {"type": "string", "enum": [cause.value for cause in Cause]},
                    "words": _STRING,
                    "party": {"$ref": "#/components/schemas/Text"},
                    "filed_at": {"type": "string", "format": "date-time"},
                    "standing": {
                        "description": "What the desk told last; null before it took the complaint.",
                        "oneOf": [
                            {"type": "null"},
                            {
                                "type": "object",
                                "required": ["id", "state", "received_at", "answer_by", "answer"],
                                "properties": {
                                    "id": _STRING,
                                    "state": _STRING,
                                    "received_at": {"type": "string", "format": "date-time"},
                                    "answer_by": {"type": "string", "format": "date-time"},
                                    "finding": {"type": "string", "enum": [one.value for one in Finding]},
                                    "answer": _STRING,
                                    "answered_at": {"type": "string", "format": "date-time"},
                                },
                            },
                        ],
                    },
                },
            }
        }
    },
}
