"""OpenAPI 3.1 of bulk operations."""

from __future__ import annotations

from typing import Any, Final

from issuer.library.inspection import InspectionResult
from issuer.operations.bulk_operation import BULK_OPERATIONS, MOST_LICENCES, OperationStage, Outcome
from issuer.operations.views import MAX_LISTED

_BEARER: Final[list[dict[str, list[str]]]] = [{"bearer": []}]
_COUNT: Final = {"type": "integer", "minimum": 0}
_TEXT: Final = {"$ref": "#/components/schemas/Text"}
_ID: Final = {"name": "operation_id", "in": "path", "required": True, "schema": {"type": "string"}}
_RANGE: Final = {
    "type": "object",
    "properties": {"from": {"type": "string", "format": "date"}, "to": {"type": "string", "format": "date"}},
}


def _json(schema: str) -> dict[str, Any]:
    return {"application/json": {"schema": {"$ref": f"#/components/schemas/{schema}"}}}


def _answer(words: str, schema: str | None = None) -> dict[str, Any]:
    return {"description": words} | ({} if schema is None else {"content": _json(schema)})


def _operation(
    summary: str, operation: str, answers: dict[str, Any], *parameters: dict[str, Any], **more: Any
) -> dict[str, Any]:
    return {
        "tags": ["operations"],
        "summary": summary,
        "operationId": operation,
        "security": _BEARER,
        "parameters": list(parameters),
        "responses": answers,
        **more,
    }


_ABSENT: Final = {"404": _answer("The authority has no such bulk operation.")}
_BODY: Final = {"required": True, "content": _json("BulkOperationRequest")}

_REFUSED: Final = {"code": {"type": "string"}, "why": _TEXT}

_PREVIEW: Final[dict[str, Any]] = {
    "type": "object",
    "properties": {
        "total": _COUNT,
        "possible": _COUNT,
        "refused": {
            "type": "array",
            "items": {"type": "object", "properties": {**_REFUSED, "count": _COUNT}},
        },
        "sample": {
            "type": "array",
            "items": {
                "type": "object",
                "properties": {
                    "identifier": {"type": "string"},
                    "type": {"type": ["string", "null"]},
                    "state": {"type": ["string", "null"]},
                    "refused": {"oneOf": [{"type": "object", "properties": _REFUSED}, {"type": "null"}]},
                },
            },
        },
        "preview": {"type": "string", "description": "Digest of every licence as it was looked at."},
    },
}

_REQUEST: Final[dict[str, Any]] = {
    "type": "object",
    "required": ["selection", "operation", "reason_code", "reason"],
    "properties": {
        "selection": {
            "type": "object",
            "description": f"At most {MOST_LICENCES} licences; all that is named holds together.",
            "properties": {
                "type": {"type": "string"},
                "states": {"type": "array", "items": {"type": "string"}},
                "division": {"type": "string"},
                "valid_until": _RANGE,
                "issue_date": _RANGE,
                "inspection_overdue_on": {"type": "string", "format": "date"},
                "source": {"type": "string"},
                "identifiers": {"type": "array", "items": {"type": "string"}},
            },
        },
        "operation": {"enum": [operation.value for operation in BULK_OPERATIONS]},
        "reason_code": {"type": "string", "description": "A ground of the operation."},
        "reason": {"type": "string", "maxLength": 500},
        "inspection": {
            "type": "object",
            "required": ["result"],
            "properties": {
                "result": {"enum": [result.value for result in InspectionResult]},
                "due": {"type": "string", "format": "date"},
            },
        },
        "approval": {
            "type": "object",
            "required": ["proposer"],
            "properties": {"proposer": {"type": "string"}, "approver": {"type": "string"}},
        },
        "preview": {
            "type": "string",
            "description": "Digest of a preview: refused with 409 when it is no longer what would be done.",
        },
    },
}

