"""A layout: where on the page each item of a licence stands. Strict data, so that an authority may edit it safely.

Positions are millimetres from the page's upper left corner; sizes of print are points. Blocks are read (by people with screen
readers too) in the order in which they stand.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, Final

from issuer.documents.faces.errors import InvalidLayoutError
from standards.documents import VALID_PERIOD
from standards.json_reader import Reader
from standards.licence_types import COMMON_CLAIMS, FieldKind, LicenceField, LicenceType
from standards.text import Text

MAX_PAGES: Final = 4
MAX_BLOCKS: Final = 150
MAX_SIDE_MM: Final = 500.0
MAX_POINTS: Final = 72.0
LEAST_POINTS: Final = 4.0
"""Print of identity cards; smaller is not readable on paper."""

_COLOUR: Final = re.compile(r"#[0-9a-f]{6}", re.ASCII)
_SETTINGS: Final = frozenset(
    {"x", "y", "w", "h", "size", "min_size", "align", "valign", "colour", "font", "weight", "spacing"}
)

PERIOD_LABEL: Final = Text("有效期限", "Period of validity")


class BlockKind(StrEnum):
    """What a block draws."""

    HEADING = "heading"
    TEXT = "text"
    FIELD = "field"
    PORTRAIT = "portrait"
    CODE = "code"
    SEAL = "seal"
    LINE = "line"
    FRAME = "frame"
    NOTE = "note"
    """Where the words of an annotated copy and the document's number stand."""


_MEMBERS: Final[Mapping[BlockKind, frozenset[str]]] = {
    BlockKind.HEADING: frozenset({"text"}),
    BlockKind.TEXT: frozenset({"text"}),
    BlockKind.FIELD: frozenset(
        {"name", "label", "label_en", "label_width", "label_size", "label_colour", "label_font", "heading"}
    ),
    BlockKind.PORTRAIT: frozenset({"name"}),
    BlockKind.CODE: frozenset(),
    BlockKind.SEAL: frozenset({"seal"}),
    BlockKind.LINE: frozenset({"stroke", "thickness"}),
    BlockKind.FRAME: frozenset({"stroke", "fill", "radius", "style"}),
    BlockKind.NOTE: frozenset(),
}


@dataclass(frozen=True, slots=True)
class Block:
    """One thing on a page.

    Attributes:
        kind: what.
        x, y, width, height: millimetres.
        text: of a heading or a text.
        name: claim of a field or a portrait.
        label: printed beside a field; empty for none.
        label_en: printed small beneath the label.
        label_width: millimetres that the label takes of the block's width; a field without it prints no label.
        label_size, label_colour, label_font: of the label; without them those of the value and of all labels.
        heading: whether the value of the field is the page's heading.
        seal: which signature field, from 0.
        size, min_size: points; a value that does not fit is printed smaller, down to ``min_size``.
        align, valign: ``left``, ``center``, ``right``; ``top``, ``middle``, ``bottom``.
        colour, fill, stroke: ``#rrggbb``, or empty.
        font: ``serif``, ``sans``.
        weight: ``regular``, ``bold``.
        spacing: between characters, points.
        radius: of a frame's corners, millimetres.
        style: of a frame: ``single``, ``double``, ``guilloche``, or ``waves`` that fill it.
        thickness: of a line, points.
    """

    kind: BlockKind
    x: float
    y: float
    width: float
    height: float
    text: str = ""
    name: str = ""
    label: str = ""
    label_en: str = ""
    label_width: float = 0.0
    label_size: float = 0.0
    label_colour: str = ""
    label_font: str = ""
    heading: bool = False
    seal: int = 0
    size: float = 10.5
    min_size: float = 6.0
    align: str = "left"
    valign: str = "top"
    colour: str = "#1a1a1a"
    font: str = "serif"
    weight: str = "regular"
    spacing: float = 0.0
    fill: str = ""
    stroke: str = ""
    radius: float = 0.0
    style: str = "single"
    thickness: float = 0.6


@dataclass(frozen=True, slots=True)
class Page:
    """One page: its size in millimetres, its ground colour, and what stands on it."""

    width: float
    height: float
    ground: str
    blocks: tuple[Block, ...]


@dataclass(frozen=True, slots=True)
class Layout:
    """A layout of one licence type.

    Attributes:
        name: such as ``11100000000013338W001/1``.
        pages: at least one.
    """

    name: str
    pages: tuple[Page, ...]

    @property
    def seals(self) -> int:
        """How many signature fields it has."""
        return 1 + max(
            (block.seal for page in self.pages for block in page.blocks if block.kind is BlockKind.SEAL),
            default=-1,
        )


def parse_layout(data: Any, licence_type: LicenceType) -> Layout:
    """Read a layout, untrusted, for one type.

    Raises:
        InvalidLayoutError: what is wrong, with the JSON pointer of the place.
    """
    reader = Reader(data, error=InvalidLayoutError)
    reader.refuse_unknown(frozenset({"name", "pages"}))
    pages = tuple(
        _page(page, licence_type) for page in reader.objects("pages", min_items=1, max_items=MAX_PAGES)
    )
    layout = Layout(reader.text("name", max_chars=60), pages)
    blocks = [block for page in pages for block in page.blocks]
    if sum(block.kind is BlockKind.CODE for block in blocks) != 1:
        raise reader.fail("pages", "版式应有且只有一个二维码。", "A layout has exactly one QR code.")
    numbers = sorted(block.seal for block in blocks if block.kind is BlockKind.SEAL)
    if not numbers or numbers != list(range(len(numbers))):
        raise reader.fail("pages", "印章位置应从 0 起连续编号。", "Seals are numbered from 0 without gaps.")
    if not any(block.kind is BlockKind.NOTE for block in blocks):
        raise reader.fail(
            "pages", "版式应有加注位置（note）。", "A layout has a place for the note of a copy."
        )
    missing = _missing(licence_type, blocks)
    if missing is not None:
        raise reader.fail(
            "pages", f"版式缺少“{missing.label.zh}”。", f"The layout lacks “{missing.label.en}”."
        )
    return layout


