"""OpenAPI 3.1 of the catalogue."""

from __future__ import annotations

from typing import Any, Final

OPENAPI: Final[dict[str, Any]] = {
    "paths": {
        "/api/v1/types": {
            "get": {
                "tags": ["licences"],
                "summary": "The licence types that this authority may issue, each with an example to post",
                "operationId": "listTypes",
                "security": [{"bearer": []}],
                "responses": {
                    "200": {
                        "description": "The types.",
                        "content": {
                            "application/json": {
                                "schema": {
                                    "type": "object",
                                    "properties": {
                                        "types": {
                                            "type": "array",
                                            "items": {"$ref": "#/components/schemas/LicenceType"},
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
            "LicenceType": {
                "type": "object",
                "required": ["code", "vct", "name", "fields", "example"],
                "properties": {
                    "code": {"type": "string"},
                    "version": {"type": "string"},
                    "vct": {"type": "string"},
                    "name": {"$ref": "#/components/schemas/Text"},
                    "fields": {"type": "array", "items": {"type": "object"}},
                    "example": {"$ref": "#/components/schemas/NewLicence"},
                },
            }
        }
    },
}
"""Merged into ``/openapi.json``."""
