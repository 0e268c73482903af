"""The authorisation server's part of the OpenAPI document."""

from __future__ import annotations

from typing import Any, Final

_JSON: Final = "application/json"

_ERROR: Final = {
    "description": "Error of the protocol",
    "content": {
        _JSON: {
            "schema": {
                "type": "object",
                "properties": {"error": {"type": "string"}, "error_description": {"type": "string"}},
            }
        }
    },
}

_TEXT: Final = {
    "type": "object",
    "properties": {"zh": {"type": "string"}, "en": {"type": "string"}},
}

OPENAPI: Final[dict[str, Any]] = {
    "tags": [
        {
            "name": "Authorisation",
            "description": "Wallets find and claim the licences of a person 钱包查找并领取本人证照",
        }
    ],
    "paths": {
        "/openid4vci/par": {
            "post": {
                "tags": ["Authorisation"],
                "operationId": "pushAuthorizationRequest",
                "summary": "Push an authorisation request (RFC 9126), with the wallet's attestation",
                "requestBody": {
                    "required": True,
                    "content": {
                        "application/x-www-form-urlencoded": {
                            "schema": {
                                "type": "object",
                                "required": [
                                    "response_type",
                                    "client_id",
                                    "redirect_uri",
                                    "state",
                                    "code_challenge",
                                    "code_challenge_method",
                                ],
                                "properties": {
                                    "response_type": {"const": "code"},
                                    "client_id": {"type": "string"},
                                    "redirect_uri": {"type": "string"},
                                    "state": {"type": "string"},
                                    "code_challenge": {"type": "string"},
                                    "code_challenge_method": {"const": "S256"},
                                    "scope": {"type": "string"},
                                    "authorization_details": {"type": "string"},
                                    "dpop_jkt": {"type": "string"},
                                },
                            }
                        }
                    },
                },
                "responses": {
                    "201": {
                        "description": "Pushed",
                        "content": {
                            _JSON: {
                                "schema": {
                                    "type": "object",
                                    "required": ["request_uri", "expires_in"],
                                    "properties": {
                                        "request_uri": {"type": "string"},
                                        "expires_in": {"type": "integer"},
                                    },
                                }
                            }
                        },
                    },
                    "400": _ERROR,
                    "401": _ERROR,
                },
            }
        },
        "/my/uses": {
            "post": {
                "tags": ["Authorisation"],
                "operationId": "personsUses",
                "summary": "Who looked at the person's licences without the person: access token of scope uses, with DPoP",
                "requestBody": {
                    "content": {
                        _JSON: {
                            "schema": {
                                "type": "object",
                                "properties": {
                                    "since": {"type": ["string", "null"], "format": "date-time"},
                                    "cursor": {"type": ["string", "null"]},
                                },
                            }
                        }
                    }
                },
                "responses": {
                    "200": {
                        "description": "Newest first",
                        "content": {
                            _JSON: {
                                "schema": {
                                    "type": "object",
                                    "required": ["uses", "complaints", "next"],
                                    "properties": {
                                        "uses": {
                                            "type": "array",
                                            "items": {
                                                "type": "object",
                                                "required": [
                                                    "id",
                                                    "at",
                                                    "kind",
                                                    "department",
                                                    "cause",
                                                    "basis",
                                                    "licence",
                                                ],
                                                "properties": {
                                                    "id": {"type": "string"},
                                                    "at": {"type": "string", "format": "date-time"},
                                                    "kind": {"enum": ["searched", "viewed"]},
                                                    "department": {
                                                        "type": "object",
                                                        "properties": {
                                                            "code": {"type": "string"},
                                                            "name": _TEXT,
                                                            "division": {"type": "string"},
                                                        },
                                                    },
                                                    "cause": {"type": "string"},
                                                    "basis": {
                                                        "type": "object",
                                                        "properties": {
                                                            "kind": {"enum": ["statutory", "consent"]},
                                                            "law": _TEXT,
                                                        },
                                                    },
                                                    "licence": {
                                                        "type": "object",
                                                        "properties": {
                                                            "identifier": {"type": "string"},
                                                            "name": _TEXT,
                                                        },
                                                    },
                                                },
                                            },
                                        },
                                        "complaints": {"type": ["string", "null"]},
                                        "next": {"type": ["string", "null"]},
                                    },
                                }
                            }
                        },
                    },
                    "401": _ERROR,
                    "403": _ERROR,
                },
            }
        },
    },
}
