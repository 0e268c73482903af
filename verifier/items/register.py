"""The register of service items that ship with the window."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from functools import cache
from importlib import resources

from standards.dcql import DcqlQuery
from standards.errors import InvalidInputError
from standards.licence_types import load_catalogue
from standards.text import Text
from verifier.items.item_file import InvalidServiceItemError, parse_service_item
from verifier.items.item_query import build_item_query
from verifier.items.service_item import ServiceItem


class UnknownServiceItemError(InvalidInputError):
    """A code that the register does not know, or an item that the department does not handle."""

    code = "unknown-service-item"


class ItemRegister:
    """Service items by code, each with its query. Immutable."""

    __slots__ = ("_items", "_queries")

    def __init__(self, items: Iterable[ServiceItem]) -> None:
        self._items: dict[str, ServiceItem] = {}
        for item in items:
            if item.code in self._items:
                raise InvalidServiceItemError(
                    "事项代码重复。", "Two items have the same code.", where=item.code
                )
            self._items[item.code] = item
        self._queries = {item.code: build_item_query(item) for item in self._items.values()}

    def __iter__(self) -> Iterator[ServiceItem]:
        return iter(self._items.values())

    def __len__(self) -> int:
        return len(self._items)

    def find(self, code: str) -> ServiceItem | None:
        """The item, or ``None``."""
        return self._items.get(code)

    def by_code(self, code: str, *, where: str | None = None) -> ServiceItem:
        """The item; raises ``UnknownServiceItemError``."""
        item = self._items.get(code)
        if item is None:
            raise UnknownServiceItemError(
                "没有此服务事项，或本部门不办理此事项。",
                "There is no such service item, or this department does not handle it.",
                where=where,
                next_step=Text(
                    "用 GET /api/v1/service-items 查看事项代码。",
                    "See GET /api/v1/service-items for the codes.",
                ),
            )
        return item

    def query(self, item: ServiceItem) -> DcqlQuery:
        """The query of an item, built once."""
        return self._queries[item.code]


@cache
def load_items() -> ItemRegister:
    """The register, read and checked on first use.

    Raises:
        InvalidServiceItemError: a data file that breaks a rule; it names the file and the place.
    """
    folder = resources.files(__package__).joinpath("data")
    files = sorted(
        (file for file in folder.iterdir() if file.name.endswith(".json")), key=lambda file: file.name
    )
    catalogue = load_catalogue()
    return ItemRegister(
        parse_service_item(file.read_bytes(), catalogue, file_name=file.name) for file in files
    )
