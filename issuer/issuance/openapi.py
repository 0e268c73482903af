"""The issuing feature's part of the OpenAPI document."""

from __future__ import annotations

from typing import Any, Final

_JSON: Final = "application/json"
_TAG: Final = ["Issuing"]
_PROTOCOL: Final = ["OpenID4VCI"]


def _operation(
    tags: list[str], name: str, summary: str, answers: dict[str, Any], **members: Any
) -> dict[str, Any]:
    return {"tags": tags, "operationId": name, "summary": summary, "responses": answers, **members}


def _described(description: str, schema: dict[str, Any] | None = None) -> dict[str, Any]:
    return {"description": description} | ({"content": {_JSON: {"schema": schema}}} if schema else {})


def _path(name: str) -> dict[str, Any]:
    return {"name": name, "in": "path", "required": True, "schema": {"type": "string"}}


_OFFER: Final = {
    "type": "object",
    "required": ["credential_offer_uri", "wallet_link", "tx_code", "expires_at"],
    "properties": {
        "credential_offer_uri": {"type": "string", "description": "Deep link openid-credential-offer://…"},
        "wallet_link": {"type": "string", "description": "The same offer for the web wallet"},
        "tx_code": {"type": ["string", "null"], "description": "To be told to the holder another way"},
        "expires_at": {"type": "string", "format": "date-time"},
    },
}

_OFFER_REQUEST: Final = {
    "type": "object",
    "additionalProperties": False,
    "properties": {
        "holder": {
            "type": "object",
            "description": "Whose copies; required when the licence has several holders",
            "required": ["number"],
            "properties": {"code_type": {"type": "string"}, "number": {"type": "string"}},
        },
        "tx_code": {"type": "boolean", "default": False},
        "by": {"type": "string", "enum": ["value", "reference"], "default": "value"},
    },
}

_ERROR: Final = _described(
    "Error of the protocol",
    {"type": "object", "properties": {"error": {"type": "string"}, "error_description": {"type": "string"}}},
)

OPENAPI: Final[dict[str, Any]] = {
    "tags": [
        {"name": "Issuing", "description": "Offers of licences to wallets 向钱包签发"},
        {
            "name": "OpenID4VCI",
            "description": "OpenID for Verifiable Credential Issuance 1.0; found by metadata",
        },
    ],
    "paths": {
        "/api/v1/licences/{identifier}/offers": {
            "post": _operation(
                _TAG,
                "createOffer",
                "Offer a licence to its holder 生成领取链接",
                {
                    "201": _described("The offer", _OFFER),
                    "400": _described("The holder is missing or not one of the licence's"),
                    "404": _described("No such licence of this authority"),
                    "409": _described("The licence is not in force"),
                },
                parameters=[_path("identifier")],
                requestBody={"required": False, "content": {_JSON: {"schema": _OFFER_REQUEST}}},
            )
        },
        "/.well-known/openid-credential-issuer": {
            "get": _operation(
                _PROTOCOL,
                "getCredentialIssuerMetadata",
                "Credential issuer metadata 签发者元数据",
                {"200": _described("Metadata", {"type": "object"})},
                description="Of the principal authority; others at "
                "`/.well-known/openid-credential-issuer/authorities/{uscc}`. Signed as `application/jwt` on request.",
                security=[],
            )
        },
        "/.well-known/oauth-authorization-server": {
            "get": _operation(
                _PROTOCOL,
                "getAuthorizationServerMetadata",
                "Authorisation server metadata 授权服务器元数据",
                {"200": _described("Metadata", {"type": "object"})},
                security=[],
            )
        },
        "/openid4vci/token": {
            "post": _operation(
                _PROTOCOL,
                "redeemCode",
                "Token endpoint 令牌端点",
                {"200": _described("Access token", {"type": "object"}), "400": _ERROR},
                description="Pre-authorised code, with or without `tx_code`; with a `DPoP` header the token is bound. "
                "Also `refresh_token` (RFC 6749 section 6), with the DPoP proof of its key; the answer's member "
                "`elicence_licence` says where the licence stands.",
                security=[],
                requestBody={
                    "required": True,
                    "content": {
                        "application/x-www-form-urlencoded": {
                            "schema": {
                                "type": "object",
                                "required": ["grant_type", "pre-authorized_code"],
                                "properties": {
                                    "grant_type": {"type": "string"},
                                    "pre-authorized_code": {"type": "string"},
                                    "tx_code": {"type": "string"},
                                },
                            }
                        }
                    },
                },
            )
        },
        "/openid4vci/nonce": {
            "post": _operation(
                _PROTOCOL,
                "getNonce",
                "Nonce endpoint 随机数端点",
                {"200": _described("A fresh c_nonce", {"type": "object"})},
                security=[],
            )
        },
        "/openid4vci/credential": {
            "post": _operation(
                _PROTOCOL,
                "issueCopies",
                "Credential endpoint 凭证端点",
                {
                    "200": _described("One credential for each proof", {"type": "object"}),
                    "400": _ERROR,
                    "401": _ERROR,
                },
                description="Access token in `Authorization: DPoP` or `Bearer`.",
                security=[],
                requestBody={"required": True, "content": {_JSON: {"schema": {"type": "object"}}}},
            )
        },
        "/openid4vci/notification": {
            "post": _operation(
                _PROTOCOL,
                "notifyIssuer",
                "Notification endpoint 通知端点",
                {"204": _described("Kept"), "400": _ERROR, "401": _ERROR},
                security=[],
                requestBody={"required": True, "content": {_JSON: {"schema": {"type": "object"}}}},
            )
        },
        "/openid4vci/offers/{reference}": {
            "get": _operation(
                _PROTOCOL,
                "getOffer",
                "An offer by reference 领取内容",
                {"200": _described("Credential offer", {"type": "object"}), "404": _ERROR},
                security=[],
                parameters=[_path("reference")],
            )
        },
        "/vct/{code}/{version}": {
            "get": _operation(
                _PROTOCOL,
                "getTypeMetadata",
                "Type metadata of a licence type 证照类型说明",
                {
                    "200": _described("SD-JWT VC type metadata", {"type": "object"}),
                    "404": {"$ref": "#/components/responses/Problem", "description": "No such type"},
                },
                security=[],
                parameters=[_path("code"), _path("version")],
            )
        },
        "/vct/{code}/{version}/data": {
            "get": _operation(
                _PROTOCOL,
                "getTypeData",
                "A licence type as data 证照类型数据",
                {
                    "200": _described("The type as the catalogue keeps it", {"type": "object"}),
                    "404": {"$ref": "#/components/responses/Problem", "description": "No such type"},
                },
                security=[],
                parameters=[_path("code"), _path("version")],
            )
        },
        "/vct": {
            "get": _operation(
                _PROTOCOL,
                "findTypeMetadata",
                "Type metadata by vct 按 vct 查证照类型说明",
                {
                    "200": _described("SD-JWT VC type metadata", {"type": "object"}),
                    "404": {"$ref": "#/components/responses/Problem", "description": "No such type"},
                },
                security=[],
                parameters=[{"name": "vct", "in": "query", "required": True, "schema": {"type": "string"}}],
            )
        },
    },
}
