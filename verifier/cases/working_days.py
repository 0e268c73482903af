"""Working days: what follows later is due on one (容缺受理; holidays by the State Council's notice of each year)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Final

import chinese_calendar

_SATURDAY: Final = 5


@dataclass(frozen=True, slots=True)
class DueDay:
    """A day by which something is due.

    Attributes:
        day: that day itself still counts.
        provisional: the holidays of a year on the way are not published yet, so weekdays were counted.
    """

    day: date
    provisional: bool = False


def is_working_day(day: date) -> bool | None:
    """Whether people work on a day; ``None`` where its year's holidays are not known."""
    try:
        return bool(chinese_calendar.is_workday(day))
    except NotImplementedError:
        return None


def after_working_days(start: date, count: int) -> DueDay:
    """The day ``count`` working days after ``start``, which itself does not count (Civil Code article 201)."""
    day, left, provisional = start, count, False
    while left > 0:
        day += timedelta(days=1)
        works = is_working_day(day)
        if works is None:
            provisional = True
            works = day.weekday() < _SATURDAY
        left -= works
    return DueDay(day, provisional)
