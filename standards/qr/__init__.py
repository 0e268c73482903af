"""QR codes (ISO/IEC 18004:2015): written small enough for cheap cameras, read from untrusted pictures."""

from standards.qr.read import (
    InvalidPictureError,
    PictureTooLargeError,
    ReadCode,
    ReadPicture,
    Taken,
    read_picture,
    read_pixels,
    read_qr_codes,
)
from standards.qr.symbol import QrSymbol, QrTooLongError, build_qr
from standards.qr.write import write_lined_svg, write_png, write_svg

__all__ = [
    "InvalidPictureError",
    "PictureTooLargeError",
    "QrSymbol",
    "QrTooLongError",
    "ReadCode",
    "ReadPicture",
    "Taken",
    "build_qr",
    "read_picture",
    "read_pixels",
    "read_qr_codes",
    "write_lined_svg",
    "write_png",
    "write_svg",
]
