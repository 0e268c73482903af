"""``face.json``: what stands where on the page, so that a machine can hold the page against the credential."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Final

import orjson

from standards.documents.errors import InvalidDocumentPartError
from standards.json_reader import Reader, parse_json

MAX_FIELDS: Final = 120
MAX_FIXED: Final = 1400
"""Labels in two languages beside every value of a layout with all the blocks that it may have."""

MAX_TEXT_CHARS: Final = 4000
MAX_PAGES: Final = 10
_LONGEST_SIDE: Final = 500_000
"""Hundredths of a millimetre: a page of five metres."""


@dataclass(frozen=True, slots=True)
class PrintedField:
    """One value on the page.

    Attributes:
        name: of the claim, or ``VALID_PERIOD``.
        label: what is printed beside it; may be empty.
        text: the value exactly as printed, line breaks aside.
        page: from 0.
        box: left, top, width, height from the page's upper left corner, in hundredths of a millimetre; nothing else is printed
            in it.
    """

    name: str
    label: str
    text: str
    page: int
    box: tuple[int, int, int, int]


@dataclass(frozen=True, slots=True)
class FaceManifest:
    """Everything that the page prints.

    Attributes:
        layout: name of the layout.
        fields: the values, in reading order.
        fixed: all other texts on the page, such as titles and labels, each as often as it is printed.
        watermark: the text across the page, or empty.
    """

    layout: str
    fields: tuple[PrintedField, ...]
    fixed: tuple[str, ...] = ()
    watermark: str = ""

    def encode(self) -> bytes:
        """The attachment."""
        wire: dict[str, Any] = {
            "layout": self.layout,
            "fields": [
                {
                    "name": field.name,
                    "label": field.label,
                    "text": field.text,
                    "page": field.page,
                    "box": list(field.box),
                }
                for field in self.fields
            ],
            "fixed": list(self.fixed),
            "watermark": self.watermark,
        }
        return orjson.dumps(wire)


def parse_manifest(data: bytes) -> FaceManifest:
    """Read an attachment, untrusted; raises ``InvalidDocumentPartError``."""
    reader = Reader(parse_json(data, error=InvalidDocumentPartError), error=InvalidDocumentPartError)
    items = reader.list("fields", max_items=MAX_FIELDS)
    return FaceManifest(
        reader.text("layout", max_chars=120),
        tuple(
            _field(Reader(item, reader.pointer("fields", place), error=InvalidDocumentPartError))
            for place, item in enumerate(items)
        ),
        reader.texts("fixed", max_chars=MAX_TEXT_CHARS, max_items=MAX_FIXED),
        reader.text("watermark", min_chars=0, max_chars=400),
    )


def _field(reader: Reader) -> PrintedField:
    box = reader.list("box", min_items=4, max_items=4)
    if not all(isinstance(side, int) and 0 <= side <= _LONGEST_SIDE for side in box):
        raise reader.fail("box", "应为四个非负整数。", "Four integers from 0 on are expected.")
    left, top, width, height = box
    return PrintedField(
        reader.text("name", max_chars=60),
        reader.text("label", min_chars=0, max_chars=120),
        reader.text("text", min_chars=0, max_chars=MAX_TEXT_CHARS),
        reader.integer("page", maximum=MAX_PAGES - 1),
        (left, top, width, height),
    )
