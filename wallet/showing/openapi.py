"""The show-licence code in the OpenAPI document."""

from __future__ import annotations

from typing import Any, Final

_TEXT: Final[dict[str, Any]] = {
    "type": "object",
    "required": ["zh", "en"],
    "properties": {"zh": {"type": "string"}, "en": {"type": "string"}},
}
_OPTIONAL_TEXT: Final[dict[str, Any]] = {"oneOf": [_TEXT, {"type": "null"}]}


def _answer(description: str, schema: dict[str, Any]) -> dict[str, Any]:
    return {"200": {"description": description, "content": {"application/json": {"schema": schema}}}}


def _body(schema: dict[str, Any]) -> dict[str, Any]:
    return {"required": True, "content": {"application/json": {"schema": schema}}}


_LICENCE: Final[dict[str, Any]] = {
    "type": "object",
    "required": ["id", "title", "holder", "state", "can_show"],
    "properties": {
        "id": {"type": "string"},
        "title": _TEXT,
        "holder": {"type": "string"},
        "number": {"type": ["string", "null"], "description": "Masked."},
        "issuer": _TEXT,
        "card": {"type": "string", "description": "Names the colours of the card."},
        "state": {
            "type": "object",
            "properties": {
                "value": {"type": "string"},
                "word": _TEXT,
                "reason": _OPTIONAL_TEXT,
                "usable": {"type": "boolean"},
                "kind": {"type": "string"},
            },
        },
        "can_show": {"type": "boolean"},
        "why_not": _OPTIONAL_TEXT,
        "copy": {"type": ["string", "null"], "description": "Another one: ask for a delegation again."},
    },
}
_DELEGATION: Final[dict[str, Any]] = {
    "type": "object",
    "required": ["id", "copy", "licence", "delegation", "expires_at"],
    "properties": {
        "id": {"type": "string"},
        "copy": {"type": "string"},
        "licence": {"type": "string", "description": "base64url of the compact licence."},
        "delegation": {"type": "string", "description": "base64url of the delegation."},
        "expires_at": {"type": "string", "format": "date-time"},
    },
}

OPENAPI: Final[dict[str, Any]] = {
    "paths": {
        "/api/v1/show-codes": {
            "get": {
                "operationId": "showCodeState",
                "summary": "The licences that a phone can show by code, and what its material is bound to",
                "tags": ["show codes"],
                "security": [{"session": []}],
                "responses": _answer(
                    "The state.",
                    {
                        "type": "object",
                        "required": ["at", "bound_to", "csrf_token", "person", "licences"],
                        "properties": {
                            "at": {"type": "string", "format": "date-time"},
                            "bound_to": {
                                "type": "string",
                                "description": "Another value: what the phone keeps belongs to another session.",
                            },
                            "csrf_token": {"type": "string"},
                            "person": {"type": "object", "properties": {"name": {"type": "string"}}},
                            "acting_for": {"type": ["object", "null"]},
                            "portrait": {"type": ["string", "null"], "description": "A data: address."},
                            "licences": {"type": "array", "items": _LICENCE},
                        },
                    },
                ),
            }
        },
        "/api/v1/show-codes/delegations": {
            "post": {
                "operationId": "delegateShowCodes",
                "summary": "Let the phone whose public key comes make codes for at most 24 hours",
                "tags": ["show codes"],
                "security": [{"session": []}],
                "requestBody": _body(
                    {
                        "type": "object",
                        "required": ["phone_key", "licences"],
                        "properties": {
                            "phone_key": {"type": "object", "description": "P-256 public JWK (RFC 7517)."},
                            "licences": {"type": "array", "items": {"type": "string"}, "maxItems": 100},
                        },
                    }
                ),
                "responses": _answer(
                    "The delegations.",
                    {
                        "type": "object",
                        "required": ["delegations"],
                        "properties": {"delegations": {"type": "array", "items": _DELEGATION}},
                    },
                ),
            }
        },
        "/api/v1/show-codes/uses": {
            "get": {
                "operationId": "listShowCodeUses",
                "summary": "What happened to codes of this wallet after a cursor",
                "tags": ["show codes"],
                "security": [{"session": []}],
                "parameters": [{"name": "after", "in": "query", "schema": {"type": "string"}}],
                "responses": _answer(
                    "Uses and attempts in vain, oldest first.",
                    {
                        "type": "object",
                        "required": ["uses", "cursor"],
                        "properties": {
                            "uses": {"type": "array", "items": {"type": "object"}},
                            "cursor": {"type": "string"},
                        },
                    },
                ),
            }
        },
        "/show-codes/redeem": {
            "post": {
                "operationId": "redeemShowCode",
                "summary": "For windows of the trust lists: redeem a code once, or have the use of a sheet noted",
                "tags": ["show codes"],
                "security": [],
                "requestBody": _body(
                    {
                        "type": "object",
                        "required": ["code", "request"],
                        "properties": {
                            "code": {"type": "string", "description": "ELC1: or ELP1:, as scanned."},
                            "request": {
                                "type": "string",
                                "description": "JWT of type elicence-redeem+jwt, signed with the window's certificate.",
                            },
                        },
                    }
                ),
                "responses": {
                    **_answer(
                        "Redeemed.",
                        {
                            "type": "object",
                            "required": ["state", "redeemed_at", "presentations"],
                            "properties": {
                                "state": {"type": "string", "const": "redeemed"},
                                "redeemed_at": {"type": "integer"},
                                "presentations": {
                                    "type": "object",
                                    "additionalProperties": {"type": "string"},
                                },
                                "identity": {"type": "string"},
                            },
                        },
                    ),
                    "404": {"description": "show-code-unknown"},
                    "409": {"description": "show-code-used"},
                    "410": {"description": "show-code-expired, show-code-withdrawn"},
                    "422": {"description": "show-code-ended, sheet-refused, redemption-rejected"},
                },
            }
        },
    }
}
