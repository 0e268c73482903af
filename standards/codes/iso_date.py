"""Calendar dates as licences write them: ``YYYY-MM-DD`` and nothing else (ISO 8601-1 clause 5.2.2.1)."""

from __future__ import annotations

import re
from datetime import date
from typing import Final

from standards.errors import InvalidInputError

_FORM: Final = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}", re.ASCII)


class InvalidDateError(InvalidInputError):
    """A text that is no calendar date."""

    code = "invalid-date"


def parse_date(text: str, *, where: str | None = None) -> date:
    """The day in ``text``; ``date.fromisoformat`` alone would also take week dates and the compact form.

    Raises:
        InvalidDateError: another form, or a day that no calendar has.
    """
    if _FORM.fullmatch(text):
        try:
            return date.fromisoformat(text)
        except ValueError:
            pass
    raise InvalidDateError(
        "应为存在的日期，写作 YYYY-MM-DD。",
        "An existing date, written YYYY-MM-DD, is expected.",
        where=where,
    )
