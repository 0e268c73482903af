"""OpenAPI 3.1 of documents."""

from __future__ import annotations

from typing import Any, Final

from standards.documents.annotation import MAX_PURPOSE_CHARS, MAX_RECIPIENT_CHARS


def _asked(name: str, description: str, **schema: Any) -> dict[str, Any]:
    return {
        "name": name,
        "in": "query",
        "description": description,
        "schema": {"type": "string", **schema},
    }


OPENAPI: Final[dict[str, Any]] = {
    "paths": {
        "/api/v1/licences/{identifier}/document": {
            "get": {
                "tags": ["licences"],
                "summary": "The licence as a sealed PDF/A-3: its original, or a copy for one use",
                "description": (
                    "The original is made once and answered byte for byte; it is never given to a verifier. Each annotated "
                    "copy is a new document of its own, carries purpose, recipient and end, and is logged as a use."
                ),
                "operationId": "readDocument",
                "security": [{"bearer": []}],
                "parameters": [
                    {
                        "name": "identifier",
                        "in": "path",
                        "required": True,
                        "description": "Licence identifier (GB/T 36904).",
                        "schema": {"type": "string"},
                    },
                    _asked("copy", "Which document.", enum=["original", "annotated"], default="original"),
                    _asked("purpose", "Of an annotated copy: what for.", maxLength=MAX_PURPOSE_CHARS),
                    _asked("recipient", "Of an annotated copy: for whom.", maxLength=MAX_RECIPIENT_CHARS),
                    _asked(
                        "expires_at",
                        "Of an annotated copy: an instant with its zone, or its last day; how far ahead, the policy of the type says: 30 days unless given, a year at most, as shipped.",
                    ),
                ],
                "responses": {
                    "200": {
                        "description": "The document.",
                        "headers": {
                            "Document-Id": {
                                "description": "Id of the document, which stands on its page too.",
                                "schema": {"type": "string"},
                            }
                        },
                        "content": {"application/pdf": {"schema": {"type": "string", "format": "binary"}}},
                    }
                },
            }
        },
        "/tsa": {
            "post": {
                "tags": ["trust"],
                "summary": "A time stamp of this node's own clock (RFC 3161); no third party vouches for it",
                "operationId": "askTimeStamp",
                "security": [],
                "requestBody": {
                    "required": True,
                    "content": {
                        "application/timestamp-query": {"schema": {"type": "string", "format": "binary"}}
                    },
                },
                "responses": {
                    "200": {
                        "description": "A token, or a rejection that says why (DER).",
                        "content": {
                            "application/timestamp-reply": {"schema": {"type": "string", "format": "binary"}}
                        },
                    }
                },
            }
        },
    }
}
"""Merged into ``/openapi.json``."""
