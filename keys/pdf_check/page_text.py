"""What a viewer shows: text by place, and whether pages look as they did when they were sealed. By PDFium, as in many browsers."""

from __future__ import annotations

import ctypes
import math
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any, Final

import pypdfium2
from pypdfium2 import raw

from keys.pdf_check.facts import Printed

MAX_PAGES: Final = 10
_MAX_CHARS: Final = 40_000
_POINTS_PER_HUNDREDTH_MM: Final = 72 / 2540
_SLACK: Final = 1.0
"""Points around a box: glyphs reach a little over the line that they stand on."""
_UPRIGHT: Final = 0.02
"""Sine of the angle from which on writing is slanted: a watermark."""
_SIDE_PIXELS: Final = 800
_MAX_SIDE_POINTS: Final = 20_000


class PageUnreadableError(Exception):
    """PDFium cannot open what another reader could."""


@dataclass(frozen=True, slots=True)
class Box:
    """A place: page from 0; left, top, width, height in hundredths of a millimetre from the upper left corner."""

    page: int
    left: int
    top: int
    width: int
    height: int


def printed(pdf: bytes, boxes: Sequence[Box]) -> Printed:
    """The text of all pages and of each box; raises ``PageUnreadableError``."""
    document = _open(pdf)
    try:
        pages: list[str] = []
        slanted: list[str] = []
        fields = [""] * len(boxes)
        for number in range(min(len(document), MAX_PAGES)):
            page = document[number]
            characters = list(_characters(page))
            pages.append(_joined(one.text for one in characters if not one.slanted))
            slanted.append(_joined(one.text for one in characters if one.slanted))
            height = page.get_height()
            for place, box in enumerate(boxes):
                if box.page == number:
                    fields[place] = _within(characters, box, height)
        return Printed(tuple(pages), tuple(fields), "".join(slanted))
    except pypdfium2.PdfiumError as cause:
        raise PageUnreadableError from cause
    finally:
        document.close()


@dataclass(frozen=True, slots=True)
class _Character:
    text: str
    x: float
    y: float
    slanted: bool


def _characters(page: Any) -> Iterator[_Character]:
    """What is written, white space aside: where lines break is the layout's affair."""
    text = page.get_textpage()
    left, right, bottom, top = (ctypes.c_double() for _ in range(4))
    for place in range(min(text.count_chars(), _MAX_CHARS)):
        character = chr(raw.FPDFText_GetUnicode(text, place))
        if character.isspace() or raw.FPDFText_IsGenerated(text, place) == 1:
            continue
        raw.FPDFText_GetCharBox(text, place, left, right, bottom, top)
        yield _Character(
            character,
            (left.value + right.value) / 2,
            (bottom.value + top.value) / 2,
            abs(math.sin(raw.FPDFText_GetCharAngle(text, place))) > _UPRIGHT,
        )


def looks_changed(before: bytes, after: bytes, *, but_for_fields: bool) -> bool:
    """Whether any page looks otherwise than before; ``but_for_fields``: signature fields may have got their picture."""
    first, second = _open(before), _open(after)
    try:
        if len(first) != len(second):
            return True
        return any(
            _differ(first[number], second[number], but_for_fields=but_for_fields)
            for number in range(min(len(first), MAX_PAGES))
        )
    except pypdfium2.PdfiumError as cause:
        raise PageUnreadableError from cause
    finally:
        first.close()
        second.close()


def _differ(before: Any, after: Any, *, but_for_fields: bool) -> bool:
    if before.get_size() != after.get_size() or before.get_rotation() != after.get_rotation():
        return True
    width, height = before.get_size()
    longer = max(width, height)
    if not 1 <= longer <= _MAX_SIDE_POINTS or not math.isfinite(longer):
        return True
    scale = _SIDE_PIXELS / longer
    pictures = [_drawn(page, scale) for page in (before, after)]
    if but_for_fields:
        boxes = list(_empty_fields(before))
        pictures = [_covered(picture, boxes, height, scale) for picture in pictures]
    first, second = pictures
    return bool(first.size != second.size or first.tobytes() != second.tobytes())


def _drawn(page: Any, scale: float) -> Any:
    return page.render(scale=scale, may_draw_forms=True, draw_annots=True).to_pil()


def _covered(
    picture: Any, boxes: list[tuple[float, float, float, float]], height: float, scale: float
) -> Any:
    for left, bottom, right, top in boxes:
        corners = (
            max(0, int(left * scale) - 1),
            max(0, int((height - top) * scale) - 1),
            min(picture.width, int(right * scale) + 2),
            min(picture.height, int((height - bottom) * scale) + 2),
        )
        if corners[0] < corners[2] and corners[1] < corners[3]:
            picture.paste((0,) * len(picture.getbands()) if picture.mode != "L" else 0, corners)
    return picture


def _empty_fields(page: Any) -> Iterator[tuple[float, float, float, float]]:
    """Places of the fields that were prepared for further seals."""
    for number in range(min(raw.FPDFPage_GetAnnotCount(page), 100)):
        annotation = raw.FPDFPage_GetAnnot(page, number)
        if not annotation:
            continue
        try:
            box = raw.FS_RECTF()
            if (
                raw.FPDFAnnot_GetSubtype(annotation) == raw.FPDF_ANNOT_WIDGET
                and not raw.FPDFAnnot_HasKey(annotation, b"V")
                and raw.FPDFAnnot_GetRect(annotation, box)
            ):
                yield box.left, box.bottom, box.right, box.top
        finally:
            raw.FPDFPage_CloseAnnot(annotation)


def _open(pdf: bytes) -> Any:
    try:
        document = pypdfium2.PdfDocument(pdf)
        document.init_forms()
    except (pypdfium2.PdfiumError, ValueError) as cause:
        raise PageUnreadableError from cause
    return document


def _within(characters: list[_Character], box: Box, height: float) -> str:
    left, width = (side * _POINTS_PER_HUNDREDTH_MM for side in (box.left, box.width))
    top = height - box.top * _POINTS_PER_HUNDREDTH_MM
    bottom = top - box.height * _POINTS_PER_HUNDREDTH_MM
    return _joined(
        one.text
        for one in characters
        if not one.slanted
        and left - _SLACK <= one.x <= left + width + _SLACK
        and bottom - _SLACK <= one.y <= top + _SLACK
    )


def _joined(characters: Iterable[str]) -> str:
    """PDFium counts in UTF-16: a character beyond the first plane comes as two."""
    return "".join(characters).encode("utf-16-le", "surrogatepass").decode("utf-16-le", "replace")
