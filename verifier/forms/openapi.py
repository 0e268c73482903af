"""What the form of a case looks like to other systems."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

_TEXT: Final = {"$ref": "#/components/schemas/Text"}
_FORM: Final = {
    "200": {
        "description": "Every field with its value, its sources and whether it is locked.",
        "content": {"application/json": {"schema": {"$ref": "#/components/schemas/CaseForm"}}},
    }
}
_ID: Final = [{"name": "id", "in": "path", "required": True, "schema": {"type": "string"}}]

OPENAPI: Final[Mapping[str, Any]] = {
    "paths": {
        "/api/v1/cases/{id}/form": {
            "get": {
                "operationId": "readForm",
                "tags": ["cases"],
                "summary": "The item's one form, filled from the licences of the case.",
                "security": [{"bearer": []}],
                "parameters": _ID,
                "responses": _FORM,
            },
            "put": {
                "operationId": "keepForm",
                "tags": ["cases"],
                "summary": "Replace what was typed in. What a licence says stays as it says.",
                "security": [{"bearer": []}],
                "parameters": _ID,
                "requestBody": {
                    "required": True,
                    "content": {
                        "application/json": {
                            "schema": {
                                "type": "object",
                                "additionalProperties": {"type": "string", "maxLength": 2000},
                            }
                        }
                    },
                },
                "responses": _FORM,
            },
        }
    },
    "components": {
        "schemas": {
            "CaseForm": {
                "type": "object",
                "required": ["complete", "from_licences", "fields"],
                "properties": {
                    "complete": {"type": "boolean"},
                    "from_licences": {"type": "integer", "minimum": 0},
                    "fields": {
                        "type": "array",
                        "items": {
                            "type": "object",
                            "required": ["id", "label", "kind", "required", "value", "locked", "conflict"],
                            "properties": {
                                "id": {"type": "string"},
                                "label": _TEXT,
                                "kind": {"enum": ["text", "long_text", "date", "number"]},
                                "required": {"type": "boolean"},
                                "value": {"type": "string"},
                                "locked": {"type": "boolean"},
                                "conflict": {"type": "boolean"},
                                "sources": {
                                    "type": "array",
                                    "items": {
                                        "type": "object",
                                        "properties": {
                                            "query": {"type": "string"},
                                            "claim": {"type": "string"},
                                            "licence": _TEXT,
                                            "material": _TEXT,
                                            "value": {"type": "string"},
                                        },
                                    },
                                },
                            },
                        },
                    },
                },
            }
        }
    },
}
