"""The status feature's part of the OpenAPI document."""

from __future__ import annotations

from typing import Any, Final

OPENAPI: Final[dict[str, Any]] = {
    "tags": [{"name": "Status", "description": "Token Status Lists of issued copies 已发副本的状态列表"}],
    "paths": {
        "/status-lists": {
            "get": {
                "tags": ["Status"],
                "operationId": "getStatusLists",
                "summary": "All signed status lists by address 全部状态列表",
                "security": [],
                "responses": {
                    "200": {
                        "description": "The lists",
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
                "tags": ["Status"],
                "operationId": "getStatusList",
                "summary": "Signed status list 已签名的状态列表",
                "description": "Token Status List (draft -20), two bits an entry: 0 valid, 1 ended, 2 suspended, "
                "3 inspection overdue. `ttl` says when to fetch again, `exp` when the list is stale.",
                "security": [],
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
                    "404": {"$ref": "#/components/responses/Problem", "description": "No such list"},
                },
            }
        },
    },
}
