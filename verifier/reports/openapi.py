"""What the reports look like to other systems."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from verifier.reports.tables import TABLES

_PARAMETERS: Final = [
    {
        "name": "from",
        "in": "query",
        "description": "First day, in China's time; 29 days before the last unless given.",
        "schema": {"type": "string", "format": "date"},
    },
    {
        "name": "until",
        "in": "query",
        "description": "Last day; today unless given.",
        "schema": {"type": "string", "format": "date"},
    },
    {"name": "item", "in": "query", "description": "One service item.", "schema": {"type": "string"}},
    {
        "name": "scope",
        "in": "query",
        "description": "`all`: the departments of this node together; then numbers below five are null.",
        "schema": {"enum": ["all"]},
    },
]

OPENAPI: Final[Mapping[str, Any]] = {
    "paths": {
        "/api/v1/reports": {
            "get": {
                "operationId": "readReports",
                "tags": ["reports"],
                "summary": "Materials saved, visits, decisions, reasons, the matrix of regions, complaints.",
                "security": [{"bearer": []}],
                "parameters": _PARAMETERS,
                "responses": {
                    "200": {
                        "description": "The figures.",
                        "content": {"application/json": {"schema": {"$ref": "#/components/schemas/Reports"}}},
                    }
                },
            }
        },
        "/api/v1/reports/{table}.csv": {
            "get": {
                "operationId": "readReportTable",
                "tags": ["reports"],
                "summary": "One table as CSV: UTF-8 with byte order mark; texts that look like formulas are quoted.",
                "security": [{"bearer": []}],
                "parameters": [
                    {"name": "table", "in": "path", "required": True, "schema": {"enum": list(TABLES)}},
                    *_PARAMETERS,
                ],
                "responses": {
                    "200": {
                        "description": "The table.",
                        "content": {"text/csv": {"schema": {"type": "string"}}},
                    }
                },
            }
        },
    },
    "components": {
        "schemas": {
            "Reports": {
                "type": "object",
                "required": ["from", "until", "scope", "tables"],
                "properties": {
                    "from": {"type": "string", "format": "date"},
                    "until": {"type": "string", "format": "date"},
                    "service_item": {"type": ["string", "null"]},
                    "scope": {"enum": ["department", "all"]},
                    "samples": {
                        "type": "boolean",
                        "description": "Whether made-up rows of the demo are among the numbers.",
                    },
                    "decisions": {"type": ["integer", "null"]},
                    "accepted": {"type": ["integer", "null"]},
                    "saved": {
                        "type": ["number", "null"],
                        "description": "1 − sheets asked for on paper ÷ sheets before, of what was accepted.",
                    },
                    "goals": {"type": "object", "additionalProperties": {"type": "number"}},
                    "at_most_one_visit": {"type": ["number", "null"]},
                    "tables": {
                        "type": "object",
                        "properties": {
                            name: {"type": "array", "items": {"type": "object"}} for name in TABLES
                        },
                    },
                },
            }
        }
    },
}
"""Fragment for :mod:`service.web.openapi`."""
