"""What a report is about: days, department or all of them, one item or all."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Final
from urllib.parse import urlencode

from service.web.language import BEIJING
from standards.text import Text
from verifier.reports.errors import InvalidPeriodError

LONGEST: Final = timedelta(days=732)
"""Longest period: two years, so that a year can be compared with the one before."""

_DEFAULT: Final = timedelta(days=29)
_MAX_ITEM_CHARS: Final = 80


@dataclass(frozen=True, slots=True)
class Selection:
    """The days from ``first`` to ``last``, both included, in China's time.

    Attributes:
        first, last: days.
        item: code of a service item, or ``None`` for all.
        everywhere: all departments of this node instead of one's own; then small numbers are not told.
    """

    first: date
    last: date
    item: str | None = None
    everywhere: bool = False

    def days(self) -> tuple[date, ...]:
        """Every day of the period."""
        return tuple(self.first + timedelta(days=n) for n in range((self.last - self.first).days + 1))

    def query(self, **changes: str) -> str:
        """As the query of an address."""
        values = {"from": self.first.isoformat(), "until": self.last.isoformat()}
        if self.item:
            values["item"] = self.item
        if self.everywhere:
            values["scope"] = "all"
        return urlencode(values | changes)


@dataclass(frozen=True, slots=True)
class Shortcut:
    """A period that many want."""

    label: Text
    first: date
    last: date


def day_of(at: datetime) -> date:
    """The day of an instant in China's time."""
    return at.astimezone(BEIJING).date()


def parse_selection(arguments: Mapping[str, str], today: date) -> Selection:
    """Read ``from``, ``until``, ``item``, ``scope``; the last thirty days unless told.

    Raises:
        InvalidPeriodError: no dates, the wrong way round, or further apart than :data:`LONGEST`.
    """
    last = _day(arguments, "until") or today
    first = _day(arguments, "from") or _before(last)
    if first > last:
        raise InvalidPeriodError("开始日期晚于结束日期。", "The period ends before it begins.", where="from")
    if last - first > LONGEST:
        raise InvalidPeriodError("一次最多统计两年。", "A report covers at most two years.", where="from")
    item = arguments.get("item", "")[:_MAX_ITEM_CHARS] or None
    return Selection(first, last, item, arguments.get("scope") == "all")


def shortcuts(today: date) -> tuple[Shortcut, ...]:
    """Periods to choose with one click."""
    month = today.replace(day=1)
    before = month - timedelta(days=1)
    return (
        Shortcut(Text("近 7 天", "Last 7 days"), today - timedelta(days=6), today),
        Shortcut(Text("近 30 天", "Last 30 days"), today - _DEFAULT, today),
        Shortcut(Text("本月", "This month"), month, today),
        Shortcut(Text("上月", "Last month"), before.replace(day=1), before),
        Shortcut(Text("今年", "This year"), today.replace(month=1, day=1), today),
    )


def _before(last: date) -> date:
    return date.min if last - date.min < _DEFAULT else last - _DEFAULT


def _day(arguments: Mapping[str, str], name: str) -> date | None:
    text = arguments.get(name, "").strip()
    if not text:
        return None
    try:
        return date.fromisoformat(text[:10] if len(text) == 10 else "")
    except ValueError as error:
        raise InvalidPeriodError(
            "日期应写作 2026-11-22。", "Write a date as 2026-11-22.", where=name
        ) from error
