"""The figures as tables with plain cells: for CSV, for the interface, and for the pages' own tables."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from standards.codes.division import InvalidDivisionError
from standards.codes.division_names import division_text
from standards.complaints import CAUSE_NAMES, Cause
from standards.text import Text
from verifier.acceptance import reasons
from verifier.reports.figures import Figures

if TYPE_CHECKING:
    from verifier.items import ItemRegister

Cell = str | int | float | None
"""``None``: too few to be told."""


@dataclass(frozen=True, slots=True)
class Table:
    """One table.

    Attributes:
        title: what it shows.
        head: names of the columns.
        members: the same for machines.
        rows: cells in that order.
    """

    title: Text
    head: tuple[Text, ...]
    members: tuple[str, ...]
    rows: tuple[tuple[Cell, ...], ...]

    def to_json(self) -> list[dict[str, Cell]]:
        """The wire shape."""
        return [dict(zip(self.members, row, strict=True)) for row in self.rows]


class Names:
    """What codes are called, in one language."""

    def __init__(self, items: ItemRegister, choose: Callable[[Text], str]) -> None:
        self._items = items
        self._choose = choose

    def item(self, code: str | None) -> str:
        """A service item."""
        if code is None:
            return self._choose(Text("自定查询", "Query of your own"))
        found = self._items.find(code)
        return code if found is None else self._choose(found.name)

    def division(self, code: str | None) -> str:
        """A division; its code where the list does not have it."""
        if code is None:
            return ""
        try:
            return self._choose(division_text(code))
        except InvalidDivisionError:
            return code

    def reason(self, code: str) -> str:
        """A reason of a decision, or for paper."""
        known: Mapping[str, Any] = {**reasons.REASONS, **getattr(reasons, "PAPER_REASONS", {})}
        return self._choose(known[code].text) if code in known else code

    def cause(self, code: str | None) -> str:
        """What a complaint is about."""
        return "" if code is None else self._choose(CAUSE_NAMES[Cause(code)])


def _share(value: float | None) -> float | None:
    return None if value is None else round(value, 4)


def _days(figures: Figures, names: Names) -> Table:  # noqa: ARG001
    return Table(
        Text("每日决定", "Decisions by day"),
        (
            Text("日期", "Day"),
            Text("受理", "Accepted"),
            Text("补正", "Supplement"),
            Text("不予受理", "Refused"),
        ),
        ("day", "accepted", "supplement", "refused"),
        tuple((one.day.isoformat(), one.accepted, one.supplement, one.refused) for one in figures.days)
        if figures.days_told
        else (),
    )


_SAVED_HEAD: Final = (
    Text("受理", "Accepted"),
    Text("纸质基准", "Sheets before"),
    Text("仍交纸质", "Sheets asked for"),
    Text("减少比例", "Saved"),
)
_SAVED_MEMBERS: Final = ("accepted", "baseline", "paper", "saved")


def _materials(figures: Figures, names: Names) -> Table:
    return Table(
        Text("各事项减少的纸质材料", "Paper saved by item"),
        (Text("事项", "Service item"), Text("事项编码", "Code"), *_SAVED_HEAD),
        ("name", "service_item", *_SAVED_MEMBERS),
        tuple(
            (names.item(one.key), one.key or "", one.accepted, one.baseline, one.paper, _share(one.share))
            for one in figures.by_item
        ),
    )


def _regions(figures: Figures, names: Names) -> Table:
    return Table(
        Text("各地区减少的纸质材料", "Paper saved by region"),
        (Text("地区", "Region"), Text("区划代码", "Division"), *_SAVED_HEAD),
        ("name", "division", *_SAVED_MEMBERS),
        tuple(
            (names.division(one.key), one.key or "", one.accepted, one.baseline, one.paper, _share(one.share))
            for one in figures.by_region
        ),
    )


def _visits(figures: Figures, names: Names) -> Table:
    return Table(
        Text("跑动次数", "Visits"),
        (
            Text("事项", "Service item"),
            Text("事项编码", "Code"),
            Text("办件", "Cases"),
            Text("至多跑一次", "At most one visit"),
            Text("到场总次数", "Visits altogether"),
            Text("比例", "Share"),
        ),
        ("name", "service_item", "cases", "at_most_one", "visits", "share"),
        tuple(
            (names.item(one.key), one.key or "", one.cases, one.at_most_one, one.visits, _share(one.share))
            for one in figures.visits_by_item
        ),
    )


def _coded(title: Text, pick: Callable[[Figures], Any]) -> Callable[[Figures, Names], Table]:
    def build(figures: Figures, names: Names) -> Table:
        return Table(
            title,
            (Text("理由", "Reason"), Text("编码", "Code"), Text("件数", "Number")),
            ("text", "code", "number"),
            tuple((names.reason(one.code), one.code, one.number) for one in pick(figures)),
        )

    return build


def _matrix(figures: Figures, names: Names) -> Table:
    return Table(
        Text("跨地区互认", "Licences of one region at the windows of another"),
        (
            Text("签发地", "Issued in"),
            Text("签发地代码", "Division"),
            Text("窗口所在地", "Window in"),
            Text("窗口地代码", "Division"),
            Text("决定", "Decisions"),
            Text("受理", "Accepted"),
            Text("受理比例", "Share"),
        ),
        ("issuer", "issuer_division", "window", "window_division", "decisions", "accepted", "share"),
        tuple(
            (
                names.division(one.issuer),
                one.issuer,
                names.division(one.window),
                one.window,
                one.shown,
                one.accepted,
                _share(one.share),
            )
            for one in figures.matrix
        ),
    )


def _complaints(figures: Figures, names: Names) -> Table:
    return Table(
        Text("投诉", "Complaints"),
        (
            Text("事由", "Cause"),
            Text("编码", "Code"),
            Text("件数", "Number"),
            Text("待答复", "Open"),
            Text("逾期未答", "Overdue"),
            Text("逾期答复", "Answered late"),
            Text("成立", "Upheld"),
        ),
        ("text", "cause", "number", "open", "overdue", "late", "upheld"),
        tuple(
            (names.cause(one.code), one.code or "", one.number, one.open, one.overdue, one.late, one.upheld)
            for one in figures.complaints_by_cause
        ),
    )


TABLES: Final[Mapping[str, Callable[[Figures, Names], Table]]] = {
    "days": _days,
    "materials": _materials,
    "regions": _regions,
    "visits": _visits,
    "refusals": _coded(Text("不予受理的理由", "Refusals by reason"), lambda figures: figures.refusals),
    "supplements": _coded(
        Text("补正与容缺的理由", "Supplements by reason"), lambda figures: figures.supplements
    ),
    "paper": _coded(Text("仍要求纸质的理由", "Paper asked for, by reason"), lambda figures: figures.paper),
    "matrix": _matrix,
    "complaints": _complaints,
}
"""By the name in addresses."""
