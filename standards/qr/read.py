"""Reading QR codes from an untrusted picture: kinds, bytes and pixels are limited before anything is decoded."""

from __future__ import annotations

import io
from dataclasses import dataclass
from typing import Final

import zxingcpp
from PIL import Image

from standards.errors import InvalidInputError

MAX_PICTURE_BYTES: Final = 10 * 1024 * 1024
"""Largest picture file read, in bytes."""

MAX_PICTURE_PIXELS: Final = 40_000_000
"""Largest picture decoded, in pixels: a camera's photograph fits, a decompression bomb does not."""

MAX_TRANSPARENT_PIXELS: Final = 12_000_000
"""Largest picture with transparency, in pixels: it costs twelve bytes a pixel; screenshots have it, photographs not."""

MAX_CODES: Final = 16
"""Most codes taken from one picture."""

_KINDS: Final = ("PNG", "JPEG", "WEBP", "BMP", "GIF")


class InvalidPictureError(InvalidInputError):
    """The file is no picture of a kind that is read here, or too large."""

    code = "invalid-picture"


@dataclass(frozen=True, slots=True)
class ReadCode:
    """The content of one code.

    Attributes:
        data: the bytes as stored, whatever their meaning.
        text: the content as text by the character sets that the symbol names; only where it holds one.
    """

    data: bytes
    text: str


def read_qr_codes(picture: bytes) -> tuple[ReadCode, ...]:
    """The QR codes in a picture, in no particular order; empty when there are none.

    Raises:
        InvalidPictureError: too large, damaged, or of another kind than PNG, JPEG, WebP, BMP and GIF.
    """
    if len(picture) > MAX_PICTURE_BYTES:
        raise InvalidPictureError("图片文件过大。", "The picture file is too large.")
    grey = _decode(picture)
    found = zxingcpp.read_barcodes(
        grey,
        formats=zxingcpp.BarcodeFormats(zxingcpp.BarcodeFormat.QRCode),
        text_mode=zxingcpp.TextMode.Plain,
    )
    codes = (ReadCode(bytes(code.bytes), code.text) for code in found[:MAX_CODES] if code.valid)
    return tuple(dict.fromkeys(codes))


def _decode(picture: bytes) -> Image.Image:
    try:
        with Image.open(io.BytesIO(picture), formats=_KINDS) as opened:
            _check_size(opened)
            # JPEG only: decoded as grey from the start, at a quarter of the memory.
            opened.draft("L", None)
            if _is_transparent(opened):
                # What is transparent shows the paper behind it, not the colour that happens to be stored there.
                layer = opened.convert("RGBA")
                paper = Image.new("RGBA", layer.size, "white")
                return Image.alpha_composite(paper, layer).convert("L")
            return opened.convert("L")
    except InvalidPictureError:
        raise
    except (Image.DecompressionBombError, Image.DecompressionBombWarning) as error:
        raise InvalidPictureError("图片尺寸过大。", "The picture has too many pixels.") from error
    except Exception as error:  # decoders of five kinds, each with its own ways to fail
        raise InvalidPictureError("无法读取图片。", "The picture cannot be read.") from error


def _is_transparent(opened: Image.Image) -> bool:
    return opened.mode in ("RGBA", "LA", "PA") or "transparency" in opened.info


def _check_size(opened: Image.Image) -> None:
    limit = MAX_TRANSPARENT_PIXELS if _is_transparent(opened) else MAX_PICTURE_PIXELS
    if opened.width * opened.height > limit:
        raise InvalidPictureError("图片尺寸过大。", "The picture has too many pixels.")
