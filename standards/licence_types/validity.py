"""Until when a licence holds: the validity rule of its type, as data."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum

from standards.text import Text


class ValidityKind(StrEnum):
    """How the end of validity follows from the day of issue."""

    LONG_TERM = "long_term"
    """No end, unless one is stated."""

    NONE = "none"
    """The licence attests a fact; validity does not apply."""

    YEARS = "years"
    """A fixed number of years."""

    BY_AGE = "by_age"
    """Years by the holder's age on the day of issue; no years in the last band means no end."""

    STATED = "stated"
    """Every licence states its own end."""

    OPTIONAL = "optional"
    """A licence may state its own end (a term of use); without one it has none."""


@dataclass(frozen=True, slots=True)
class AgeBand:
    """From this age on (completed years), the licence holds so many years; ``None`` is long-term."""

    from_age: int
    years: int | None


@dataclass(frozen=True, slots=True)
class ValidityRule:
    """The rule and the sentence that explains it.

    Attributes:
        kind: how the end follows.
        description: the rule in words.
        years: for YEARS.
        bands: for BY_AGE, rising from age 0.
        or_long_term: for YEARS, a licence may also be issued without an end.
    """

    kind: ValidityKind
    description: Text
    years: int | None = None
    bands: tuple[AgeBand, ...] = ()
    or_long_term: bool = False

    @property
    def may_be_long_term(self) -> bool:
        """Whether a licence of the type may have no end."""
        return self.or_long_term or self.kind not in {ValidityKind.YEARS, ValidityKind.STATED}

    @property
    def needs_stated_end(self) -> bool:
        """Whether a licence of the type must state until when it is valid."""
        return self.kind is ValidityKind.STATED

    def end(self, start: date, *, age: int | None = None) -> date | None:
        """Last day of validity of a licence that begins on ``start``, or ``None`` for no end.

        Args:
            start: first day of validity.
            age: completed years of the holder on that day, for a rule by age; unknown reads as the youngest band.
        """
        if self.kind is ValidityKind.YEARS:
            years = self.years
        elif self.kind is ValidityKind.BY_AGE:
            reached = [band for band in self.bands if band.from_age <= (age or 0)]
            years = reached[-1].years
        else:
            years = None
        return None if years is None else anniversary(start, years)


def anniversary(start: date, years: int) -> date:
    """The same day ``years`` later; 29 February meets 28 February in a common year."""
    try:
        return start.replace(year=start.year + years)
    except ValueError:
        return (start + timedelta(days=-1)).replace(year=start.year + years)


def months_later(start: date, months: int) -> date:
    """The same day ``months`` later, or the last day of a shorter month."""
    years, month = divmod(start.month - 1 + months, 12)
    year, month = start.year + years, month + 1
    last_day = (date(year + month // 12, month % 12 + 1, 1) - timedelta(days=1)).day
    return date(year, month, min(start.day, last_day))
