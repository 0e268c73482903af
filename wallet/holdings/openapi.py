"""``/api/v1/credentials`` in the OpenAPI document."""

from __future__ import annotations

from typing import Any, Final

from wallet.accounts.acting import Capacity
from wallet.holdings.holding import Relation
from wallet.holdings.licence_state import LicenceState

_TEXT: Final = {"$ref": "#/components/schemas/Text"}
_INSTANT: Final = {"type": "string", "format": "date-time"}
_OPTIONAL_INSTANT: Final = {"type": ["string", "null"], "format": "date-time"}

OPENAPI: Final[dict[str, Any]] = {
    "paths": {
        "/api/v1/credentials": {
            "get": {
                "operationId": "listCredentials",
                "summary": "The licences in the wallet, newest first",
                "tags": ["credentials"],
                "security": [{"session": []}],
                "responses": {
                    "200": {
                        "description": "All licences; the copies of one licence are one entry.",
                        "content": {
                            "application/json": {
                                "schema": {
                                    "type": "object",
                                    "required": ["credentials"],
                                    "properties": {
                                        "credentials": {
                                            "type": "array",
                                            "items": {"$ref": "#/components/schemas/Credential"},
                                        }
                                    },
                                }
                            }
                        },
                    }
                },
            }
        },
        "/api/v1/credentials/{id}": {
            "get": {
                "operationId": "showCredential",
                "summary": "One licence",
                "tags": ["credentials"],
                "security": [{"session": []}],
                "parameters": [
                    {"name": "id", "in": "path", "required": True, "schema": {"type": "string"}},
                ],
                "responses": {
                    "200": {
                        "description": "The licence.",
                        "content": {
                            "application/json": {"schema": {"$ref": "#/components/schemas/Credential"}}
                        },
                    }
                },
            }
        },
    },
    "components": {
        "schemas": {
            "Field": {
                "type": "object",
                "required": ["name", "label", "value", "masked", "sensitive"],
                "properties": {
                    "name": {"type": "string", "description": "Name of the claim."},
                    "label": _TEXT,
                    "value": _TEXT,
                    "masked": {
                        "type": ["string", "null"],
                        "description": "The value with most of it hidden.",
                    },
                    "sensitive": {"type": "boolean", "description": "Sensitive personal data."},
                    "image": {
                        "type": ["string", "null"],
                        "description": "data: URI of the picture that the value is, such as a portrait.",
                    },
                    "printed": {"type": "boolean", "description": "Whether it stands on the licence's face."},
                },
            },
            "Credential": {
                "type": "object",
                "required": [
                    "id",
                    "vct",
                    "type",
                    "issuer",
                    "holder",
                    "state",
                    "received_at",
                    "fields",
                    "claims",
                ],
                "properties": {
                    "id": {"type": "string"},
                    "vct": {"type": "string"},
                    "type": _TEXT,
                    "issuer": {
                        "type": "object",
                        "required": ["identifier", "name"],
                        "properties": {"identifier": {"type": "string", "format": "uri"}, "name": _TEXT},
                    },
                    "holder": {
                        "type": "object",
                        "required": ["name", "relation", "acting"],
                        "properties": {
                            "name": {"type": "string"},
                            "relation": {"type": "string", "enum": [one.value for one in Relation]},
                            "acting": {
                                "type": "string",
                                "enum": [one.value for one in Capacity],
                                "description": "As what the signed-in person has it at hand.",
                            },
                        },
                    },
                    "state": {"type": "string", "enum": [one.value for one in LicenceState]},
                    "state_text": _TEXT,
                    "state_reason": {
                        "anyOf": [_TEXT, {"type": "null"}],
                        "description": "What the issuer told this holder of it: why it was suspended or has ended.",
                    },
                    "refreshed_at": {
                        **_OPTIONAL_INSTANT,
                        "description": "When copies last came by themselves.",
                    },
                    "refreshes_itself": {
                        "type": "boolean",
                        "description": "Whether new versions and further copies come without a visit.",
                    },
                    "earlier_versions": {
                        "type": "array",
                        "description": "Versions that another took the place of, newest first.",
                        "items": {
                            "type": "object",
                            "required": ["identifier", "until", "changes"],
                            "properties": {
                                "identifier": {"type": "string"},
                                "until": _INSTANT,
                                "changes": {
                                    "type": "array",
                                    "items": {
                                        "type": "object",
                                        "required": ["label", "before", "after"],
                                        "properties": {
                                            "label": _TEXT,
                                            "before": {"anyOf": [_TEXT, {"type": "null"}]},
                                            "after": {"anyOf": [_TEXT, {"type": "null"}]},
                                        },
                                    },
                                },
                            },
                        },
                    },
                    "state_as_of": {
                        **_OPTIONAL_INSTANT,
                        "description": "When the issuer published the status; null when dates decided.",
                    },
                    "received_at": _INSTANT,
                    "removed_at": _OPTIONAL_INSTANT,
                    "expires_at": _OPTIONAL_INSTANT,
                    "copies": {"type": "integer"},
                    "unused_copies": {"type": "integer", "description": "Copies that no verifier has seen."},
                    "fields": {"type": "array", "items": {"$ref": "#/components/schemas/Field"}},
                    "claims": {"type": "object", "description": "The licence's claims by name."},
                },
            },
        }
    },
    "tags": [{"name": "credentials", "description": "Licences in the wallet."}],
}
