"""A job's row and its value. What is free JSON stands in the row as text: no name or value of it is a store's command."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

import orjson

from service.jobs.errors import JobTooLargeError
from service.jobs.job import Job, JobState
from standards.text import Text

MAX_JSON_BYTES: Final = 256 * 1024
"""Largest parameters, cursor or result. What is larger belongs into rows or a file of its own."""

_ONLY_JSON: Final = orjson.OPT_PASSTHROUGH_DATETIME | orjson.OPT_PASSTHROUGH_DATACLASS


def json_text(value: Any, where: str) -> str:
    """The JSON text of a value; raises ``JobTooLargeError`` when it is none, or too long."""
    try:
        text = orjson.dumps(value, option=_ONLY_JSON)
    except orjson.JSONEncodeError as error:
        raise JobTooLargeError(
            "任务的参数、游标和结果须是 JSON 值。",
            "Parameters, cursor and result of a job must be JSON.",
            where=where,
        ) from error
    if len(text) > MAX_JSON_BYTES:
        raise JobTooLargeError(
            f"任务的参数、游标和结果各不超过 {MAX_JSON_BYTES // 1024} KB。",
            f"Parameters, cursor and result of a job hold at most {MAX_JSON_BYTES // 1024} KB each.",
            where=where,
        )
    return text.decode("utf-8")


def to_job(row: Mapping[str, Any]) -> Job:
    """The value of a row."""
    message = row.get("message")
    return Job(
        id=row["_id"],
        kind=row["kind"],
        owner=row["owner"],
        parameters=orjson.loads(row["parameters"]),
        state=JobState(row["state"]),
        cursor=_value(row.get("cursor")),
        done=row["done"],
        total=row["total"],
        errors=row["errors"],
        created_by=row["created_by"],
        created_at=row["created_at"],
        updated_at=row["updated_at"],
        finished_at=row.get("finished_at"),
        attempt=row["attempt"],
        message=Text(message["zh"], message["en"]) if message else None,
        result=_value(row.get("result")),
        is_cancelling=row.get("is_cancelling", False),
    )


def _value(text: str | None) -> Any:
    return None if text is None else orjson.loads(text)
