"""OpenAPI 3.1 of what a holder's wallet may ask."""

from __future__ import annotations

from typing import Any, Final

from standards.documents.annotation import MAX_PURPOSE_CHARS, MAX_RECIPIENT_CHARS

_JSON: Final = "application/json"


def _text(description: str, **schema: Any) -> dict[str, Any]:
    return {"type": "string", "description": description, **schema}


def _operation(name: str, summary: str, properties: dict[str, Any], required: list[str], answer: Any) -> Any:
    schema = {"type": "object", "properties": properties, "required": required}
    return {
        "post": {
            "tags": ["OpenID4VCI"],
            "operationId": name,
            "summary": summary,
            "description": (
                "Authorised by the access token with which the licence's copies are fetched, with DPoP; each proof serves once. "
                "Other authorities of the node have it below their credential issuer identifier."
            ),
            "requestBody": {"content": {_JSON: {"schema": schema}}},
            "responses": {"200": {"description": "The answer.", "content": answer}},
        }
    }


OPENAPI: Final[dict[str, Any]] = {
    "paths": {
        "/openid4vci/document": _operation(
            "holdersDocument",
            "The licence as a sealed PDF/A-3 for one use that its holder names",
            {
                "purpose": _text("What for.", maxLength=MAX_PURPOSE_CHARS),
                "recipient": _text("For whom.", maxLength=MAX_RECIPIENT_CHARS),
                "expires_at": _text("An instant with its zone, or its last day; 30 days unless given."),
            },
            ["purpose", "recipient"],
            {"application/pdf": {"schema": {"type": "string", "format": "binary"}}},
        ),
        "/openid4vci/uses": _operation(
            "licenceUses",
            "Who looked at the licence, or searched its holder's number at its authority, without the holder",
            {
                "since": {"type": ["string", "null"], "format": "date-time"},
                "cursor": {"type": ["string", "null"]},
            },
            [],
            {_JSON: {"schema": {"type": "object", "required": ["uses", "complaints", "next"]}}},
        ),
    }
}
"""Merged into ``/openapi.json``."""
