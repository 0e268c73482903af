"""OpenAPI 3.1 of the catalogue."""

from __future__ import annotations

from typing import Any, Final

from issuer.catalogue.type_version import StepKind, VersionState

_BEARER: Final[list[dict[str, list[str]]]] = [{"bearer": []}]
_TEXT: Final = {"$ref": "#/components/schemas/Text"}
_STRING: Final = {"type": "string"}
_DATA: Final = {"$ref": "#/components/schemas/LicenceTypeData"}
_REVISION: Final = {
    "type": "integer",
    "description": "Of the draft that was read; when it changed since, nothing is written.",
}
_WHO: Final = {"type": "string", "description": "Who stands behind it; the calling system unless given."}


def _json(schema: dict[str, Any]) -> dict[str, Any]:
    return {"application/json": {"schema": schema}}


def _object(properties: dict[str, Any], required: list[str] | None = None) -> dict[str, Any]:
    schema: dict[str, Any] = {"type": "object", "additionalProperties": False, "properties": properties}
    return schema | ({"required": required} if required else {})


def _body(properties: dict[str, Any], required: list[str] | None = None) -> dict[str, Any]:
    return {"required": True, "content": _json(_object(properties, required))}


def _path(name: str, description: str) -> dict[str, Any]:
    return {"name": name, "in": "path", "required": True, "description": description, "schema": _STRING}


_CODE: Final = _path("code", "Type code: the definer's USCC and three digits.")
_PLACE: Final = [_CODE, _path("version", "Number of the version.")]


def _operation(summary: str, operation: str, status: str, answer: str, **more: Any) -> dict[str, Any]:
    return {
        "tags": ["catalogue"],
        "summary": summary,
        "operationId": operation,
        "security": _BEARER,
        "responses": {
            status: {
                "description": "What is stored now.",
                "content": _json({"$ref": f"#/components/schemas/{answer}"}),
            }
        },
        **more,
    }


def _version(summary: str, operation: str, status: str = "200", **more: Any) -> dict[str, Any]:
    return _operation(summary, operation, status, "TypeVersion", **more)


