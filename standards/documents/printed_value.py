"""How a claim is printed on a licence: the one place that says it, for the page, the print code and whoever compares them."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any, Final

from standards.codes.division import division_name
from standards.errors import InvalidInputError
from standards.licence_types import FieldKind, LicenceField

LONG_TERM: Final = "长期"
"""Printed instead of an end that a licence does not have."""

VALID_PERIOD: Final = "valid_period"
"""Name of the printed item that joins ``valid_from`` and ``valid_until``; no claim has it."""


def printed_value(field: LicenceField, value: Any) -> str:
    """The text that stands on the face for ``value``; pictures have none (the empty string).

    Args:
        field: what the value is.
        value: JSON value of the claim, or ``None`` where the licence has none.
    """
    if field.kind is FieldKind.IMAGE:
        return ""
    if value is None:
        return LONG_TERM if field.name == "valid_until" else ""
    text = str(value)
    if field.kind is FieldKind.DATE:
        return printed_day(text)
    if field.kind is FieldKind.DIVISION:
        return _division(text)
    return text


def printed_period(claims: Mapping[str, Any]) -> str:
    """``2020年1月1日至2030年1月1日``, with 长期 for no end; the empty string without a beginning and an end."""
    begin, end = claims.get("valid_from"), claims.get("valid_until")
    if begin is None and end is None:
        return LONG_TERM
    last = LONG_TERM if end is None else printed_day(str(end))
    return f"{printed_day(str(begin))}至{last}" if begin is not None else f"至{last}"


def printed_day(value: str) -> str:
    """``2026-11-22`` as ``2026年11月22日``; what is no ISO 8601 day stays as it is."""
    try:
        day = date.fromisoformat(value)
    except ValueError:
        return value
    return f"{day.year}年{day.month}月{day.day}日"


def _division(code: str) -> str:
    try:
        return f"{division_name(code)}（{code}）"
    except InvalidInputError:
        return code