def _missing(licence_type: LicenceType, blocks: list[Block]) -> LicenceField | None:
    """A face field that the layout forgot."""
    there = {block.name for block in blocks}
    if VALID_PERIOD in there:
        there |= {"valid_from", "valid_until"}
    return next((field for field in licence_type.fields if field.printed and field.name not in there), None)


def _page(reader: Reader, licence_type: LicenceType) -> Page:
    reader.refuse_unknown(frozenset({"width", "height", "ground", "blocks"}))
    width, height = _millimetres(reader, "width", least=30), _millimetres(reader, "height", least=30)
    blocks = tuple(
        _block(block, licence_type, width, height)
        for block in reader.objects("blocks", min_items=1, max_items=MAX_BLOCKS)
    )
    return Page(width, height, _colour(reader, "ground", "#ffffff"), blocks)


def _block(reader: Reader, licence_type: LicenceType, page_width: float, page_height: float) -> Block:
    kind = BlockKind(reader.choice("kind", tuple(BlockKind)))
    reader.refuse_unknown(frozenset({"kind"}) | _SETTINGS | _MEMBERS[kind])
    x, y = _millimetres(reader, "x"), _millimetres(reader, "y")
    width, height = _millimetres(reader, "w"), _millimetres(reader, "h")
    if x + width > page_width + 0.001 or y + height > page_height + 0.001:
        raise reader.fail("w", "超出页面。", "It reaches beyond the page.")
    name = reader.text("name", max_chars=60) if "name" in _MEMBERS[kind] else ""
    label = ""
    if kind is BlockKind.FIELD:
        label = _label(reader, licence_type, name)
    if kind is BlockKind.PORTRAIT:
        field = licence_type.field(name)
        if field is None or field.kind is not FieldKind.IMAGE:
            raise reader.fail("name", "此类型没有该图片项。", "The type has no such picture.")
    size = _points(reader, "size", 10.5)
    return Block(
        kind,
        x,
        y,
        width,
        height,
        text=reader.text("text", max_chars=400) if "text" in _MEMBERS[kind] else "",
        name=name,
        label=label,
        label_en=reader.optional_text("label_en", max_chars=60) or "",
        label_width=_label_width(reader, width),
        label_size=_points(reader, "label_size", 0.0),
        label_colour=_colour(reader, "label_colour", ""),
        label_font=reader.optional_choice("label_font", ("serif", "sans")) or "",
        heading=reader.optional_boolean("heading") or False,
        seal=reader.optional_integer("seal", maximum=1) or 0,
        size=size,
        min_size=_points(reader, "min_size", min(size, 6.0)),
        align=reader.optional_choice("align", ("left", "center", "right")) or "left",
        valign=reader.optional_choice("valign", ("top", "middle", "bottom")) or "top",
        colour=_colour(reader, "colour", "#1a1a1a"),
        font=reader.optional_choice("font", ("serif", "sans")) or "serif",
        weight=reader.optional_choice("weight", ("regular", "bold")) or "regular",
        spacing=_number(reader, "spacing", 0.0, 20.0) if "spacing" in reader else 0.0,
        fill=_colour(reader, "fill", ""),
        stroke=_colour(reader, "stroke", ""),
        radius=_millimetres(reader, "radius") if "radius" in reader else 0.0,
        style=reader.optional_choice("style", ("single", "double", "guilloche", "waves")) or "single",
        thickness=_number(reader, "thickness", 0.1, 5.0) if "thickness" in reader else 0.6,
    )


def _label(reader: Reader, licence_type: LicenceType, name: str) -> str:
    if name == VALID_PERIOD:
        label = PERIOD_LABEL
    else:
        field = licence_type.field(name) or COMMON_CLAIMS.get(name)
        if field is None:
            raise reader.fail("name", "此类型没有该项。", "The type has no such field.")
        label = field.label
    if "label" not in reader:
        return label.zh
    return reader.text("label", min_chars=0, max_chars=60)


def _label_width(reader: Reader, width: float) -> float:
    if "label_width" not in reader:
        return 0.0
    label_width = _millimetres(reader, "label_width")
    if label_width >= width:
        raise reader.fail("label_width", "标签占满了整个位置。", "The label leaves no room for the value.")
    return label_width


def _colour(reader: Reader, name: str, default: str) -> str:
    text = reader.optional_text(name, max_chars=7)
    if text is None:
        return default
    if not _COLOUR.fullmatch(text):
        raise reader.fail(name, "颜色应写作 #rrggbb。", "A colour is written #rrggbb.")
    return text


def _points(reader: Reader, name: str, default: float) -> float:
    return _number(reader, name, LEAST_POINTS, MAX_POINTS) if name in reader else default


def _millimetres(reader: Reader, name: str, *, least: float = 0.0) -> float:
    return _number(reader, name, least, MAX_SIDE_MM)


def _number(reader: Reader, name: str, least: float, most: float) -> float:
    value = reader.any(name)
    if isinstance(value, bool) or not isinstance(value, int | float) or not least <= value <= most:
        raise reader.fail(
            name, f"应为 {least:g} 至 {most:g} 的数。", f"A number from {least:g} to {most:g} is expected."
        )
    return float(value)
