"""``/api/v1/requests`` in the OpenAPI document."""

from __future__ import annotations

from typing import Any, Final

from standards.legal_basis import BasisKind

_TEXT: Final = {"$ref": "#/components/schemas/Text"}
_STRING: Final = {"type": "string"}
_ID: Final = {"name": "id", "in": "path", "required": True, "schema": _STRING}
_VIEW: Final = {"application/json": {"schema": {"$ref": "#/components/schemas/Request"}}}
_ANSWER: Final = {"application/json": {"schema": {"$ref": "#/components/schemas/Answer"}}}
_SECURITY: Final[list[dict[str, list[str]]]] = [{"session": []}]

OPENAPI: Final[dict[str, Any]] = {
    "paths": {
        "/api/v1/requests": {
            "post": {
                "operationId": "readRequest",
                "summary": "Read a presentation request (OpenID4VP 1.0) and see what it asks for",
                "description": (
                    "Fetches the signed request, verifies it and its signer against the trust lists. Problems: "
                    "request-rejected, verifier-not-trusted, request-gone, verifier-unreachable, request-unanswerable."
                ),
                "tags": ["requests"],
                "security": _SECURITY,
                "requestBody": {
                    "required": True,
                    "content": {
                        "application/json": {
                            "schema": {
                                "type": "object",
                                "required": ["uri"],
                                "properties": {
                                    "uri": {
                                        "type": "string",
                                        "description": "openid4vp://… or this wallet's own request link.",
                                    }
                                },
                            }
                        }
                    },
                },
                "responses": {"201": {"description": "The consent view.", "content": _VIEW}},
            }
        },
        "/api/v1/requests/{id}": {
            "get": {
                "operationId": "showRequest",
                "summary": "The consent view while the request waits, its end afterwards",
                "tags": ["requests"],
                "security": _SECURITY,
                "parameters": [_ID],
                "responses": {"200": {"description": "The request.", "content": _VIEW}},
            }
        },
        "/api/v1/requests/{id}/consent": {
            "post": {
                "operationId": "consent",
                "summary": "Show what was selected, once",
                "description": (
                    "Without a selection the least that answers the request is shown. A second call is refused with "
                    "request-decided and sends nothing. presentation-not-delivered: the verifier did not confirm."
                ),
                "tags": ["requests"],
                "security": _SECURITY,
                "parameters": [_ID],
                "requestBody": {
                    "required": False,
                    "content": {"application/json": {"schema": {"$ref": "#/components/schemas/Decision"}}},
                },
                "responses": {"200": {"description": "The verifier has it.", "content": _ANSWER}},
            }
        },
        "/api/v1/requests/{id}/refuse": {
            "post": {
                "operationId": "refuse",
                "summary": "Say no; the verifier gets access_denied",
                "tags": ["requests"],
                "security": _SECURITY,
                "parameters": [_ID],
                "responses": {"200": {"description": "Refused.", "content": _ANSWER}},
            }
        },
    },
    "components": {
        "schemas": {
            "Answer": {
                "type": "object",
                "required": ["id", "state", "redirect_uri"],
                "properties": {
                    "id": _STRING,
                    "state": {"type": "string", "enum": ["sent", "refused"]},
                    "redirect_uri": {
                        "type": ["string", "null"],
                        "description": "Where the verifier wants a browser on the same device to return to.",
                    },
                },
            },
            "Basis": {
                "type": "object",
                "required": ["kind"],
                "properties": {
                    "kind": {"type": "string", "enum": [kind.value for kind in BasisKind]},
                    "law": _TEXT,
                },
            },
            "Decision": {
                "type": "object",
                "properties": {
                    "selection": {
                        "type": "object",
                        "description": "Query id → credential id, from the consent view.",
                        "additionalProperties": _STRING,
                    },
                    "optional": {
                        "type": "object",
                        "description": "Query id → names of optional fields to show besides.",
                        "additionalProperties": {"type": "array", "items": _STRING},
                    },
                    "sensitive": {
                        "type": "boolean",
                        "description": (
                            "Whether the person agreed to sensitive data separately; false is refused where there are "
                            "any. A program that leaves it out has asked in its own way."
                        ),
                    },
                    "seen": {
                        "type": "string",
                        "description": "`seen` of the consent view: refused with consent-changed when it differs.",
                    },
                },
            },
            "Option": {
                "type": "object",
                "required": [
                    "credential_id",
                    "type",
                    "issuer",
                    "holder_name",
                    "state",
                    "shown",
                    "optional",
                    "sensitive",
                    "withheld",
                ],
                "properties": {
                    "credential_id": _STRING,
                    "type": _TEXT,
                    "issuer": _TEXT,
                    "holder_name": _STRING,
                    "state": _STRING,
                    "shown": {"type": "array", "items": {"$ref": "#/components/schemas/Field"}},
                    "optional": {
                        "type": "array",
                        "description": "Shown only where the decision names them.",
                        "items": {"$ref": "#/components/schemas/Field"},
                    },
                    "sensitive": {"type": "boolean", "description": "Sensitive personal data may be shown."},
                    "withheld": {
                        "type": "array",
                        "items": {"type": "object", "properties": {"name": _STRING, "label": _TEXT}},
                    },
                },
            },
            "Request": {
                "type": "object",
                "required": ["id", "state", "expires_at"],
                "properties": {
                    "id": _STRING,
                    "state": {
                        "type": "string",
                        "enum": ["waiting", "sending", "sent", "unsent", "refused", "expired"],
                    },
                    "expires_at": {"type": "string", "format": "date-time"},
                    "redirect_uri": {"type": ["string", "null"]},
                    "reason": {"oneOf": [_TEXT, {"type": "null"}]},
                    "verifier": {
                        "type": "object",
                        "description": "From the verifier's certificate and the trust list.",
                        "required": ["client_id", "name", "region", "uscc", "verified"],
                        "properties": {
                            "client_id": _STRING,
                            "name": _TEXT,
                            "region": _TEXT,
                            "uscc": _STRING,
                            "verified": {"type": "boolean", "const": True},
                            "registered": {"type": "boolean"},
                        },
                    },
                    "item": {
                        "oneOf": [
                            {"type": "null"},
                            {
                                "type": "object",
                                "required": ["code", "name", "purpose", "registered"],
                                "properties": {
                                    "code": _STRING,
                                    "name": _TEXT,
                                    "purpose": {"oneOf": [_TEXT, {"type": "null"}]},
                                    "registered": {"type": "boolean"},
                                    "basis": {
                                        "oneOf": [
                                            {"$ref": "#/components/schemas/Basis"},
                                            {"type": "null"},
                                        ]
                                    },
                                    "retention": {"oneOf": [_TEXT, {"type": "null"}]},
                                },
                            },
                        ]
                    },
                    "seen": {"type": "string", "description": "Names what this view shows."},
                    "satisfied": {
                        "type": "boolean",
                        "description": "Whether the wallet holds all that is required.",
                    },
                    "choices": {
                        "type": "array",
                        "items": {
                            "type": "object",
                            "required": ["required", "alternatives", "missing"],
                            "properties": {
                                "required": {"type": "boolean"},
                                "alternatives": {
                                    "type": "array",
                                    "description": "Query ids, together one way to meet the need.",
                                    "items": {"type": "array", "items": _STRING},
                                },
                                "missing": {"type": "array", "items": _TEXT},
                            },
                        },
                    },
                    "queries": {
                        "type": "object",
                        "additionalProperties": {
                            "type": "object",
                            "required": ["wanted", "options"],
                            "properties": {
                                "wanted": _TEXT,
                                "options": {
                                    "type": "array",
                                    "items": {"$ref": "#/components/schemas/Option"},
                                },
                            },
                        },
                    },
                    "selection": {
                        "type": "object",
                        "description": "What a consent without selection would show.",
                        "additionalProperties": _STRING,
                    },
                },
            },
        }
    },
    "tags": [{"name": "requests", "description": "Showing licences."}],
}
