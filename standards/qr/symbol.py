"""A QR symbol: the choice of version and error correction, and its modules (ISO/IEC 18004:2015 sections 6.3 and 6.5)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Final

import zxingcpp

from standards.errors import InvalidInputError

MAX_VERSION: Final = 20
"""Largest version written unless asked for: above it cheap cameras fail at a window."""

QUIET_ZONE: Final = 4
"""Width of the light border, in modules (section 6.3.8)."""

_LEVELS: Final = ("M", "L")
_SMALLEST_SIZE: Final = 21
_MODULES_PER_VERSION: Final = 4


class QrTooLongError(InvalidInputError):
    """The content does not fit into a symbol that cameras read well."""

    code = "qr-too-long"


@dataclass(frozen=True, slots=True)
class QrSymbol:
    """One symbol.

    Attributes:
        version: 1 to 40; the size is 17 + 4 × version modules.
        level: error correction, ``M`` (about 15 %) or ``L`` (about 7 %).
        rows: the modules with the quiet zone around them, a row for each line, one byte a module: 0 dark, 255 light.
    """

    version: int
    level: str
    rows: tuple[bytes, ...]

    @property
    def size(self) -> int:
        """Width and height in modules, quiet zone included."""
        return len(self.rows)


def build_qr(content: str | bytes, *, max_version: int = MAX_VERSION, mask: int | None = None) -> QrSymbol:
    """The symbol for ``content``: level M where it fits into ``max_version``, else level L.

    Args:
        content: text, or bytes as they are.
        max_version: largest version allowed.
        mask: data mask pattern 0 to 7; without one the best of the eight is looked for (section 7.8.3), which costs
            eight times the work and helps where the content repeats itself. Random content looks the same under each.

    Raises:
        QrTooLongError: it fits at neither level.
    """
    if not content:
        raise QrTooLongError("二维码内容不能为空。", "A QR code needs content.")
    for level in _LEVELS:
        symbol = _encode(content, level, mask)
        if symbol is not None and symbol.version <= max_version:
            return symbol
    raise QrTooLongError(
        "内容过长，二维码将难以扫描。", "The content is too long for a QR code that cameras read well."
    )


def _encode(content: str | bytes, level: str, mask: int | None) -> QrSymbol | None:
    chosen = {} if mask is None else {"data_mask": mask}
    try:
        barcode = zxingcpp.create_barcode(content, zxingcpp.BarcodeFormat.QRCode, ec_level=level, **chosen)
    except ValueError:
        return None
    # The package's image speaks the buffer protocol, which its type stubs leave out.
    picture: Any = barcode.to_image(scale=1, add_quiet_zones=True)
    pixels = memoryview(picture)
    assert pixels.shape is not None  # an image has rows and columns
    size, data = pixels.shape[0], pixels.tobytes()
    rows = tuple(data[start : start + size] for start in range(0, size * size, size))
    modules = size - 2 * QUIET_ZONE
    return QrSymbol((modules - _SMALLEST_SIZE) // _MODULES_PER_VERSION + 1, level, rows)