_BULK: Final[dict[str, Any]] = {
    "type": "object",
    "properties": {
        "id": {"type": "string"},
        "state": {"enum": [stage.value for stage in OperationStage]},
        "operation": {"enum": [operation.value for operation in BULK_OPERATIONS]},
        "reason_code": {"type": "string"},
        "reason_label": {"oneOf": [_TEXT, {"type": "null"}]},
        "reason": {"type": "string"},
        "inspection": {"type": ["object", "null"]},
        "selection": {"type": "object"},
        "preview": {"$ref": "#/components/schemas/BulkOperationPreview"},
        "needs_approval": {"type": "boolean"},
        "proposer": {"type": "string"},
        "approver": {"type": ["string", "null"]},
        "decision_reason": {"type": ["string", "null"]},
        "system": {"type": ["string", "null"]},
        "created_at": {"type": "string", "format": "date-time"},
        "decided_at": {"type": ["string", "null"], "format": "date-time"},
        "kept_until": {"type": "string", "format": "date-time"},
        "counts": {
            "type": "object",
            "properties": {one.value: _COUNT for one in Outcome if one is not Outcome.NOT_DONE},
        },
        "job": {"oneOf": [{"$ref": "#/components/schemas/Job"}, {"type": "null"}]},
    },
}

_DECISION: Final = {
    "type": "object",
    "required": ["decision", "approver"],
    "properties": {
        "decision": {"enum": ["approve", "refuse"]},
        "approver": {"type": "string"},
        "reason": {"type": "string"},
    },
}

OPENAPI: Final[dict[str, Any]] = {
    "tags": [{"name": "operations", "description": "One operation on many licences 批量操作"}],
    "paths": {
        "/api/v1/operations": {
            "post": _operation(
                "Propose one operation on many licences, or start it",
                "createBulkOperation",
                {
                    "202": _answer("It waits for its second person, or is under way.", "BulkOperation"),
                    "400": _answer("The request is misshapen, or proposer and approver are one person."),
                    "409": _answer("Nothing or too much is selected, or the preview is outdated."),
                },
                requestBody=_BODY,
            ),
            "get": _operation(
                "List the authority's bulk operations",
                "listBulkOperations",
                {"200": _answer(f"Newest first, at most {MAX_LISTED}.")},
                {
                    "name": "before",
                    "in": "query",
                    "required": False,
                    "description": "`next` of the page before.",
                    "schema": {"type": "string"},
                },
            ),
        },
        "/api/v1/operations/preview": {
            "post": _operation(
                "What would happen: counted, with samples; nothing is changed",
                "previewBulkOperation",
                {"200": _answer("The preview.", "BulkOperationPreview")},
                requestBody=_BODY,
            )
        },
        "/api/v1/operations/{operation_id}": {
            "get": _operation(
                "How far a bulk operation is",
                "readBulkOperation",
                {"200": _answer("The bulk operation.", "BulkOperation"), **_ABSENT},
                _ID,
            )
        },
        "/api/v1/operations/{operation_id}/decision": {
            "post": _operation(
                "The second person approves or refuses",
                "decideBulkOperation",
                {
                    "202": _answer("It is under way.", "BulkOperation"),
                    "200": _answer("It was refused.", "BulkOperation"),
                    "400": _answer("The approver is the proposer."),
                    "409": _answer("It has been decided."),
                    **_ABSENT,
                },
                _ID,
                requestBody={"required": True, "content": {"application/json": {"schema": _DECISION}}},
            )
        },
        "/api/v1/operations/{operation_id}/cancel": {
            "post": _operation(
                "Withdraw a proposal, or stop after the licences under way",
                "cancelBulkOperation",
                {
                    "200": _answer("What is done stays done.", "BulkOperation"),
                    "409": _answer("It has ended."),
                    **_ABSENT,
                },
                _ID,
            )
        },
        "/api/v1/operations/{operation_id}/result": {
            "get": _operation(
                "What became of each licence",
                "readBulkOperationResult",
                {
                    "200": {
                        "description": "One line for each: identifier, outcome, code, why.",
                        "content": {"application/jsonl": {}, "text/csv": {}},
                    },
                    "409": _answer("It has not ended, or the result was kept for its time."),
                    **_ABSENT,
                },
                _ID,
                {
                    "name": "format",
                    "in": "query",
                    "required": False,
                    "schema": {"enum": ["jsonl", "csv"], "default": "jsonl"},
                },
            )
        },
    },
    "components": {
        "schemas": {
            "BulkOperationRequest": _REQUEST,
            "BulkOperationPreview": _PREVIEW,
            "BulkOperation": _BULK,
        }
    },
}
