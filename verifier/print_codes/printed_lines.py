"""What the paper has to say, line by line, under the labels of the licence's type."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from standards.licence_types import FieldKind, LicenceType
from standards.print_code import PrintClaims
from standards.text import Text


@dataclass(frozen=True, slots=True)
class PrintedLine:
    """One printed item.

    Attributes:
        name: of the claim, or empty where the type is not known here.
        label: as on the paper.
        text: as it has to stand on the paper, empty where nothing may stand; ``None`` when the code had no room for it.
    """

    name: str
    label: Text
    text: str | None = field(repr=False)

    def to_json(self) -> dict[str, Any]:
        """Wire shape."""
        return {"name": self.name, "label": self.label.to_json(), "text": self.text}


def printed_lines(claims: PrintClaims, licence_type: LicenceType | None) -> tuple[PrintedLine, ...]:
    """Every item that the type prints, in the order of print; of an unknown type what the code carries."""
    if licence_type is None:
        return tuple(
            PrintedLine("", Text(f"第 {place} 项", f"Item {place}"), text)
            for place, text in claims.printed.items()
        )
    known = {one.order: one for one in licence_type.fields if one.printed and one.kind is not FieldKind.IMAGE}
    lines = [
        PrintedLine(one.name, one.label, claims.printed.get(place)) for place, one in sorted(known.items())
    ]
    lines += (
        PrintedLine("", Text(f"第 {place} 项", f"Item {place}"), text)
        for place, text in claims.printed.items()
        if place not in known
    )
    return tuple(lines)


def texts_by_name(lines: tuple[PrintedLine, ...]) -> Mapping[str, str]:
    """The printed texts under the names of their claims."""
    return {line.name: line.text for line in lines if line.name and line.text is not None}
