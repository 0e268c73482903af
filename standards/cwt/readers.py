"""Reads decoded CBOR into typed values; whatever has not its kind or its size is a ``ValueError`` for the parser to name."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import Any, Final

from standards.status_list import StatusReference
from standards.status_list.values import MAX_INDEX

MAX_TEXT_CHARS: Final = 200
MAX_URI_CHARS: Final = 300
_LATEST_SECOND: Final = 253_402_300_799  # 9999-12-31T23:59:59Z, the last that a datetime holds

MALFORMED: Final = (KeyError, TypeError, ValueError, AttributeError)
"""What taking a decoded value apart raises when it is not of the form expected."""


def read_text(value: Any, max_chars: int = MAX_TEXT_CHARS) -> str:
    if not isinstance(value, str) or not 0 < len(value) <= max_chars:
        raise ValueError("not a text of the right length")
    return value


def read_integer(value: Any, least: int, most: int) -> int:
    if type(value) is not int or not least <= value <= most:
        raise ValueError("not an integer in its range")
    return value


def read_value(value: Any) -> str | int:
    return read_text(value) if isinstance(value, str) else read_integer(value, -(2**53), 2**53)


def read_day(value: Any) -> date:
    number = read_integer(value, 1, 99_991_231)
    return date(number // 10_000, number // 100 % 100, number % 100)


def read_instant(value: Any) -> datetime:
    return datetime.fromtimestamp(read_integer(value, 0, _LATEST_SECOND), UTC)


def read_status(value: Any) -> StatusReference:
    return StatusReference(read_text(value["uri"], MAX_URI_CHARS), read_integer(value["idx"], 0, MAX_INDEX))
