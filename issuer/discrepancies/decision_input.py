"""Reads how somebody closes a discrepancy, and which discrepancies are asked for."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any, Final

from issuer.discrepancies.discrepancy import (
    CHOSEN_BY_PEOPLE,
    Closing,
    ClosingReason,
    Discrepancy,
    DiscrepancyFilter,
    DiscrepancyState,
)
from standards.errors import InvalidInputError
from standards.json_reader import Reader
from standards.single_line import is_paragraph
from standards.text import Text

MAX_NOTE_CHARS: Final = 500

_NOTE_NEEDED: Final = frozenset(
    {ClosingReason.KEEP_LIBRARY, ClosingReason.SAME_MEANING, ClosingReason.LIBRARY_CORRECTED}
)
"""What settles a value for good, or says that the library was wrong, is explained to whoever asks later."""

_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)
_MILLISECOND: Final = timedelta(milliseconds=1)
"""As exact as the store keeps instants."""

_CURSOR: Final = re.compile(r"(?P<milliseconds>[0-9]{1,14})-(?P<id>[0-9a-f]{32})", re.ASCII)


def parse_closing(reader: Reader, *, by: str, at: datetime) -> Closing:
    """The closing in members ``reason`` and ``note``.

    Raises:
        InvalidInputError: an unknown reason, or no note where one is needed.
    """
    reason = ClosingReason(reader.choice("reason", tuple(reason.value for reason in CHOSEN_BY_PEOPLE)))
    note = reader.optional_text("note", max_chars=MAX_NOTE_CHARS, min_chars=0, strip=True) or ""
    if note and not is_paragraph(note):
        raise reader.fail("note", "含有不可打印的字符。", "It has characters that cannot be printed.")
    if not note and reason in _NOTE_NEEDED:
        raise InvalidInputError(
            "请说明依据。",
            "Please say on what ground.",
            where=reader.pointer("note"),
            next_step=Text("写明核实的材料或联系的人员。", "Name the evidence, or whom you asked."),
        )
    return Closing(reason, note, by, at)


def parse_filter(given: Mapping[str, str]) -> DiscrepancyFilter:
    """The filter in query arguments ``state`` (open, closed, all), ``type``, ``field``, ``source`` and ``owner``
    (a member's id, or ``none``). Raises ``InvalidInputError`` for another state.
    """
    state = given.get("state") or DiscrepancyState.OPEN.value
    if state not in {"all", *DiscrepancyState}:
        raise InvalidInputError(
            "状态应为 open、closed 或 all。", "The state is open, closed or all.", where="state"
        )
    owner = given.get("owner") or None
    return DiscrepancyFilter(
        state=None if state == "all" else DiscrepancyState(state),
        type_code=_short(given, "type"),
        field=_short(given, "field"),
        source=_short(given, "source"),
        owner=None if owner == "none" else owner,
        unowned=owner == "none",
    )


def cursor_of(last: Discrepancy) -> str:
    """Where the next page begins."""
    return f"{(last.first_seen - _EPOCH) // _MILLISECOND}-{last.id}"


def parse_cursor(text: str | None) -> tuple[datetime, str] | None:
    """The end of the page before; ``None`` for the first page.

    Raises:
        InvalidInputError: not one that ``cursor_of`` made.
    """
    if not text:
        return None
    match = _CURSOR.fullmatch(text)
    if match is None:
        raise InvalidInputError("页码无效。", "This is no page.", where="after")
    return _EPOCH + int(match["milliseconds"]) * _MILLISECOND, match["id"]


def _short(given: Mapping[str, Any], name: str) -> str | None:
    return given.get(name, "")[:100] or None
