"""What the service items look like to other systems."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from standards.legal_basis import BasisKind
from verifier.items.service_item import FieldInput, RegionLevel, Stage, Subject

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
                    "level": {"enum": [level.value for level in RegionLevel]},
                    "version": {"type": "integer", "minimum": 1},
                    "effective_from": {"type": "string", "format": "date"},
                    "effective_until": {"type": ["string", "null"], "format": "date"},
                    "region": {"type": "string", "description": "Prefix of divisions; empty: everywhere."},
                    "stages": {"type": "array", "items": {"enum": [stage.value for stage in Stage]}},
                    "visits_allowed": {"type": "integer", "minimum": 0},
                    "delivery": {"type": "boolean"},
                    "own_forms": {"type": "integer", "minimum": 0},
                    "paper_baseline": {
                        "type": "integer",
                        "description": "Paper documents that were asked for before.",
                    },
                    "form": {"type": "array", "items": {"$ref": "#/components/schemas/FormField"}},
                    "offline": {
                        "type": "object",
                        "description": "What it accepts from a window that is cut off.",
                        "properties": {
                            "trust_max_age_hours": {"type": "integer", "minimum": 0},
                            "status_max_age_hours": {"type": "integer", "minimum": 0},
                            "unredeemed": {"type": "boolean"},
                        },
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
            "FormField": {
                "type": "object",
                "required": ["id", "label", "kind", "required", "sources"],
                "properties": {
                    "id": {"type": "string"},
                    "label": _TEXT,
                    "kind": {"enum": [kind.value for kind in FieldInput]},
                    "required": {"type": "boolean"},
                    "sources": {
                        "type": "array",
                        "items": {
                            "type": "object",
                            "properties": {"query": {"type": "string"}, "claim": {"type": "string"}},
                        },
                    },
                },
            },
            "Material": {
                "type": "object",
                "required": ["id", "name", "of", "required", "accepts"],
                "properties": {
                    "id": {"type": "string"},
                    "name": _TEXT,
                    "of": {"enum": [subject.value for subject in Subject]},
                    "required": {"type": "boolean"},
                    "paper_baseline": {"type": "integer", "minimum": 0},
                    "supplement_days": {
                        "type": ["integer", "null"],
                        "description": "Working days within which it may follow.",
                    },
                    "options": {
                        "type": "array",
                        "description": "Query ids that satisfy it together; any one of these sets does.",
                        "items": _STRINGS,
                    },
                    "accepts": {
                        "type": "array",
                        "description": "The licences that help to satisfy the material; how, `options` says.",
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
