"""A source system: from where field values of an authority's licences come, and how often they should."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Final

from standards.text import Text


@dataclass(frozen=True, slots=True)
class Source:
    """One source system of one authority.

    Attributes:
        authority: USCC of the authority whose licences it reports on.
        code: the source's name in addresses and files, unique at the authority.
        name: for people.
        department: function of the department that runs it, a code of ``DEPARTMENTS``; decides for which fields its
            word counts.
        contact: whom to ask about its data, as free text.
        expected_every: longest time between two deliveries of a source in order.
        type_codes: the licence types that it covers in full; its staleness is measured over them.
        system: name of the only system that may report for it by API, or ``None`` for any of the authority's.
        applies: whether a new value of a field for which its word counts becomes a change of the licence at once;
            otherwise it waits as a discrepancy until somebody takes it.
        revision: counts the changes; every change is a compare-and-set on it.
    """

    authority: str
    code: str
    name: str
    department: str
    contact: str
    expected_every: timedelta
    type_codes: tuple[str, ...] = ()
    system: str | None = None
    applies: bool = False
    revision: int = 1


@dataclass(frozen=True, slots=True)
class Deliveries:
    """What came from a source.

    Attributes:
        last_at: when the last delivery came, or ``None`` before the first one.
        last_rows: how many licences it spoke of.
        count: how many deliveries came.
    """

    last_at: datetime | None = None
    last_rows: int = 0
    count: int = 0


@dataclass(frozen=True, slots=True)
class Staleness:
    """How much of what a source covers it has confirmed within its expected interval.

    Attributes:
        licences: licences in force of the types that it covers.
        confirmed: how many of them it has confirmed within the interval.
        measured_at: when this was counted.
    """

    licences: int
    confirmed: int
    measured_at: datetime

    @property
    def share(self) -> float | None:
        """From 0 to 1, or ``None`` where there is nothing to confirm. A licence that ended after it was confirmed is
        still counted among the confirmed, so the quotient is capped.
        """
        return None if self.licences == 0 else min(1.0, self.confirmed / self.licences)


class Timeliness(StrEnum):
    """Whether a source delivers as often as it should."""

    NEVER = "never"
    ON_TIME = "on_time"
    LATE = "late"
    VERY_LATE = "very_late"

    @property
    def label(self) -> Text:
        """In words."""
        return _TIMELINESS_LABELS[self]


_TIMELINESS_LABELS: Final[Mapping[Timeliness, Text]] = {
    Timeliness.NEVER: Text("尚未报送", "Nothing delivered yet"),
    Timeliness.ON_TIME: Text("按时", "On time"),
    Timeliness.LATE: Text("逾期", "Late"),
    Timeliness.VERY_LATE: Text("严重逾期", "Very late"),
}


@dataclass(frozen=True, slots=True)
class SourceStanding:
    """A source, what it delivered, and how stale it is as last measured."""

    source: Source
    deliveries: Deliveries
    staleness: Staleness | None

    def age(self, at: datetime) -> timedelta | None:
        """Time since the last delivery; ``None`` before the first one. A clock that stepped back makes no negative age."""
        last = self.deliveries.last_at
        return None if last is None else max(at - last, timedelta(0))

    def timeliness(self, at: datetime) -> Timeliness:
        """Late when the expected interval has passed since the last delivery, very late after twice that."""
        age = self.age(at)
        if age is None:
            return Timeliness.NEVER
        if age <= self.source.expected_every:
            return Timeliness.ON_TIME
        return Timeliness.LATE if age <= 2 * self.source.expected_every else Timeliness.VERY_LATE
