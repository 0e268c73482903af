"""OpenAPI 3.1 of background work."""

from __future__ import annotations

from typing import Any, Final

from issuer.jobs.views import MAX_LISTED
from service.jobs import JobState

_BEARER: Final[list[dict[str, list[str]]]] = [{"bearer": []}]
_INSTANT: Final = {"type": "string", "format": "date-time"}
_ID: Final = {"name": "job_id", "in": "path", "required": True, "schema": {"type": "string", "maxLength": 64}}
_COUNT: Final = {"type": "integer", "minimum": 0}

_JOB: Final[dict[str, Any]] = {
    "type": "object",
    "required": ["id", "kind", "state", "done", "total", "errors", "created_at", "updated_at"],
    "properties": {
        "id": {"type": "string"},
        "kind": {"type": "string", "example": "issuer.import"},
        "state": {"type": "string", "enum": [state.value for state in JobState]},
        "cancelling": {
            "type": "boolean",
            "description": "Somebody cancelled it; the step under way still ends.",
        },
        "done": {**_COUNT, "description": "Items done, refused ones included."},
        "total": {"type": ["integer", "null"], "description": "Items in all, once that is known."},
        "errors": {**_COUNT, "description": "Items refused."},
        "attempt": {**_COUNT, "description": "How often a worker has taken it up."},
        "created_by": {"type": "string", "description": "Name of the system, or id of the member of staff."},
        "created_at": _INSTANT,
        "updated_at": _INSTANT,
        "finished_at": {"type": ["string", "null"], "format": "date-time"},
        "message": {
            "description": "Why it failed.",
            "oneOf": [{"$ref": "#/components/schemas/Text"}, {"type": "null"}],
        },
        "result": {
            "type": ["object", "null"],
            "description": "What a finished job found; each kind has its own.",
        },
    },
}


def _operation(summary: str, operation: str, answers: dict[str, str]) -> dict[str, Any]:
    described: dict[str, Any] = {
        "200": {
            "description": "The job.",
            "content": {"application/json": {"schema": {"$ref": "#/components/schemas/Job"}}},
        }
    }
    return {
        "tags": ["jobs"],
        "summary": summary,
        "operationId": operation,
        "security": _BEARER,
        "responses": described | {status: {"description": words} for status, words in answers.items()},
    }


_ABSENT: Final = {"404": "The authority has no such job."}

OPENAPI: Final[dict[str, Any]] = {
    "tags": [{"name": "jobs", "description": "Background work 后台任务"}],
    "paths": {
        "/api/v1/jobs": {
            "get": {
                "tags": ["jobs"],
                "summary": "List the authority's jobs, newest first",
                "operationId": "listJobs",
                "security": _BEARER,
                "parameters": [
                    {"name": "kind", "in": "query", "schema": {"type": "string"}},
                    {
                        "name": "limit",
                        "in": "query",
                        "schema": {"type": "integer", "minimum": 1, "maximum": MAX_LISTED, "default": 50},
                    },
                    {
                        "name": "before",
                        "in": "query",
                        "description": "`next` of the page before.",
                        "schema": {"type": "string"},
                    },
                ],
                "responses": {
                    "200": {
                        "description": "One page.",
                        "content": {
                            "application/json": {
                                "schema": {
                                    "type": "object",
                                    "required": ["jobs", "next"],
                                    "properties": {
                                        "jobs": {
                                            "type": "array",
                                            "items": {"$ref": "#/components/schemas/Job"},
                                        },
                                        "next": {"type": ["string", "null"]},
                                    },
                                }
                            }
                        },
                    }
                },
            }
        },
        "/api/v1/jobs/{job_id}": {
            "parameters": [_ID],
            "get": _operation("Read how far a job is", "readJob", _ABSENT),
        },
        "/api/v1/jobs/{job_id}/cancel": {
            "parameters": [_ID],
            "post": _operation(
                "Stop a job after the step that is under way",
                "cancelJob",
                {**_ABSENT, "409": "It has ended."},
            ),
        },
        "/api/v1/jobs/{job_id}/retry": {
            "parameters": [_ID],
            "post": _operation(
                "Take up a failed or cancelled job where it stopped",
                "retryJob",
                {**_ABSENT, "409": "It runs, waits, or is done."},
            ),
        },
    },
    "components": {"schemas": {"Job": _JOB}},
}
"""Merged into ``/openapi.json``."""