OPENAPI: Final[dict[str, Any]] = {
    "paths": {
        "/api/v1/types": {
            "get": {
                "tags": ["licences"],
                "summary": "The licence types that this authority may issue, each with an example to post",
                "operationId": "listTypes",
                "security": _BEARER,
                "responses": {
                    "200": {
                        "description": "The types.",
                        "content": _json(
                            {
                                "type": "object",
                                "properties": {
                                    "types": {
                                        "type": "array",
                                        "items": {"$ref": "#/components/schemas/LicenceType"},
                                    }
                                },
                            }
                        ),
                    }
                },
            }
        },
        "/api/v1/catalogue": {
            "get": _operation(
                "All licence types, and the drafts of this authority", "listCatalogue", "200", "Catalogue"
            ),
            "post": _version(
                "Draft a new type, whose code is the authority's next free one",
                "createType",
                "201",
                requestBody=_body({"type": _DATA, "proposer": _WHO}),
            ),
        },
        "/api/v1/catalogue/{code}": {
            "parameters": [_CODE],
            "get": _operation(
                "A type with its published versions in full", "readType", "200", "CatalogueType"
            ),
        },
        "/api/v1/catalogue/{code}/versions": {
            "parameters": [_CODE],
            "post": _version(
                "Draft the next version; without a type it begins as the newest one is",
                "createTypeVersion",
                "201",
                requestBody=_body({"type": _DATA, "proposer": _WHO}),
            ),
        },
        "/api/v1/catalogue/{code}/versions/{version}": {
            "parameters": _PLACE,
            "get": _version("A version that this authority made, with what is wrong in it", "readVersion"),
            "put": _version(
                "Save a draft, complete or not",
                "replaceVersion",
                requestBody=_body(
                    {"type": _DATA, "revision": _REVISION, "proposer": _WHO}, ["type", "revision"]
                ),
            ),
            "delete": {
                "tags": ["catalogue"],
                "summary": "Throw a draft away",
                "operationId": "discardVersion",
                "security": _BEARER,
                "responses": {"204": {"description": "It is gone."}},
            },
        },
        "/api/v1/catalogue/{code}/versions/{version}/proposal": {
            "parameters": _PLACE,
            "post": _version(
                "Send a draft for approval; 400 with every mistake while it is not complete",
                "proposeVersion",
                requestBody=_body({"proposer": _WHO}),
            ),
        },
        "/api/v1/catalogue/{code}/versions/{version}/decision": {
            "parameters": _PLACE,
            "post": _version(
                "Publish it for good, or send it back; by somebody who did not work on it",
                "decideVersion",
                requestBody=_body(
                    {
                        "decision": {"enum": ["publish", "send_back"]},
                        "approver": _STRING,
                        "note": {"type": "string", "description": "Why it is sent back."},
                    },
                    ["decision", "approver"],
                ),
            ),
        },
        "/api/v1/catalogue/{code}/withdrawal": {
            "parameters": [_CODE],
            "post": {
                **_operation(
                    "No new licences of a type; 202 while it waits for a second person",
                    "withdrawType",
                    "201",
                    "TypeWithdrawal",
                ),
                "requestBody": _body(
                    {
                        "reason": _STRING,
                        "approval": _object({"proposer": _STRING, "approver": _STRING}, ["proposer"]),
                    },
                    ["reason", "approval"],
                ),
            },
        },
    },
    "components": {
        "schemas": {
            "LicenceType": {
                "type": "object",
                "required": ["code", "vct", "name", "fields", "example"],
                "properties": {
                    "code": _STRING,
                    "version": _STRING,
                    "vct": _STRING,
                    "name": _TEXT,
                    "fields": {"type": "array", "items": {"type": "object"}},
                    "example": {"$ref": "#/components/schemas/NewLicence"},
                },
            },
            "LicenceTypeData": {
                "type": "object",
                "description": "A type as data: name, description, holder, validity, coding, share_class, inspection, "
                "appearance, fields … in the form in which GET /api/v1/catalogue/{code} answers it; code, version and "
                "definer are the node's.",
            },
            "CatalogueEntry": {
                "type": "object",
                "required": ["code", "name", "vct", "version", "withdrawn"],
                "properties": {
                    "code": _STRING,
                    "name": _TEXT,
                    "vct": _STRING,
                    "version": _STRING,
                    "versions": {"type": "array", "items": _STRING},
                    "share_class": _STRING,
                    "code_origin": {"enum": ["published", "assumed"]},
                    "fields": {"type": "integer"},
                    "withdrawn": {"type": "boolean"},
                },
            },
            "CatalogueType": {
                "allOf": [{"$ref": "#/components/schemas/CatalogueEntry"}],
                "properties": {
                    "published": {"type": "array", "items": {"type": "object"}},
                    "withdrawal": {"type": ["object", "null"]},
                },
            },
            "Catalogue": {
                "type": "object",
                "properties": {
                    "types": {"type": "array", "items": {"$ref": "#/components/schemas/CatalogueEntry"}},
                    "drafts": {"type": "array", "items": {"type": "object"}},
                },
            },
            "TypeVersion": {
                "type": "object",
                "required": ["code", "version", "state", "revision", "type", "errors"],
                "properties": {
                    "code": _STRING,
                    "version": _STRING,
                    "vct": _STRING,
                    "state": {"enum": [state.value for state in VersionState]},
                    "revision": {"type": "integer"},
                    "type": _DATA,
                    "errors": {
                        "type": "array",
                        "items": {
                            "type": "object",
                            "properties": {
                                "where": {"type": "string", "description": "JSON pointer into `type`."},
                                "message": _TEXT,
                            },
                        },
                    },
                    "history": {
                        "type": "array",
                        "items": {
                            "type": "object",
                            "properties": {"step": {"enum": [kind.value for kind in StepKind]}},
                        },
                    },
                },
            },
            "TypeWithdrawal": {
                "type": "object",
                "properties": {
                    "code": _STRING,
                    "state": {"enum": ["proposed", "done"]},
                    "reason": _STRING,
                },
            },
        }
    },
}
"""Merged into ``/openapi.json``."""
