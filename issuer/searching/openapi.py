"""OpenAPI 3.1 of searching."""

from __future__ import annotations

from typing import Any, Final

OPENAPI: Final[dict[str, Any]] = {
    "paths": {
        "/api/v1/licences/search": {
            "post": {
                "tags": ["licences"],
                "summary": "Find the licences of one type of one holder; every call is logged",
                "operationId": "searchLicences",
                "security": [{"bearer": []}],
                "requestBody": {
                    "required": True,
                    "content": {
                        "application/json": {
                            "schema": {
                                "type": "object",
                                "required": ["holder_code_type", "holder_number", "type", "cause"],
                                "additionalProperties": False,
                                "properties": {
                                    "holder_code_type": {"type": "string", "examples": ["111"]},
                                    "holder_number": {"type": "string"},
                                    "type": {"type": "string", "description": "Type code or vct."},
                                    "cause": {"type": "string", "minLength": 2, "maxLength": 200},
                                },
                            }
                        }
                    },
                },
                "responses": {
                    "200": {
                        "description": "The calling authority's licences, newest first, all versions.",
                        "content": {
                            "application/json": {
                                "schema": {
                                    "type": "object",
                                    "properties": {
                                        "licences": {
                                            "type": "array",
                                            "items": {"$ref": "#/components/schemas/Licence"},
                                        }
                                    },
                                }
                            }
                        },
                    }
                },
            }
        }
    }
}
"""Merged into ``/openapi.json``."""
