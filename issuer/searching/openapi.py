"""OpenAPI 3.1 of searching."""

from __future__ import annotations

from typing import Any, Final

_CAUSE: Final = {"type": "string", "minLength": 2, "maxLength": 200}


def _asked(**members: dict[str, Any]) -> dict[str, Any]:
    return {
        "type": "object",
        "required": [*members, "cause"],
        "additionalProperties": False,
        "properties": {**members, "cause": _CAUSE},
    }


_BY_HOLDER: Final = _asked(
    holder_code_type={"type": "string", "examples": ["111"]},
    holder_number={"type": "string"},
    type={"type": "string", "description": "Type code or vct."},
)
_BY_NUMBER: Final = _asked(licence_number={"type": "string", "maxLength": 60})
_BY_IDENTIFIER: Final = _asked(identifier={"type": "string", "maxLength": 160})

OPENAPI: Final[dict[str, Any]] = {
    "paths": {
        "/api/v1/licences/search": {
            "post": {
                "tags": ["licences"],
                "summary": "Find licences by holder and type, by printed number or by identifier; every call is logged",
                "operationId": "searchLicences",
                "security": [{"bearer": []}],
                "requestBody": {
                    "required": True,
                    "content": {
                        "application/json": {"schema": {"oneOf": [_BY_HOLDER, _BY_NUMBER, _BY_IDENTIFIER]}}
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
