"""What presentations look like to other systems, and to wallets."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

_ID: Final = [{"name": "id", "in": "path", "required": True, "schema": {"type": "string"}}]


def _json(schema: Mapping[str, Any] | str) -> dict[str, Any]:
    value = {"$ref": f"#/components/schemas/{schema}"} if isinstance(schema, str) else schema
    return {"content": {"application/json": {"schema": value}}}


def _form(properties: Mapping[str, Any]) -> dict[str, Any]:
    schema = {"type": "object", "properties": properties}
    return {"content": {"application/x-www-form-urlencoded": {"schema": schema}}}


_REQUEST_OBJECT: Final = {
    "description": "The signed request object.",
    "content": {"application/oauth-authz-req+jwt": {"schema": {"type": "string"}}},
}

_PROTOCOL_ERROR: Final = {
    "description": "The error in the form of OAuth 2.0; 410 when the request was answered or has expired.",
    **_json(
        {
            "type": "object",
            "required": ["error"],
            "properties": {"error": {"type": "string"}, "error_description": {"type": "string"}},
        }
    ),
}

OPENAPI: Final[Mapping[str, Any]] = {
    "paths": {
        "/api/v1/presentations": {
            "post": {
                "operationId": "createPresentation",
                "tags": ["presentations"],
                "summary": "Ask a holder for what a service item, or a query of your own, needs.",
                "security": [{"bearer": []}],
                "requestBody": {"required": True, **_json("PresentationOrder")},
                "responses": {
                    "201": {"description": "How the request reaches a wallet.", **_json("PresentationLinks")}
                },
            }
        },
        "/api/v1/presentations/{id}": {
            "get": {
                "operationId": "readPresentation",
                "tags": ["presentations"],
                "summary": "State, report and claims of one of the department's own presentations.",
                "security": [{"bearer": []}],
                "parameters": _ID,
                "responses": {"200": {"description": "The presentation.", **_json("Presentation")}},
            }
        },
        "/openid4vp/requests/{id}": {
            "get": {
                "operationId": "fetchRequest",
                "tags": ["wallets"],
                "summary": "The request object (OpenID4VP 1.0 section 5.10).",
                "parameters": _ID,
                "responses": {"200": _REQUEST_OBJECT, "default": _PROTOCOL_ERROR},
            },
            "post": {
                "operationId": "fetchRequestWithNonce",
                "tags": ["wallets"],
                "summary": "The request object with the wallet's nonce inside (section 5.10.1).",
                "parameters": _ID,
                "requestBody": _form(
                    {"wallet_nonce": {"type": "string"}, "wallet_metadata": {"type": "string"}}
                ),
                "responses": {"200": _REQUEST_OBJECT, "default": _PROTOCOL_ERROR},
            },
        },
        "/openid4vp/responses/{id}": {
            "post": {
                "operationId": "takeResponse",
                "tags": ["wallets"],
                "summary": "The answer of a wallet by direct_post or direct_post.jwt (section 8.2).",
                "parameters": _ID,
                "requestBody": _form(
                    {
                        name: {"type": "string"}
                        for name in ("response", "vp_token", "state", "error", "error_description")
                    }
                ),
                "responses": {
                    "200": {
                        "description": "Taken; where to go back to on the same device.",
                        **_json(
                            {
                                "type": "object",
                                "properties": {"redirect_uri": {"type": "string", "format": "uri"}},
                            }
                        ),
                    },
                    "default": _PROTOCOL_ERROR,
                },
            }
        },
    },
    "components": {
        "schemas": {
            "PresentationOrder": {
                "type": "object",
                "description": "Exactly one of service_item and dcql_query.",
                "additionalProperties": False,
                "properties": {
                    "service_item": {"type": "string"},
                    "dcql_query": {
                        "type": "object",
                        "description": "OpenID4VP 1.0 section 6, format dc+sd-jwt.",
                    },
                    "response_mode": {
                        "enum": ["direct_post", "direct_post.jwt"],
                        "default": "direct_post.jwt",
                    },
                    "client_id_prefix": {"enum": ["x509_hash", "x509_san_dns"], "default": "x509_hash"},
                    "redirect_uri": {
                        "type": "string",
                        "format": "uri",
                        "description": "Same-device: where to go back to.",
                    },
                },
            },
            "PresentationLinks": {
                "type": "object",
                "required": ["id", "authorization_request", "wallet_link", "qr_png", "expires_at"],
                "properties": {
                    "id": {"type": "string"},
                    "authorization_request": {"type": "string", "description": "openid4vp://…"},
                    "wallet_link": {"type": "string", "format": "uri"},
                    "qr_png": {
                        "type": "string",
                        "contentEncoding": "base64",
                        "contentMediaType": "image/png",
                    },
                    "expires_at": {"type": "string", "format": "date-time"},
                },
            },
            "Presentation": {
                "type": "object",
                "required": ["id", "state"],
                "properties": {
                    "id": {"type": "string"},
                    "state": {"enum": ["pending", "received", "refused", "expired"]},
                    "service_item": {"type": ["string", "null"]},
                    "report": {
                        "type": "object",
                        "description": "Indication, sub-indication and findings by step.",
                    },
                    "claims": {
                        "type": "object",
                        "description": "Query id → claims of each licence shown for it.",
                        "additionalProperties": {"type": "array", "items": {"type": "object"}},
                    },
                    "shown_by": {
                        "type": "object",
                        "description": "Query id → for each licence, who showed it for its holder, or null: capacity, "
                        "person, subject, grant, parent, scope, not_before, expires_at. Absent when nobody did.",
                        "additionalProperties": {"type": "array", "items": {"type": ["object", "null"]}},
                    },
                    "lists": {"type": "array", "items": {"type": "object"}},
                    "response_code": {
                        "type": "string",
                        "description": "Same-device: must equal the one with which the browser came back (section 13.3).",
                    },
                    "error": {
                        "type": "string",
                        "description": "Refused: the wallet's error, for example access_denied.",
                    },
                    "decision": {"type": "object"},
                },
            },
        }
    },
    "tags": [
        {"name": "presentations", "description": "Asking holders for licences."},
        {"name": "wallets", "description": "What wallets fetch and answer."},
    ],
}
