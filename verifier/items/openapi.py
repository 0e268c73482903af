"""What the service items look like to other systems."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from standards.legal_basis import BasisKind

_TEXT: Final = {"$ref": "#/components/schemas/Text"}
_STRINGS: Final = {"type": "array", "items": {"type": "string"}}

OPENAPI: Final[Mapping[str, Any]] = {
    "paths": {
        "/api/v1/service-items": {
            "get": {
                "operationId": "listServiceItems",
                "tags": ["service items"],
                "summary": "The service items that the calling department handles.",
                "security": [{"bearer": []}],
                "responses": {
                    "200": {
                        "description": "The items.",
                        "content": {
                            "application/json": {
                                "schema": {
                                    "type": "object",
                                    "required": ["service_items"],
                                    "properties": {
                                        "service_items": {
                                            "type": "array",
                                            "items": {"$ref": "#/components/schemas/ServiceItem"},
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
            "ServiceItem": {
                "type": "object",
                "required": [
                    "code",
                    "name",
                    "purpose",
                    "legal_basis",
                    "level",
                    "materials",
                    "conditions",
                    "dcql_query",
                ],
                "properties": {
                    "code": {"type": "string", "examples": ["food-business-licence"]},
                    "name": _TEXT,
                    "purpose": _TEXT,
                    "basis": {"enum": [kind.value for kind in BasisKind]},
                    "legal_basis": _TEXT,
                    "retention": _TEXT,
                    "level": {"enum": ["province", "city", "county"]},
                    "paper_baseline": {
                        "type": "integer",
                        "description": "Paper documents that were asked for before.",
                    },
                    "materials": {"type": "array", "items": {"$ref": "#/components/schemas/Material"}},
                    "conditions": {
                        "type": "array",
                        "items": {
                            "type": "object",
                            "required": ["id", "label"],
                            "properties": {"id": {"type": "string"}, "label": _TEXT},
                        },
                    },
                    "dcql_query": {
                        "type": "object",
                        "description": "OpenID4VP 1.0 section 6: asks for the minimum.",
                    },
                },
            },
            "Material": {
                "type": "object",
                "required": ["id", "name", "of", "required", "accepts"],
                "properties": {
                    "id": {"type": "string"},
                    "name": _TEXT,
                    "of": {"enum": ["applicant", "spouse", "child", "company", "property", "vehicle"]},
                    "required": {"type": "boolean"},
                    "accepts": {
                        "type": "array",
                        "description": "Any one of these licences satisfies the material.",
                        "items": {
                            "type": "object",
                            "properties": {
                                "query": {"type": "string"},
                                "type": {"type": "string"},
                                "name": _TEXT,
                                "vct": {"type": "string"},
                                "claims": _STRINGS,
                                "claims_if_present": _STRINGS,
                                "optional": _STRINGS,
                            },
                        },
                    },
                },
            },
        }
    },
    "tags": [{"name": "service items", "description": "What a department handles, and what it asks for."}],
}
