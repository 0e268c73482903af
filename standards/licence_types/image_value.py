"""A picture as the value of a licence's field: base64 of a JPEG (ITU-T T.81) or PNG (W3C PNG) of bounded size.

Only what a browser needs to draw it safely is looked at: which of the two it is, that it begins and ends as one, and how
many pixels it claims. It is never decoded here.
"""

from __future__ import annotations

import base64
import binascii
from dataclasses import dataclass
from typing import Any, Final

from standards.errors import InvalidInputError
from standards.text import Text

MAX_IMAGE_BYTES: Final = 16 * 1024
"""A portrait travels in every copy of the licence and in every show of it."""

MAX_PIXELS_A_SIDE: Final = 1024

_PNG: Final = b"\x89PNG\r\n\x1a\n"
_PNG_END: Final = b"\x00\x00\x00\x00IEND\xaeB`\x82"
_FRAMES: Final = frozenset({*range(0xC0, 0xD0)} - {0xC4, 0xC8, 0xCC})
"""JPEG markers that begin a frame (T.81 table B.1)."""


class InvalidImageError(InvalidInputError):
    """A text that is no base64 of a small JPEG or PNG."""

    code = "invalid-image"


@dataclass(frozen=True, slots=True, repr=False)
class Image:
    """A picture.

    Attributes:
        media_type: ``image/jpeg`` or ``image/png``.
        data: its bytes.
        width, height: in pixels.
    """

    media_type: str
    data: bytes
    width: int
    height: int

    @property
    def data_uri(self) -> str:
        """For ``<img src>`` (RFC 2397)."""
        return f"data:{self.media_type};base64,{base64.b64encode(self.data).decode('ascii')}"


def parse_image(value: Any, *, where: str | None = None) -> Image:
    """The picture in ``value``, untrusted.

    Raises:
        InvalidImageError: no text, no strict base64, larger than ``MAX_IMAGE_BYTES`` or ``MAX_PIXELS_A_SIDE``, or
            neither a whole JPEG nor a whole PNG.
    """
    if not isinstance(value, str):
        raise _refused("应为 base64 文字。", "A text in base64 is expected.", where)
    if len(value) > (MAX_IMAGE_BYTES + 2) // 3 * 4:
        raise _refused(
            f"图片不能超过 {MAX_IMAGE_BYTES // 1024} KB。",
            f"A picture has at most {MAX_IMAGE_BYTES // 1024} KB.",
            where,
        )
    try:
        data = base64.b64decode(value, validate=True)
    except (binascii.Error, ValueError):
        raise _refused("不是 base64 文字。", "It is no base64.", where) from None
    size = _size_of_png(data) or _size_of_jpeg(data)
    if size is None:
        raise _refused("应为完整的 JPEG 或 PNG 图片。", "A whole JPEG or PNG picture is expected.", where)
    if not all(0 < side <= MAX_PIXELS_A_SIDE for side in size):
        raise _refused(
            f"图片每边应为 1 至 {MAX_PIXELS_A_SIDE} 像素。",
            f"A picture has 1 to {MAX_PIXELS_A_SIDE} pixels a side.",
            where,
        )
    return Image("image/png" if data.startswith(_PNG) else "image/jpeg", data, *size)


def shown_image(value: Any) -> str | None:
    """The ``data:`` URI of a picture for a page, or ``None`` when ``value`` is none that can be drawn safely."""
    try:
        return parse_image(value).data_uri
    except InvalidImageError:
        return None


def _size_of_png(data: bytes) -> tuple[int, int] | None:
    if not (data.startswith(_PNG) and data.endswith(_PNG_END) and data[12:16] == b"IHDR"):
        return None
    return int.from_bytes(data[16:20]), int.from_bytes(data[20:24])


def _size_of_jpeg(data: bytes) -> tuple[int, int] | None:
    if not (data.startswith(b"\xff\xd8") and data.endswith(b"\xff\xd9")):
        return None
    place = 2
    while place + 9 <= len(data) and data[place] == 0xFF:
        marker, length = data[place + 1], int.from_bytes(data[place + 2 : place + 4])
        if marker in _FRAMES:
            return int.from_bytes(data[place + 7 : place + 9]), int.from_bytes(data[place + 5 : place + 7])
        if marker == 0xDA or length < 2:
            return None
        place += 2 + length
    return None


def _refused(zh: str, en: str, where: str | None) -> InvalidImageError:
    return InvalidImageError(
        zh,
        en,
        where=where,
        next_step=Text(
            "请提供 base64 编码的 JPEG 或 PNG 小图。", "Give a small JPEG or PNG picture in base64."
        ),
    )
