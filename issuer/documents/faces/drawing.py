"""From a layout and a licence's claims to what the template draws, and to the manifest that says so."""

from __future__ import annotations

import base64
import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from html import escape
from typing import Any, Final

from issuer.documents.faces.continuation import SEE_NEXT, Continued, further_pages
from issuer.documents.faces.layout import PERIOD_LABEL, Block, BlockKind, Layout
from standards.documents import VALID_PERIOD, FaceManifest, PrintedField, printed_value
from standards.documents.printed_value import printed_period
from standards.licence_types import COMMON_CLAIMS, LicenceType, parse_image
from standards.qr import build_qr, write_lined_svg
from standards.text import Text

_POINTS_A_MM = 72 / 25.4

_LONG_RUN: Final = re.compile(r"[!-\u2e7f]{24}")
"""Letters and digits of a script that is written with spaces, and none of them."""
_PIECES: Final = re.compile(r"(?s).{1,4}")

_CODE_MASK: Final = 2
"""A print code is compressed and signed: it looks random, and no mask is better than another."""

Box = tuple[float, float, float, float]


@dataclass(frozen=True, slots=True)
class SealPlace:
    """Where a seal is put: the name of its signature field, the page from 0, left, bottom, right, top in points."""

    field_name: str
    page: int
    box: Box


@dataclass(slots=True)
class Drawing:
    """What is drawn, as it is put together."""

    pages: list[dict[str, Any]] = field(default_factory=list)
    printed: list[PrintedField] = field(default_factory=list)
    fixed: list[str] = field(default_factory=list)
    seals: list[SealPlace] = field(default_factory=list)

    def manifest(self, layout: str, watermark: str) -> FaceManifest:
        """What stands where."""
        return FaceManifest(layout, tuple(self.printed), tuple(self.fixed), watermark)


def draw(
    layout: Layout,
    licence_type: LicenceType,
    claims: Mapping[str, Any],
    *,
    code: str,
    note: str,
    continued: Collection[str] = (),
    sample: bool = False,
) -> Drawing:
    """Resolve every block of a layout.

    Args:
        layout: where things stand.
        licence_type: of the licence.
        claims: as in the credential.
        code: content of the QR code.
        note: what is said of this copy.
        continued: names of values that are too long for their place, and stand on a further page.
        sample: whether to show where the seals will be.
    """
    drawing = Drawing()
    values = [
        Continued(name, label_on_face(name, licence_type).zh, value_on_face(name, licence_type, claims))
        for name in continued
    ]
    further = further_pages(licence_type.name.zh, values)
    for number, page in enumerate((*layout.pages, *further)):
        blocks = []
        for block in page.blocks:
            if block.kind is BlockKind.SEAL:
                drawing.seals.append(_seal_place(block, number, page.height))
                if sample:
                    blocks.append(_wire(block))
                continue
            if number < len(layout.pages) and block.kind is BlockKind.FIELD and block.name in continued:
                blocks.append(_referring(drawing, block))
                continue
            wire = _block(drawing, block, number, licence_type, claims, code=code, note=note)
            if wire is not None:
                blocks.append(wire)
        drawing.pages.append(
            {"width": page.width, "height": page.height, "ground": page.ground, "blocks": blocks}
        )
    drawing.seals.sort(key=lambda place: place.field_name)
    return drawing


def _block(
    drawing: Drawing,
    block: Block,
    page: int,
    licence_type: LicenceType,
    claims: Mapping[str, Any],
    *,
    code: str,
    note: str,
) -> dict[str, Any] | None:
    wire = _wire(block)
    match block.kind:
        case BlockKind.HEADING | BlockKind.TEXT:
            drawing.fixed.append(block.text)
            return {**wire, "text": block.text, "name": block.text[:20]}
        case BlockKind.NOTE:
            drawing.fixed += [line for line in note.splitlines() if line]
            return {**wire, "text": note, "name": "note"} if note else None
        case BlockKind.LINE | BlockKind.FRAME:
            return {
                **wire,
                "fill": block.fill,
                "stroke": block.stroke or "#1a1a1a",
                "radius": block.radius,
                "style": block.style,
                "thickness": block.thickness,
            }
        case BlockKind.CODE:
            return {
                **wire,
                "svg": write_lined_svg(build_qr(code, mask=_CODE_MASK)),
                "alt": "二维码：可扫描核验",
            }
        case BlockKind.PORTRAIT:
            value = claims.get(block.name)
            return None if value is None else {**wire, "svg": _picture(value), "alt": "持证人照片"}
        case _:
            printed = _field(drawing, block, page, licence_type, claims)
            return None if printed is None else {**wire, **printed}


