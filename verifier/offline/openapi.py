"""What bundles and the records of window nodes look like to windows."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from verifier.offline.bundle import MEDIA_TYPE
from verifier.offline.window_records import MAX_BATCH

_HASH: Final = {"type": "string", "pattern": "^[0-9a-f]{64}$"}
_END: Final = {
    "200": {
        "description": "Where the chain of the calling window ends here.",
        "content": {
            "application/json": {
                "schema": {
                    "type": "object",
                    "required": ["department", "sequence", "hash"],
                    "properties": {
                        "department": {"type": "string"},
                        "sequence": {"type": "integer", "minimum": 0},
                        "hash": _HASH,
                    },
                }
            }
        },
    }
}


def _post(operation: str, summary: str, properties: Mapping[str, Any], responses: Mapping[str, Any]) -> Any:
    schema = {"type": "object", "required": list(properties), "properties": properties}
    return {
        "operationId": operation,
        "tags": ["windows"],
        "summary": summary,
        "security": [{"bearer": []}],
        "requestBody": {"required": True, "content": {"application/json": {"schema": schema}}},
        "responses": responses,
    }


def _answer(properties: Mapping[str, Any]) -> dict[str, Any]:
    schema = {"type": "object", "properties": properties}
    return {"200": {"description": "Done.", "content": {"application/json": {"schema": schema}}}}


_RECORD: Final = {
    "type": "object",
    "required": ["sequence", "previous", "hash", "body", "shown"],
    "properties": {
        "sequence": {"type": "integer", "minimum": 1},
        "previous": _HASH,
        "hash": _HASH,
        "body": {"type": "string", "contentEncoding": "base64"},
        "shown": {"type": "string", "contentEncoding": "base64"},
    },
}
_DIGESTS: Final = {"type": "array", "items": _HASH, "maxItems": 1000}

OPENAPI: Final[Mapping[str, Any]] = {
    "paths": {
        "/api/v1/bundles/latest": {
            "get": {
                "operationId": "latestBundle",
                "tags": ["windows"],
                "summary": "The newest bundle of the calling department: whole, or by difference.",
                "security": [{"bearer": []}],
                "parameters": [
                    {
                        "name": "since",
                        "in": "query",
                        "required": False,
                        "description": "Version in hand. One that is not kept any more is answered with the whole.",
                        "schema": {"type": "integer", "minimum": 1},
                    }
                ],
                "responses": {
                    "200": {
                        "description": "A bundle.",
                        "content": {MEDIA_TYPE: {"schema": {"type": "string"}}},
                    },
                    "204": {"description": "`since` is the newest."},
                },
            }
        },
        "/api/v1/window-records/head": {
            "get": {
                "operationId": "windowRecordsHead",
                "tags": ["windows"],
                "summary": "Where the chain of the calling window ends here: go on after it.",
                "security": [{"bearer": []}],
                "responses": _END,
            }
        },
        "/api/v1/window-records": {
            "post": _post(
                "sendWindowRecords",
                "Records of the calling window, in order; a repeat changes nothing.",
                {"records": {"type": "array", "minItems": 1, "maxItems": MAX_BATCH, "items": _RECORD}},
                _END,
            )
        },
        "/api/v1/window-evidence/lacking": {
            "post": _post(
                "lackingWindowEvidence",
                "Which lists, named by their SHA-256, are not here.",
                {"digests": _DIGESTS},
                _answer({"lacking": _DIGESTS}),
            )
        },
        "/api/v1/window-evidence": {
            "post": _post(
                "sendWindowEvidence",
                "One list that records stand on.",
                {"content": {"type": "string", "contentEncoding": "base64"}},
                _answer({}),
            )
        },
    },
    "tags": [
        {
            "name": "windows",
            "description": "For the department's own window nodes: bundles, and their records.",
        }
    ],
}
