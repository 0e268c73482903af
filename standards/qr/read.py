"""Reading QR codes from an untrusted picture: kinds, bytes and pixels are limited before anything is decoded."""

from __future__ import annotations

import io
from dataclasses import dataclass
from enum import StrEnum
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

_EXIF, _USER_COMMENT, _EXPOSURE_TIME, _MAKE, _MODEL = 0x8769, 0x9286, 0x829A, 0x010F, 0x0110
_MAX_COMMENT_BYTES: Final = 200

_KINDS: Final = ("PNG", "JPEG", "WEBP", "BMP", "GIF")


class InvalidPictureError(InvalidInputError):
    """The file is no picture of a kind that is read here, or too large."""

    code = "invalid-picture"


class PictureTooLargeError(InvalidPictureError):
    """More bytes or more pixels than are looked at."""

    code = "picture-too-large"


class Taken(StrEnum):
    """How a picture came about, as far as it says so itself. Whoever wants to hide it can."""

    UNKNOWN = "unknown"
    SCREENSHOT = "screenshot"
    PHOTOGRAPH = "photograph"


@dataclass(frozen=True, slots=True)
class ReadCode:
    """The content of one code.

    Attributes:
        data: the bytes as stored, whatever their meaning.
        text: the content as text by the character sets that the symbol names; only where it holds one.
    """

    data: bytes
    text: str


@dataclass(frozen=True, slots=True)
class ReadPicture:
    """A picture after reading: its codes, in no particular order, and how it was taken."""

    codes: tuple[ReadCode, ...]
    taken: Taken


def read_qr_codes(picture: bytes) -> tuple[ReadCode, ...]:
    """The QR codes in a picture, in no particular order; empty when there are none.

    Raises:
        InvalidPictureError: too large, damaged, or of another kind than PNG, JPEG, WebP, BMP and GIF.
    """
    return read_picture(picture).codes


def read_picture(picture: bytes) -> ReadPicture:
    """The same, with how the picture was taken."""
    if len(picture) > MAX_PICTURE_BYTES:
        raise PictureTooLargeError("图片文件过大。", "The picture file is too large.")
    grey, taken = _decode(picture)
    return ReadPicture(read_pixels(grey), taken)


def read_pixels(grey: Image.Image) -> tuple[ReadCode, ...]:
    """The QR codes in a decoded picture; whoever decoded it has bounded it."""
    found = zxingcpp.read_barcodes(
        grey,
        formats=zxingcpp.BarcodeFormats(zxingcpp.BarcodeFormat.QRCode),
        text_mode=zxingcpp.TextMode.Plain,
    )
    codes = (ReadCode(bytes(code.bytes), code.text) for code in found[:MAX_CODES] if code.valid)
    return tuple(dict.fromkeys(codes))


def _decode(picture: bytes) -> tuple[Image.Image, Taken]:
    try:
        with Image.open(io.BytesIO(picture), formats=_KINDS) as opened:
            _check_size(opened)
            taken = _taken(opened)
            # JPEG only: decoded as grey from the start, at a quarter of the memory.
            opened.draft("L", None)
            if _is_transparent(opened):
                # What is transparent shows the paper behind it, not the colour that happens to be stored there.
                layer = opened.convert("RGBA")
                paper = Image.new("RGBA", layer.size, "white")
                return Image.alpha_composite(paper, layer).convert("L"), taken
            return opened.convert("L"), taken
    except InvalidPictureError:
        raise
    except (Image.DecompressionBombError, Image.DecompressionBombWarning) as error:
        raise PictureTooLargeError("图片尺寸过大。", "The picture has too many pixels.") from error
    except Exception as error:  # decoders of five kinds, each with its own ways to fail
        raise InvalidPictureError("无法读取图片。", "The picture cannot be read.") from error


def _taken(opened: Image.Image) -> Taken:
    """By what cameras and phones write into their files (Exif 3.0 sections 4.6.4 and 4.6.5)."""
    try:
        exif = opened.getexif()
        details = exif.get_ifd(_EXIF)
    except Exception:  # noqa: BLE001 - what is written there is as untrusted as the pixels, and matters less
        return Taken.UNKNOWN
    comment = details.get(_USER_COMMENT)
    said = comment if isinstance(comment, bytes) else str(comment).encode("utf-8", "replace")
    if b"screenshot" in said[:_MAX_COMMENT_BYTES].replace(b"\0", b"").lower():
        return Taken.SCREENSHOT
    if _MAKE in exif or _MODEL in exif or _EXPOSURE_TIME in details:
        return Taken.PHOTOGRAPH
    return Taken.UNKNOWN


def _is_transparent(opened: Image.Image) -> bool:
    return opened.mode in ("RGBA", "LA", "PA") or "transparency" in opened.info


def _check_size(opened: Image.Image) -> None:
    limit = MAX_TRANSPARENT_PIXELS if _is_transparent(opened) else MAX_PICTURE_PIXELS
    if opened.width * opened.height > limit:
        raise PictureTooLargeError("图片尺寸过大。", "The picture has too many pixels.")
