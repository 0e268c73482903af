"""The register of service items that ship with the window."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from datetime import date
from functools import cache
from importlib import resources
from itertools import pairwise
from pathlib import Path
from typing import Final

import structlog

from service.clock import Clock
from standards.dcql import DcqlQuery
from standards.errors import InvalidInputError
from standards.licence_types import load_catalogue
from standards.text import Text
from verifier.items.item_file import InvalidServiceItemError, parse_service_item
from verifier.items.item_query import build_item_query
from verifier.items.material_rule import CHINA_TIME
from verifier.items.service_item import ServiceItem

_LOG = structlog.get_logger(__name__)

ITEMS_DIRECTORY: Final = "items"
"""Below the node's data: the operator's own items, one file a version."""


class UnknownServiceItemError(InvalidInputError):
    """A code that the register does not know, or an item that the department does not handle."""

    code = "unknown-service-item"


class ItemRegister:
    """Service items by code, in all their versions, each with its query. Immutable.

    Asked without a day or version it answers with what is in force today.
    """

    __slots__ = ("_queries", "_today", "_versions", "left_aside")

    def __init__(
        self,
        items: Iterable[ServiceItem],
        today: Callable[[], date] | None = None,
        *,
        left_aside: Iterable[ServiceItem] = (),
    ) -> None:
        """Take the items.

        Args:
            items: any number of versions of each.
            today: the day by the country's civil time; without it the newest version that began counts as today's.
            left_aside: versions that ship and do not count here, because the operator has taken the item over.

        Raises:
            InvalidServiceItemError: two versions with one number, or a higher number that begins no later.
        """
        self._versions: dict[str, tuple[ServiceItem, ...]] = {}
        for item in items:
            self._versions[item.code] = (*self._versions.get(item.code, ()), item)
        for code, versions in self._versions.items():
            self._versions[code] = _in_order(code, versions)
        self._today = today
        self.left_aside = tuple(left_aside)
        self._queries = {
            (item.code, item.version): build_item_query(item)
            for versions in self._versions.values()
            for item in versions
        }

    def on_clock(self, clock: Clock) -> ItemRegister:
        """The same items, with today as the clock has it."""
        return ItemRegister(
            (item for versions in self._versions.values() for item in versions),
            lambda: clock.now().astimezone(CHINA_TIME).date(),
            left_aside=self.left_aside,
        )

    def extended_by(self, item: ServiceItem) -> ItemRegister:
        """With one more version; raises ``InvalidServiceItemError`` where it contradicts those that are there."""
        return ItemRegister(
            [*(one for versions in self._versions.values() for one in versions), item],
            self._today,
            left_aside=self.left_aside,
        )

    def codes(self) -> tuple[str, ...]:
        """Every code, in force today or not."""
        return tuple(self._versions)

    def __iter__(self) -> Iterator[ServiceItem]:
        return (item for code in self._versions if (item := self.find(code)) is not None)

    def __len__(self) -> int:
        return sum(1 for _ in self)

    def find(self, code: str, at: date | None = None, version: int | None = None) -> ServiceItem | None:
        """The item as it is today, or on the day ``at``, or in one version; ``None`` when there is none."""
        versions = self._versions.get(code, ())
        if version is not None:
            return next((item for item in versions if item.version == version), None)
        day = at or (self._today() if self._today else date.max)
        newest = next((item for item in reversed(versions) if item.effective_from <= day), None)
        # An older version does not come back when the newest has ended.
        return newest if newest and (newest.in_force(day) or day == date.max) else None

    def versions(self, code: str) -> tuple[ServiceItem, ...]:
        """All versions of an item, the first first; empty for an unknown code."""
        return self._versions.get(code, ())

    def by_code(
        self, code: str, *, at: date | None = None, version: int | None = None, where: str | None = None
    ) -> ServiceItem:
        """As :meth:`find`; raises ``UnknownServiceItemError``, which says when a later version begins."""
        item = self.find(code, at, version)
        if item is None:
            raise _unknown(self.versions(code), where)
        return item

    def query(self, item: ServiceItem) -> DcqlQuery:
        """The query of an item, built once."""
        return self._queries[item.code, item.version]


def _in_order(code: str, versions: tuple[ServiceItem, ...]) -> tuple[ServiceItem, ...]:
    ordered = tuple(sorted(versions, key=lambda item: item.version))
    for before, after in pairwise(ordered):
        if before.version == after.version or before.effective_from >= after.effective_from:
            raise InvalidServiceItemError(
                "事项的两个版本编号相同，或较新的版本没有较晚的生效日。",
                "Two versions of an item have one number, or the later one does not begin later.",
                where=f"{code} ({before.version}, {after.version})",
            )
    return ordered


def _unknown(versions: tuple[ServiceItem, ...], where: str | None) -> UnknownServiceItemError:
    if versions:
        begins, ends = versions[0].effective_from, versions[-1].effective_until
        return UnknownServiceItemError(
            f"该事项当日不适用（自 {begins} 起{f'至 {ends} 止' if ends else ''}）。",
            f"The item does not apply on that day: it does from {begins}{f' to {ends}' if ends else ''}.",
            where=where,
        )
    return UnknownServiceItemError(
        "没有此服务事项，或本部门不办理此事项。",
        "There is no such service item, or this department does not handle it.",
        where=where,
        next_step=Text(
            "用 GET /api/v1/service-items 查看事项代码。", "See GET /api/v1/service-items for the codes."
        ),
    )


@cache
def load_items() -> ItemRegister:
    """The register, read and checked on first use.

    Raises:
        InvalidServiceItemError: a data file that breaks a rule; it names the file and the place.
    """
    return ItemRegister(_shipped())


def load_items_with(directory: Path) -> ItemRegister:
    """The register with an operator's own items: files of the same form in ``directory``, which need not exist.

    Raises:
        InvalidServiceItemError: a file that breaks a rule, or two of one version; it names the file.
    """
    catalogue = load_catalogue()
    own = [
        parse_service_item(path.read_bytes(), catalogue, file_name=str(path))
        for path in sorted(directory.glob("*.json"))
    ]
    return with_own(own)


def with_own(own: Iterable[ServiceItem]) -> ItemRegister:
    """The register of what ships and of the operator's own.

    From an operator's first version of an item on, the item is the operator's: a version that ships with that number or a higher one
    is left aside. An upgrade of this software must neither change what a department asks for nor keep its windows from starting.

    Raises:
        InvalidServiceItemError: two own versions with one number, or a higher number that begins no later.
    """
    mine = tuple(own)
    first: dict[str, int] = {}
    for item in mine:
        first[item.code] = min(item.version, first.get(item.code, item.version))
    shipped = _shipped()
    aside = tuple(one for one in shipped if one.code in first and one.version >= first[one.code])
    for one in aside:
        _LOG.info("shipped-item-left-aside", item=one.code, version=one.version, own=first[one.code])
    return ItemRegister([*(one for one in shipped if one not in aside), *mine], left_aside=aside)


@cache
def _shipped() -> tuple[ServiceItem, ...]:
    folder = resources.files(__package__).joinpath("data")
    files = sorted(
        (file for file in folder.iterdir() if file.name.endswith(".json")), key=lambda file: file.name
    )
    catalogue = load_catalogue()
    return tuple(parse_service_item(file.read_bytes(), catalogue, file_name=file.name) for file in files)
