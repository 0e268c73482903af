"""OpenAPI 3.1 of batches."""

from __future__ import annotations

from typing import Any, Final

from issuer.batches.batch import DEFAULT_HOURS, MAX_HOURS, WHAT
from issuer.batches.views import JSON_LINES
from issuer.library.idempotency import MAX_KEY_CHARS
from issuer.library.selection import DECIDED_STATES, MOST_IDENTIFIERS

_BEARER: Final[list[dict[str, list[str]]]] = [{"bearer": []}]
_ID: Final = {"name": "batch_id", "in": "path", "required": True, "schema": {"type": "string"}}
_KEY: Final = {
    "name": "Idempotency-Key",
    "in": "header",
    "description": "A repeat under the same key answers the same batch.",
    "schema": {"type": "string", "minLength": 1, "maxLength": MAX_KEY_CHARS},
}
_DAY: Final = {"type": "string", "format": "date"}
_DAYS: Final = {"type": "object", "properties": {"from": _DAY, "to": _DAY}}
_IDENTIFIERS: Final = {
    "type": "array",
    "items": {"type": "string"},
    "minItems": 1,
    "maxItems": MOST_IDENTIFIERS,
}
_SELECTION: Final[dict[str, Any]] = {
    "type": "object",
    "description": "All conditions hold together; at least one is given.",
    "additionalProperties": False,
    "properties": {
        "type": {"type": "string", "description": "Code of the licence type."},
        "states": {
            "type": "array",
            "items": {"type": "string", "enum": [state.value for state in DECIDED_STATES]},
        },
        "division": {"type": "string", "description": "Trailing zeros stand for everything under it."},
        "valid_until": _DAYS,
        "issue_date": _DAYS,
        "inspection_overdue_on": _DAY,
        "source": {"type": "string"},
        "identifiers": _IDENTIFIERS,
        "all_versions": {"type": "boolean"},
    },
}
_INSTANT: Final = {"type": "string", "format": "date-time"}
_BY: Final = {"type": "string", "enum": ["value", "reference"]}
_BATCH: Final[dict[str, Any]] = {
    "type": "object",
    "required": ["id", "what", "selection", "tx_code", "by", "made_by", "at", "expires_at", "fetched", "job"],
    "properties": {
        "id": {"type": "string"},
        "what": {"type": "string", "enum": list(WHAT)},
        "selection": _SELECTION,
        "tx_code": {"type": "boolean"},
        "by": _BY,
        "made_by": {
            "type": "string",
            "description": "System or member of staff; nobody else gets the result.",
        },
        "at": _INSTANT,
        "expires_at": {**_INSTANT, "description": "End of the offers and of the result."},
        "fetched": {"type": "integer", "minimum": 0, "description": "How often the result was fetched."},
        "job": {"oneOf": [{"$ref": "#/components/schemas/Job"}, {"type": "null"}]},
    },
}
_REQUEST: Final[dict[str, Any]] = {
    "type": "object",
    "description": "Either `selection` or `licences`.",
    "additionalProperties": False,
    "properties": {
        "what": {"type": "string", "enum": list(WHAT), "default": WHAT[0]},
        "selection": _SELECTION,
        "licences": {**_IDENTIFIERS, "description": "Identifiers; each gets an offer or a refusal."},
        "tx_code": {"type": "boolean", "default": False},
        "by": {**_BY, "default": "value"},
        "hours": {"type": "integer", "minimum": 1, "maximum": MAX_HOURS, "default": DEFAULT_HOURS},
    },
}
_LINES: Final = "One JSON object for each line: "


def _operation(summary: str, operation: str, answers: dict[str, Any], **more: Any) -> dict[str, Any]:
    return {
        "tags": ["batches"],
        "summary": summary,
        "operationId": operation,
        "security": _BEARER,
        "responses": answers,
        **more,
    }


def _one(words: str) -> dict[str, Any]:
    return {
        "description": words,
        "content": {"application/json": {"schema": {"$ref": "#/components/schemas/Batch"}}},
    }


def _file(words: str) -> dict[str, Any]:
    return {"description": _LINES + words, "content": {JSON_LINES: {"schema": {"type": "string"}}}}


_ABSENT: Final = {"404": {"description": "The authority has no such batch."}}
_NO_FILE: Final = {
    "404": {"description": "No such batch, somebody else's, or its offers have ended."},
    "409": {"description": "Its job is not done."},
}

OPENAPI: Final[dict[str, Any]] = {
    "tags": [{"name": "batches", "description": "Offers for whole selections 批量生成领取链接"}],
    "paths": {
        "/api/v1/batches": {
            "post": _operation(
                "Make offers for a whole selection",
                "createBatch",
                {
                    "202": _one("A worker makes the offers."),
                    "400": {"description": "No condition, or a misshapen one."},
                    "403": {"description": "The authority has no certificate to issue with."},
                    "409": {"description": "The Idempotency-Key was used for another batch."},
                },
                parameters=[_KEY],
                requestBody={"required": True, "content": {"application/json": {"schema": _REQUEST}}},
            ),
            "get": _operation(
                "The batches of the authority", "listBatches", {"200": {"description": "Newest first."}}
            ),
        },
        "/api/v1/batches/{batch_id}": {
            "get": _operation(
                "How far a batch is", "readBatch", {"200": _one("The batch."), **_ABSENT}, parameters=[_ID]
            )
        },
        "/api/v1/batches/{batch_id}/result": {
            "get": _operation(
                "The offers, for the system that began the batch",
                "downloadOffers",
                {
                    "200": _file(
                        "`licence`, `holder` (`code_type`, `number`), `credential_offer_uri`, `wallet_link`, "
                        "`tx_code`, `expires_at`."
                    ),
                    **_NO_FILE,
                },
                parameters=[_ID],
            )
        },
        "/api/v1/batches/{batch_id}/refused": {
            "get": _operation(
                "The licences that got no offer",
                "downloadRefusals",
                {"200": _file("`licence`, `code`, `message` (`zh`, `en`)."), **_NO_FILE},
                parameters=[_ID],
            )
        },
    },
    "components": {"schemas": {"Batch": _BATCH}},
}
