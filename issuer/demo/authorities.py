"""The authorities of the demo: real functions in two provinces and three cities, fictional in every other respect."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from importlib import resources

from standards.codes.division import parse_division
from standards.codes.uscc import parse_uscc
from standards.json_reader import Reader, parse_json
from standards.text import Text


@dataclass(frozen=True, slots=True)
class DemoAuthority:
    """One authority and what it may issue."""

    uscc: str
    name: Text
    division: str
    level: str
    licence_types: tuple[str, ...]

    @property
    def region(self) -> str:
        """Division code of the province whose trust list names it."""
        return parse_division(self.division).province


@cache
def demo_authorities() -> tuple[DemoAuthority, ...]:
    """All of them; the first is the node's principal authority."""
    data = resources.files(__package__).joinpath("data/authorities.json").read_bytes()
    return tuple(_authority(Reader(item, f"/{place}")) for place, item in enumerate(parse_json(data)))


def _authority(reader: Reader) -> DemoAuthority:
    name = reader.object("name")
    return DemoAuthority(
        uscc=parse_uscc(reader.text("uscc"), where=reader.pointer("uscc")),
        name=Text(name.text("zh"), name.text("en")),
        division=parse_division(reader.text("division")).code,
        level=reader.text("level"),
        licence_types=reader.texts("licence_types", min_items=1),
    )
