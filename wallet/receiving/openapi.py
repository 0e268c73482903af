"""``/api/v1/offers`` in the OpenAPI document."""

from __future__ import annotations

from typing import Any, Final

_RECEIVED: Final = {"application/json": {"schema": {"$ref": "#/components/schemas/ReceivedOffer"}}}

OPENAPI: Final[dict[str, Any]] = {
    "paths": {
        "/api/v1/offers": {
            "post": {
                "operationId": "receiveOffer",
                "summary": "Receive the licences of an offer (OpenID4VCI 1.0)",
                "description": (
                    "Fetches the licences, checks them (issuer, path, trust list, key, holder) and keeps all or none. "
                    "A repeat after a lost answer is safe. Problems: tx-code-required, tx-code-wrong, offer-gone, "
                    "offer-busy, issuer-not-trusted, another-persons-licence, not-represented, credential-rejected, issuer-unreachable."
                ),
                "tags": ["offers"],
                "security": [{"session": []}],
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
                                        "description": "openid-credential-offer://… or this wallet's own offer link.",
                                    },
                                    "tx_code": {
                                        "type": "string",
                                        "description": "Where the offer asks for one.",
                                    },
                                },
                            }
                        }
                    },
                },
                "responses": {
                    "201": {"description": "Received.", "content": _RECEIVED},
                    "200": {"description": "An earlier call received it already.", "content": _RECEIVED},
                    "202": {"description": "The issuer delivers part of it later.", "content": _RECEIVED},
                },
            }
        }
    },
    "components": {
        "schemas": {
            "ReceivedOffer": {
                "type": "object",
                "required": ["id", "state", "already_received", "issuer", "credentials", "kept_for"],
                "properties": {
                    "id": {"type": "string"},
                    "state": {
                        "type": "string",
                        "enum": ["received", "waiting"],
                        "description": "`waiting` while the issuer has not delivered all; the rest arrives by itself.",
                    },
                    "already_received": {"type": "boolean"},
                    "kept_for": {
                        "type": "array",
                        "description": "Into whose wallet each licence went; `right` is null for the person's own.",
                        "items": {
                            "type": "object",
                            "required": ["credential", "name", "kind", "right"],
                            "properties": {
                                "credential": {"type": "string"},
                                "name": {"type": "string"},
                                "kind": {"type": "string", "enum": ["person", "entity", "child"]},
                                "right": {"type": ["string", "null"]},
                            },
                        },
                    },
                    "issuer": {
                        "type": "object",
                        "required": ["identifier", "name", "region"],
                        "properties": {
                            "identifier": {"type": "string", "format": "uri"},
                            "name": {"$ref": "#/components/schemas/Text"},
                            "region": {"$ref": "#/components/schemas/Text"},
                        },
                    },
                    "credentials": {"type": "array", "items": {"$ref": "#/components/schemas/Credential"}},
                },
            }
        }
    },
    "tags": [{"name": "offers", "description": "Receiving licences."}],
}
