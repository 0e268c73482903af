"""``/api/v1/log`` in the OpenAPI document."""

from __future__ import annotations

from typing import Any, Final

from wallet.history.entry import EntryKind
from wallet.history.log_filter import Group

_TEXT: Final = {"$ref": "#/components/schemas/Text"}
_OPTIONAL_TEXT: Final = {"oneOf": [_TEXT, {"type": "null"}]}
_KIND: Final = {"type": "string", "enum": [kind.value for kind in EntryKind]}
_INSTANT: Final = {"type": "string", "format": "date-time"}


def _parameter(name: str, schema: dict[str, Any]) -> dict[str, Any]:
    return {"name": name, "in": "query", "required": False, "schema": schema}


OPENAPI: Final[dict[str, Any]] = {
    "paths": {
        "/api/v1/log": {
            "get": {
                "operationId": "showLog",
                "summary": "What was received, shown and refused, newest first",
                "description": "A page may be shorter than others, and even empty, while `next` leads on.",
                "tags": ["log"],
                "security": [{"session": []}],
                "parameters": [
                    _parameter("group", {"type": "string", "enum": [group.value for group in Group]}),
                    _parameter("licence", {"type": "string", "description": "Credential id."}),
                    _parameter("words", {"type": "string"}),
                    _parameter("since", {"type": "string", "format": "date"}),
                    _parameter("until", {"type": "string", "format": "date"}),
                    _parameter("before", _INSTANT),
                    _parameter("line", {"type": "string"}),
                ],
                "responses": {
                    "200": {
                        "description": "The newest uses.",
                        "content": {
                            "application/json": {
                                "schema": {
                                    "type": "object",
                                    "required": ["uses", "next"],
                                    "properties": {
                                        "uses": {
                                            "type": "array",
                                            "items": {"$ref": "#/components/schemas/Use"},
                                        },
                                        "next": {
                                            "oneOf": [
                                                {"type": "null"},
                                                {
                                                    "type": "object",
                                                    "description": "Parameters of the next page.",
                                                    "required": ["before", "line"],
                                                    "properties": {
                                                        "before": _INSTANT,
                                                        "line": {"type": "string"},
                                                    },
                                                },
                                            ]
                                        },
                                    },
                                }
                            }
                        },
                    }
                },
            }
        },
        "/api/v1/log/{id}": {
            "get": {
                "operationId": "showUse",
                "summary": "One use: its receipt",
                "tags": ["log"],
                "security": [{"session": []}],
                "parameters": [{"name": "id", "in": "path", "required": True, "schema": {"type": "string"}}],
                "responses": {
                    "200": {
                        "description": "The use.",
                        "content": {"application/json": {"schema": {"$ref": "#/components/schemas/Use"}}},
                    }
                },
            }
        },
        "/api/v1/log/integrity": {
            "get": {
                "operationId": "checkLog",
                "summary": "Whether a line of the log is missing or was changed",
                "tags": ["log"],
                "security": [{"session": []}],
                "responses": {
                    "200": {
                        "description": "What a walk over the whole chain found.",
                        "content": {
                            "application/json": {
                                "schema": {
                                    "type": "object",
                                    "required": ["whole", "lines", "broken_at"],
                                    "properties": {
                                        "whole": {"type": "boolean"},
                                        "lines": {"type": "integer"},
                                        "broken_at": {"type": ["integer", "null"]},
                                    },
                                }
                            }
                        },
                    }
                },
            }
        },
    },
    "components": {
        "schemas": {
            "Use": {
                "type": "object",
                "required": [
                    "id",
                    "number",
                    "at",
                    "kind",
                    "about",
                    "sentence",
                    "licences",
                    "seen",
                    "outcome",
                ],
                "properties": {
                    "id": {"type": "string"},
                    "number": {"type": "string", "description": "Receipt number, for people."},
                    "at": _INSTANT,
                    "sentence": _TEXT,
                    "party_code": {"type": ["string", "null"]},
                    "purpose": _OPTIONAL_TEXT,
                    "basis": {"oneOf": [{"$ref": "#/components/schemas/Basis"}, {"type": "null"}]},
                    "retention": _OPTIONAL_TEXT,
                    "credentials": {"type": "array", "items": {"type": "string"}},
                    "actor": {
                        "description": "Who acted in the holder's name; null for the holder in person.",
                        "oneOf": [
                            {"type": "null"},
                            {
                                "type": "object",
                                "properties": {
                                    "name": {"type": "string"},
                                    "capacity": {"type": "string"},
                                    "words": _TEXT,
                                },
                            },
                        ],
                    },
                    "grant": {"type": ["string", "null"]},
                    "complaints": {
                        "type": ["string", "null"],
                        "description": "Where the other side takes complaints.",
                    },
                    "kind": _KIND,
                    "about": {"type": "string", "description": "Id of the request, offer or licence."},
                    "party": _OPTIONAL_TEXT,
                    "region": _OPTIONAL_TEXT,
                    "item": _OPTIONAL_TEXT,
                    "licences": {"type": "array", "items": _TEXT},
                    "seen": {
                        "type": "array",
                        "items": {
                            "type": "object",
                            "required": ["licence", "label", "value"],
                            "properties": {"licence": _TEXT, "label": _TEXT, "value": {"type": "string"}},
                        },
                    },
                    "reason": _OPTIONAL_TEXT,
                    "outcome": {
                        "description": "How a `sharing` ended; null while that is not known.",
                        "oneOf": [
                            {"type": "null"},
                            {
                                "type": "object",
                                "required": ["kind", "at", "reason"],
                                "properties": {"kind": _KIND, "at": _INSTANT, "reason": _OPTIONAL_TEXT},
                            },
                        ],
                    },
                },
            }
        }
    },
    "tags": [{"name": "log", "description": "The use log; lines are only ever added."}],
}
