"""A selection of an authority's licences: what a bulk operation, a batch of offers or an export is about.

It says nothing of how many there are: the same selection, read again later, may hold others.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any, Final

from issuer.library.licence import LicenceState
from standards.codes.division import parse_division
from standards.codes.iso_date import parse_date
from standards.codes.licence_identifier import parse_licence_identifier
from standards.errors import InvalidInputError
from standards.json_reader import Reader

MOST_IDENTIFIERS: Final = 5_000
"""Licences that a selection may name one by one; as a job's parameter it stays far below its 256 KB."""

DECIDED_STATES: Final = tuple(
    state
    for state in LicenceState
    if state not in {LicenceState.NOT_YET_EFFECTIVE, LicenceState.INSPECTION_OVERDUE}
)
"""States that somebody decided. What only the passing of time makes is asked for by dates."""

_MEMBERS: Final = frozenset(
    {
        "type", "states", "division", "valid_until", "issue_date", "inspection_overdue_on", "source",
        "identifiers", "all_versions",
    }
)  # fmt: skip
_RANGE: Final = frozenset({"from", "to"})


@dataclass(frozen=True, slots=True)
class DayRange:
    """Days from ``first`` to ``last``, both included; ``None`` leaves that side open."""

    first: date | None = None
    last: date | None = None


@dataclass(frozen=True, slots=True)
class Selection:
    """Which licences of one authority; all that is named holds together, ``None`` and empty mean no condition.

    Attributes:
        authority: USCC of the authority whose licences they are.
        type_code: licence type.
        states: decided states.
        division: six digits; one that ends in zeros stands for everything under it.
        valid_until: last day of validity; licences without an end are in no range.
        issue_date: day of issue.
        inspection_overdue_on: the inspection was due before this day, or the latest was failed.
        source: code of the source system whose delivery the licence stems from.
        identifiers: exactly these, sorted.
        all_versions: also versions that a newer one has replaced.
    """

    authority: str
    type_code: str | None = None
    states: frozenset[LicenceState] = frozenset()
    division: str | None = None
    valid_until: DayRange | None = None
    issue_date: DayRange | None = None
    inspection_overdue_on: date | None = None
    source: str | None = None
    identifiers: tuple[str, ...] = ()
    all_versions: bool = False

    @property
    def is_everything(self) -> bool:
        """Whether no condition narrows it: every licence of the authority."""
        return self == Selection(self.authority, all_versions=self.all_versions)

    def to_json(self) -> dict[str, Any]:
        """What ``parse_selection`` reads back, for the parameters of a job; without the authority."""
        obj: dict[str, Any] = {
            "type": self.type_code,
            "states": sorted(state.value for state in self.states),
            "division": self.division,
            "valid_until": _range_json(self.valid_until),
            "issue_date": _range_json(self.issue_date),
            "inspection_overdue_on": self.inspection_overdue_on and self.inspection_overdue_on.isoformat(),
            "source": self.source,
            "identifiers": list(self.identifiers),
            "all_versions": self.all_versions,
        }
        return {name: value for name, value in obj.items() if value}


def parse_selection(obj: Any, authority: str, *, where: str = "") -> Selection:
    """The selection in ``obj``, of ``authority``'s licences; every member may be left out.

    ``{"type", "states": […], "division", "valid_until": {"from", "to"}, "issue_date": {"from", "to"},
    "inspection_overdue_on", "source", "identifiers": […], "all_versions"}``; days are ``YYYY-MM-DD``.

    Args:
        obj: untrusted JSON.
        authority: USCC of who asks; a selection never reaches another authority's licences.
        where: JSON pointer of ``obj`` in its document.

    Raises:
        InvalidInputError: with the place of what is wrong.
    """
    reader = Reader(obj, where)
    reader.refuse_unknown(_MEMBERS)
    choices = tuple(state.value for state in DECIDED_STATES)
    states = reader.optional_texts("states", max_chars=40, max_items=len(choices)) or ()
    for index, state in enumerate(states):
        if state not in choices:
            raise InvalidInputError(
                f"此处应为以下之一：{'、'.join(choices)}。",
                f"One of these is expected here: {', '.join(choices)}.",
                where=reader.pointer("states", index),
            )
    division = reader.optional_text("division", max_chars=6)
    identifiers = reader.optional_texts("identifiers", max_chars=160, min_items=1, max_items=MOST_IDENTIFIERS)
    overdue = reader.optional_text("inspection_overdue_on", max_chars=10)
    return Selection(
        authority=authority,
        type_code=reader.optional_text("type", max_chars=21),
        states=frozenset(LicenceState(state) for state in states),
        division=None
        if division is None
        else parse_division(division, where=reader.pointer("division")).code,
        valid_until=_range(reader, "valid_until"),
        issue_date=_range(reader, "issue_date"),
        inspection_overdue_on=None
        if overdue is None
        else parse_date(overdue, where=reader.pointer("inspection_overdue_on")),
        source=reader.optional_text("source", max_chars=64),
        identifiers=tuple(sorted(_identifiers(reader, identifiers or ()))),
        all_versions=reader.optional_boolean("all_versions") or False,
    )


def _identifiers(reader: Reader, texts: tuple[str, ...]) -> set[str]:
    return {
        str(parse_licence_identifier(text, where=reader.pointer("identifiers", index)))
        for index, text in enumerate(texts)
    }


def _range(reader: Reader, name: str) -> DayRange | None:
    days = reader.optional_object(name)
    if days is None:
        return None
    days.refuse_unknown(_RANGE)
    first, last = (days.optional_text(end, max_chars=10) for end in ("from", "to"))
    found = DayRange(
        None if first is None else parse_date(first, where=days.pointer("from")),
        None if last is None else parse_date(last, where=days.pointer("to")),
    )
    if found.first is not None and found.last is not None and found.first > found.last:
        raise days.fail("to", "结束日期早于开始日期。", "The last day is before the first.")
    return found


def _range_json(days: DayRange | None) -> dict[str, str] | None:
    if days is None:
        return None
    ends = {"from": days.first, "to": days.last}
    return {name: day.isoformat() for name, day in ends.items() if day is not None}
