"""``/api/v1/log`` in the OpenAPI document."""

from __future__ import annotations

from typing import Any, Final

from wallet.history.entry import EntryKind

_TEXT: Final = {"$ref": "#/components/schemas/Text"}
_OPTIONAL_TEXT: Final = {"oneOf": [_TEXT, {"type": "null"}]}
_KIND: Final = {"type": "string", "enum": [kind.value for kind in EntryKind]}
_INSTANT: Final = {"type": "string", "format": "date-time"}

OPENAPI: Final[dict[str, Any]] = {
    "paths": {
        "/api/v1/log": {
            "get": {
                "operationId": "showLog",
                "summary": "What was received, shown and refused, newest first",
                "tags": ["log"],
                "security": [{"session": []}],
                "responses": {
                    "200": {
                        "description": "The newest uses.",
                        "content": {
                            "application/json": {
                                "schema": {
                                    "type": "object",
                                    "required": ["uses"],
                                    "properties": {
                                        "uses": {
                                            "type": "array",
                                            "items": {"$ref": "#/components/schemas/Use"},
                                        }
                                    },
                                }
                            }
                        },
                    }
                },
            }
        }
    },
    "components": {
        "schemas": {
            "Use": {
                "type": "object",
                "required": ["id", "at", "kind", "about", "licences", "seen", "outcome"],
                "properties": {
                    "id": {"type": "string"},
                    "at": _INSTANT,
                    "kind": _KIND,
                    "about": {"type": "string", "description": "Id of the request, offer or licence."},
                    "party": _OPTIONAL_TEXT,
                    "region": _OPTIONAL_TEXT,
                    "item": _OPTIONAL_TEXT,
                    "licences": {"type": "array", "items": _TEXT},
                    "seen": {
                        "type": "array",
                        "items": {
                            "type": "object",
                            "required": ["licence", "label", "value"],
                            "properties": {"licence": _TEXT, "label": _TEXT, "value": {"type": "string"}},
                        },
                    },
                    "reason": _OPTIONAL_TEXT,
                    "outcome": {
                        "description": "How a `sharing` ended; null while that is not known.",
                        "oneOf": [
                            {"type": "null"},
                            {
                                "type": "object",
                                "required": ["kind", "at", "reason"],
                                "properties": {"kind": _KIND, "at": _INSTANT, "reason": _OPTIONAL_TEXT},
                            },
                        ],
                    },
                },
            }
        }
    },
    "tags": [{"name": "log", "description": "The use log; lines are only ever added."}],
}
