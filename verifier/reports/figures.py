"""The figures of a report, and the lines that the State Council drew (国办发〔2018〕45号; R13, R14)."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Final

from verifier.reports.selection import Selection
from verifier.reports.store import ReportStore

LINE_2018: Final = 0.30
LINE_2019: Final = 0.60
"""Materials to be saved: by 30 % at the end of 2018, by 60 % at the end of 2019."""

SMALLEST_TOLD: Final = 5
"""Of all departments together, a number between nothing and this is not told: it could be somebody."""

Count = int | None
"""A number, or ``None``: there are some, fewer than :data:`SMALLEST_TOLD`."""


@dataclass(frozen=True, slots=True)
class Saved:
    """Paper saved for one item, in one region, or altogether.

    Attributes:
        key: code of the item or the division; ``None`` for queries of a department's own, or altogether.
        accepted: how many were accepted.
        baseline: sheets that they would have taken before.
        paper: sheets that were asked for all the same.
    """

    key: str | None
    accepted: Count
    baseline: Count
    paper: Count

    @property
    def share(self) -> float | None:
        """1 − paper ÷ baseline; ``None`` when there is nothing to divide, or it may not be told."""
        if not self.baseline or self.paper is None:
            return None
        return 1 - self.paper / self.baseline

    @property
    def grade(self) -> str:
        """``good`` above both lines, ``fair`` above the first, ``poor`` below, ``none`` without figures."""
        if self.share is None:
            return "none"
        return "good" if self.share >= LINE_2019 else "fair" if self.share >= LINE_2018 else "poor"


@dataclass(frozen=True, slots=True)
class Visits:
    """How often people had to come.

    Attributes:
        key: code of the item, or ``None`` for all.
        cases: cases that were received.
        at_most_one: those with at most one visit.
        visits: visits altogether.
    """

    key: str | None
    cases: Count
    at_most_one: Count
    visits: Count

    @property
    def share(self) -> float | None:
        """Of the cases, those with at most one visit."""
        return self.at_most_one / self.cases if self.cases and self.at_most_one is not None else None


@dataclass(frozen=True, slots=True)
class Day:
    """The decisions of one day."""

    day: date
    accepted: int
    supplement: int
    refused: int

    @property
    def all(self) -> int:
        """All of them."""
        return self.accepted + self.supplement + self.refused


@dataclass(frozen=True, slots=True)
class Coded:
    """How often a code stands somewhere."""

    code: str
    number: Count


@dataclass(frozen=True, slots=True)
class Cell:
    """Licences of one province at the windows of another."""

    issuer: str
    window: str
    shown: Count
    accepted: Count

    @property
    def share(self) -> float | None:
        """Of the decisions, those that accepted."""
        return self.accepted / self.shown if self.shown and self.accepted is not None else None


@dataclass(frozen=True, slots=True)
class ComplaintFigures:
    """Complaints of one cause, or altogether."""

    code: str | None
    number: Count
    open: Count
    overdue: Count
    late: Count
    upheld: Count


@dataclass(frozen=True, slots=True)
class Figures:
    """Everything that a report says."""

    decisions: Count
    accepted: Count
    days: tuple[Day, ...]
    days_told: bool
    saved: Saved
    by_item: tuple[Saved, ...]
    by_region: tuple[Saved, ...]
    visits: Visits
    visits_by_item: tuple[Visits, ...]
    refusals: tuple[Coded, ...]
    supplements: tuple[Coded, ...]
    paper: tuple[Coded, ...]
    matrix: tuple[Cell, ...]
    complaints: ComplaintFigures
    complaints_by_cause: tuple[ComplaintFigures, ...]
    samples: bool
    """Whether made-up rows of the demo are among the numbers."""

    @property
    def is_empty(self) -> bool:
        """Whether nothing happened."""
        return self.decisions == 0 and self.visits.cases == 0 and self.complaints.number == 0


def collect(store: ReportStore, departments: Sequence[str], wanted: Selection, at: datetime) -> Figures:
    """The figures.

    Args:
        store: the sums.
        departments: USCCs.
        wanted: which days and item; with ``everywhere``, small numbers are left out.
        at: now, for what is overdue.
    """
    told = _small_left_out if wanted.everywhere else _as_it_is
    counted = store.decisions(departments, wanted)
    sheets = [one for one in counted if one["baseline"] and one["decision"].startswith("accept")]
    visits = store.visits(departments, wanted)
    complaints = store.complaints(departments, wanted, at)
    reasons = [one for one in counted if one["reason"] is not None]
    return Figures(
        decisions=told(_sum(counted, "n")),
        accepted=told(sum(one["n"] for one in counted if one["decision"].startswith("accept"))),
        days=_days(wanted, counted),
        days_told=not wanted.everywhere,
        saved=_saved(None, sheets, told),
        by_item=_each_saved(sheets, "item", told),
        by_region=_each_saved(sheets, "division", told),
        visits=_visits(None, visits, told),
        visits_by_item=tuple(
            sorted((_visits(one["item"], [one], told) for one in visits), key=lambda one: one.key or "")
        ),
        refusals=_coded((one for one in reasons if one["decision"] == "refuse"), told),
        supplements=_coded((one for one in reasons if one["decision"] != "refuse"), told),
        paper=_coded(store.paper_reasons(departments, wanted), told),
        matrix=_cells(store.matrix(departments, wanted), told),
        complaints=_complaints(None, complaints, told),
        complaints_by_cause=tuple(
            sorted(
                (_complaints(one["cause"], [one], told) for one in complaints),
                key=lambda one: (-(one.number or 0), one.code or ""),
            )
        ),
        samples=store.has_samples(departments, wanted),
    )


_Told = Callable[[int], Count]
_Sums = Sequence[Mapping[str, Any]]


def _as_it_is(number: int) -> Count:
    return number


def _small_left_out(number: int) -> Count:
    return None if 0 < number < SMALLEST_TOLD else number


def _saved(key: str | None, sums: _Sums, told: _Told) -> Saved:
    accepted = told(_sum(sums, "n"))
    if accepted is None:  # nothing of so few
        return Saved(key, None, None, None)
    return Saved(key, accepted, _sum(sums, "baseline"), _sum(sums, "paper"))


def _each_saved(sums: _Sums, by: str, told: _Told) -> tuple[Saved, ...]:
    groups: dict[str | None, list[Mapping[str, Any]]] = {}
    for one in sums:
        groups.setdefault(one[by], []).append(one)
    found = [_saved(key, group, told) for key, group in groups.items()]
    return tuple(sorted(found, key=lambda one: (-(one.accepted or 0), one.key or "")))


def _visits(key: str | None, sums: _Sums, told: _Told) -> Visits:
    cases = told(_sum(sums, "n"))
    if cases is None:
        return Visits(key, None, None, None)
    return Visits(key, cases, _sum(sums, "at_most_one"), _sum(sums, "visits"))


def _days(wanted: Selection, sums: _Sums) -> tuple[Day, ...]:
    by_day: dict[str, dict[str, int]] = {}
    for one in sums:
        kind = "accept" if one["decision"].startswith("accept") else one["decision"]
        kinds = by_day.setdefault(one["day"], {})
        kinds[kind] = kinds.get(kind, 0) + one["n"]
    return tuple(
        Day(day, kinds.get("accept", 0), kinds.get("supplement", 0), kinds.get("refuse", 0))
        for day in wanted.days()
        if (kinds := by_day.get(day.isoformat(), {})) is not None
    )


def _coded(sums: Any, told: _Told) -> tuple[Coded, ...]:
    numbers: dict[str, int] = {}
    for one in sums:
        code = one["reason"] or "unknown"
        numbers[code] = numbers.get(code, 0) + one["n"]
    return tuple(
        Coded(code, told(n)) for code, n in sorted(numbers.items(), key=lambda one: (-one[1], one[0]))
    )


def _cells(sums: _Sums, told: _Told) -> tuple[Cell, ...]:
    found = []
    for one in sums:
        shown = told(one["n"])
        found.append(
            Cell(one["issuer"], one["window"], shown, None if shown is None else int(one["accepted"]))
        )
    return tuple(sorted(found, key=lambda cell: (cell.issuer, cell.window)))


def _complaints(code: str | None, sums: _Sums, told: _Told) -> ComplaintFigures:
    number = told(_sum(sums, "n"))
    if number is None:
        return ComplaintFigures(code, None, None, None, None, None)
    rest = (_sum(sums, name) for name in ("open", "overdue", "late", "upheld"))
    return ComplaintFigures(code, number, *rest)


def _sum(sums: _Sums, name: str) -> int:
    return sum(int(one[name]) for one in sums)
