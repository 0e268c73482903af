"""The provider's part of the OpenAPI document."""

from __future__ import annotations

from typing import Any, Final

_PUBLIC: Final[dict[str, Any]] = {"tags": ["provider"], "security": []}

OPENAPI: Final[dict[str, Any]] = {
    "tags": [
        {"name": "provider", "description": "Status of grants and printed sheets 授权与纸质凭证的状态列表"}
    ],
    "paths": {
        "/status-lists": {
            "get": {
                **_PUBLIC,
                "operationId": "listProviderStatusLists",
                "summary": "All status lists, for windows that work offline 全部状态列表",
                "responses": {
                    "200": {
                        "description": "Address → signed list",
                        "content": {
                            "application/json": {
                                "schema": {
                                    "type": "object",
                                    "required": ["status_lists"],
                                    "properties": {
                                        "status_lists": {
                                            "type": "object",
                                            "additionalProperties": {"type": "string"},
                                        }
                                    },
                                }
                            }
                        },
                    }
                },
            }
        },
        "/status-lists/{number}": {
            "get": {
                **_PUBLIC,
                "operationId": "getProviderStatusList",
                "summary": "Signed status list 已签名的状态列表",
                "description": "Token Status List (draft -20) by the wallet provider, two bits an entry: 0 stands, "
                "anything else is withdrawn.",
                "parameters": [
                    {
                        "name": "number",
                        "in": "path",
                        "required": True,
                        "schema": {"type": "integer", "minimum": 0},
                    }
                ],
                "responses": {
                    "200": {
                        "description": "The list",
                        "content": {"application/statuslist+jwt": {"schema": {"type": "string"}}},
                    },
                    "304": {"description": "Unchanged since the given ETag"},
                    "404": {"$ref": "#/components/responses/Problem"},
                },
            }
        },
    },
}
