"""A source system: from where field values of an authority's licences come, and how often they should."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta


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
