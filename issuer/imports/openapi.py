"""OpenAPI 3.1 of imports."""

from __future__ import annotations

from typing import Any, Final

from issuer.imports.views import MAX_LISTED
from issuer.imports.writing import CONTENT_TYPES

_BEARER: Final[list[dict[str, list[str]]]] = [{"bearer": []}]
_COUNT: Final = {"type": "integer", "minimum": 0}
_FILE: Final[dict[str, Any]] = {name: {} for name in (*CONTENT_TYPES.values(), "application/octet-stream")}
_ID: Final = {"name": "import_id", "in": "path", "required": True, "schema": {"type": "string"}}
_SOURCE: Final = {"name": "source", "in": "path", "required": True, "schema": {"type": "string"}}
_TYPE: Final = {"name": "type_code", "in": "path", "required": True, "schema": {"type": "string"}}


def _query(name: str, schema: dict[str, Any], words: str, *, required: bool = False) -> dict[str, Any]:
    return {"name": name, "in": "query", "required": required, "description": words, "schema": schema}


def _operation(
    summary: str, operation: str, answers: dict[str, Any], *parameters: dict[str, Any], **more: Any
) -> dict[str, Any]:
    return {
        "tags": ["imports"],
        "summary": summary,
        "operationId": operation,
        "security": _BEARER,
        "parameters": list(parameters),
        "responses": answers,
        **more,
    }


def _json(schema: str) -> dict[str, Any]:
    return {"application/json": {"schema": {"$ref": f"#/components/schemas/{schema}"}}}


def _answer(words: str, schema: str | None = None) -> dict[str, Any]:
    return {"description": words} | ({} if schema is None else {"content": _json(schema)})


_ABSENT: Final = {"404": _answer("The authority has no such import.")}

_MAPPING: Final[dict[str, Any]] = {
    "type": "object",
    "required": ["columns"],
    "properties": {
        "type": {"type": "string", "description": "Code of the licence type."},
        "key": {
            "type": ["string", "null"],
            "description": "Column with the source system's own key; null: the licence number is the key.",
        },
        "columns": {
            "type": "object",
            "description": "Target → name of the column, or a rule. Targets: licence_identifier, licence_number, "
            "holder_name, holder_code_type, holder_number, holder_2_name …, issue_date, valid_from, valid_until, "
            "division, state, state_reason, inspection_result, inspection_due, and the type's own fields.",
            "additionalProperties": {
                "oneOf": [
                    {"type": "string"},
                    {
                        "type": "object",
                        "properties": {
                            "column": {"type": "string"},
                            "constant": {"type": "string"},
                            "values": {"type": "object", "additionalProperties": {"type": "string"}},
                        },
                    },
                ]
            },
        },
        "source": {"type": "string"},
        "revision": _COUNT,
    },
}

_ROW: Final[dict[str, Any]] = {
    "type": "object",
    "properties": {
        "row": {"type": "integer", "minimum": 1, "description": "Without the header."},
        "errors": {
            "type": "array",
            "items": {
                "type": "object",
                "properties": {
                    "code": {"type": "string"},
                    "target": {"type": "string"},
                    "column": {"type": ["string", "null"]},
                    "message": {"$ref": "#/components/schemas/Text"},
                    "next": {"oneOf": [{"$ref": "#/components/schemas/Text"}, {"type": "null"}]},
                },
            },
        },
    },
}

_IMPORT: Final[dict[str, Any]] = {
    "type": "object",
    "properties": {
        "id": {"type": "string"},
        "source": {"type": "string"},
        "type": {"type": "string"},
        "format": {"enum": ["csv", "jsonl", "xlsx"]},
        "encoding": {"enum": ["utf-8", "gb18030"]},
        "size": _COUNT,
        "columns": {"type": "array", "items": {"type": "string"}},
        "mapping": {"$ref": "#/components/schemas/ImportMapping"},
        "state": {"enum": ["received", "queued", "running", "done", "failed", "cancelled"]},
        "dry_run": {"type": "boolean"},
        "counts": {
            "type": "object",
            "properties": dict.fromkeys(
                ("new", "changed", "unchanged", "proposed", "refused", "conflicts"), _COUNT
            ),
        },
        "created_by": {"type": "string"},
        "created_at": {"type": "string", "format": "date-time"},
        "kept_until": {"type": "string", "format": "date-time"},
        "job": {"oneOf": [{"$ref": "#/components/schemas/Job"}, {"type": "null"}]},
        "errors": {"type": "array", "items": {"$ref": "#/components/schemas/RefusedRow"}},
        "next": {"type": ["integer", "null"]},
    },
}