def _wire(block: Block) -> dict[str, Any]:
    return {
        "kind": block.kind.value,
        "x": block.x,
        "y": block.y,
        "w": block.width,
        "h": block.height,
        "size": block.size,
        "min_size": block.min_size,
        "align": block.align,
        "valign": block.valign,
        "colour": block.colour,
        "font": block.font,
        "weight": block.weight,
        "spacing": block.spacing,
        "name": block.name,
    }


def _field(
    drawing: Drawing,
    block: Block,
    page: int,
    licence_type: LicenceType,
    claims: Mapping[str, Any],
) -> dict[str, Any] | None:
    value = value_on_face(block.name, licence_type, claims)
    label = block.label if block.label_width else ""
    if label:
        drawing.fixed += [text for text in (label, block.label_en) if text]
    if not value and not label:
        return None
    left = block.x + block.label_width
    hundredths = (
        round(100 * left),
        round(100 * block.y),
        round(100 * (block.width - block.label_width)),
        round(100 * block.height),
    )
    drawing.printed.append(PrintedField(block.name, label, value, page, hundredths))
    return {"value": value, **_broken(value), **_labelled(block)}


def _broken(value: str) -> dict[str, Any]:
    """Places to break in a value that has a long run without any."""
    return {"pieces": _PIECES.findall(value)} if _LONG_RUN.search(value) else {}


def _referring(drawing: Drawing, block: Block) -> dict[str, Any]:
    """The place of a value that stands on a further page."""
    label = block.label if block.label_width else ""
    drawing.fixed += [text for text in (label, block.label_en if label else "", SEE_NEXT) if text]
    return {**_wire(block), "min_size": min(block.min_size, 4.0), "value": SEE_NEXT, **_labelled(block)}


def _labelled(block: Block) -> dict[str, Any]:
    return {
        "label": block.label,
        "label_en": block.label_en,
        "label_w": block.label_width,
        "label_size": block.label_size or block.size,
        "label_colour": block.label_colour,
        "label_font": block.label_font or block.font,
        "heading": block.heading,
    }


def label_on_face(name: str, licence_type: LicenceType) -> Text:
    """What an item of the face is called."""
    if name == VALID_PERIOD:
        return PERIOD_LABEL
    known = licence_type.field(name) or COMMON_CLAIMS.get(name)
    return known.label if known else Text(name or "照面文字", name or "a text of the layout")


def value_on_face(name: str, licence_type: LicenceType, claims: Mapping[str, Any]) -> str:
    """What is printed for a claim, or for the period of validity."""
    if name == VALID_PERIOD:
        return printed_period(claims)
    known = licence_type.field(name) or COMMON_CLAIMS[name]
    return printed_value(known, claims.get(name))


def _seal_place(block: Block, page: int, page_height: float) -> SealPlace:
    return SealPlace(
        f"Seal{block.seal + 1}",
        page,
        (
            block.x * _POINTS_A_MM,
            (page_height - block.y - block.height) * _POINTS_A_MM,
            (block.x + block.width) * _POINTS_A_MM,
            (page_height - block.y) * _POINTS_A_MM,
        ),
    )


def _picture(value: Any) -> str:
    """A photograph as a drawing: the template takes text only."""
    image = parse_image(value)
    data = base64.b64encode(image.data).decode("ascii")
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {image.width} {image.height}">'
        f'<image width="{image.width}" height="{image.height}" '
        f'href="data:{escape(image.media_type)};base64,{data}"/></svg>'
    )