_BEGIN: Final = {
    "type": "object",
    "properties": {
        "dry_run": {"type": "boolean"},
        "mapping": {"$ref": "#/components/schemas/ImportMapping"},
        "keep_mapping": {"type": "boolean"},
        "approval": {
            "type": "object",
            "required": ["proposer", "approver"],
            "properties": {"proposer": {"type": "string"}, "approver": {"type": "string"}},
        },
    },
}

OPENAPI: Final[dict[str, Any]] = {
    "tags": [{"name": "imports", "description": "Importing licences 导入证照"}],
    "paths": {
        "/api/v1/imports": {
            "post": _operation(
                "Send a file of licences: CSV, JSON Lines or XLSX",
                "createImport",
                {
                    "202": _answer("It is being imported.", "Import"),
                    "201": _answer("It was received (begin=false).", "Import"),
                    "400": _answer("The file cannot be read, or the mapping does not fit."),
                    "404": _answer("There is no such source."),
                    "413": _answer("The file is too long."),
                },
                _query("type", {"type": "string"}, "Code of the licence type of all rows.", required=True),
                _query("source", {"type": "string", "default": "own"}, "Code of a registered source system."),
                _query("dry_run", {"type": "boolean", "default": False}, "Look only."),
                _query("begin", {"type": "boolean", "default": True}, "false: only receive; begin later."),
                requestBody={"required": True, "content": _FILE},
            ),
            "get": _operation(
                "List the authority's imports", "listImports", {"200": _answer("Newest first.")}
            ),
        },
        "/api/v1/imports/{import_id}": {
            "get": _operation(
                "How far an import is, and its refused rows",
                "readImport",
                {"200": _answer("The import.", "Import"), **_ABSENT},
                _ID,
                _query("after", _COUNT, "`next` of the page before."),
                _query("limit", {**_COUNT, "maximum": MAX_LISTED, "default": 50}, "Most refused rows."),
            )
        },
        "/api/v1/imports/{import_id}/errors": {
            "get": _operation(
                "The refused rows as a file of the format that was sent, with a column import_error",
                "downloadImportErrors",
                {"200": {"description": "The file.", "content": _FILE}, **_ABSENT},
                _ID,
            )
        },
        "/api/v1/imports/{import_id}/begin": {
            "post": _operation(
                "Begin a run, with another mapping or as a dry run",
                "beginImport",
                {
                    "202": _answer("Begun.", "Import"),
                    "409": _answer("A run is under way or was completed."),
                    **_ABSENT,
                },
                _ID,
                requestBody={"content": {"application/json": {"schema": _BEGIN}}},
            )
        },
        "/api/v1/imports/{import_id}/resume": {
            "post": _operation(
                "Go on with a failed or cancelled run from the row where it stopped",
                "resumeImport",
                {
                    "202": _answer("It goes on.", "Import"),
                    "409": _answer("There is nothing to resume."),
                    **_ABSENT,
                },
                _ID,
            )
        },
        "/api/v1/import-mappings": {
            "get": _operation(
                "List the column mappings of the authority",
                "listImportMappings",
                {"200": _answer("By source and type.")},
            )
        },
        "/api/v1/import-mappings/{source}/{type_code}": {
            "get": _operation(
                "The column mapping of a source system for a type",
                "readImportMapping",
                {"200": _answer("The mapping.", "ImportMapping"), "404": _answer("None is kept.")},
                _SOURCE,
                _TYPE,
            ),
            "put": _operation(
                "Keep a column mapping",
                "putImportMapping",
                {
                    "200": _answer("Kept.", "ImportMapping"),
                    "400": _answer("It does not fit the type."),
                    "409": _answer("Somebody else changed it."),
                },
                _SOURCE,
                _TYPE,
                requestBody={"required": True, "content": _json("ImportMapping")},
            ),
        },
    },
    "components": {
        "schemas": {"Import": _IMPORT, "ImportMapping": _MAPPING, "RefusedRow": _ROW},
    },
}
