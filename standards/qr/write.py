"""Pictures of a QR symbol: PNG for print and machines, SVG for pages."""

from __future__ import annotations

import re
import struct
import zlib
from typing import Final

from standards.qr.symbol import QrSymbol

DEFAULT_MODULE_PIXELS: Final = 8
"""Width of a module in a PNG; never below three, or scanners miss it. Eight, because then a module is one byte."""

MIN_MODULE_PIXELS: Final = 3

_SIGNATURE: Final = b"\x89PNG\r\n\x1a\n"
_DARK_RUN: Final = re.compile(b"\x00+")

_NO_FILTER: Final = b"\x00"
_SAME_AS_ABOVE: Final = b"\x02"
"""Filter type Up (W3C PNG section 9.2): followed by zeros, it repeats the line above."""


def write_png(symbol: QrSymbol, *, module_pixels: int = DEFAULT_MODULE_PIXELS) -> bytes:
    """A black and white PNG, ``module_pixels`` wide for each module, quiet zone included.

    Written by hand (W3C PNG, third edition): one bit a pixel, repeated lines as zeros. A request at a window has its
    code within a tenth of a millisecond, where a picture library takes ten times as long.
    """
    if module_pixels < MIN_MODULE_PIXELS:
        raise ValueError(f"a module is at least {MIN_MODULE_PIXELS} pixels wide")
    side = symbol.size * module_pixels
    lines = [_scan_line(row, module_pixels) for row in symbol.rows]
    repeats = (_SAME_AS_ABOVE + bytes(len(lines[0]))) * (module_pixels - 1)
    pixels = b"".join(_NO_FILTER + line + repeats for line in lines)
    # Width, height, 1 bit, greyscale, and the only compression, filter method and interlacing there is (section 11.2.1).
    header = struct.pack(">IIBBBBB", side, side, 1, 0, 0, 0, 0)
    return (
        _SIGNATURE
        + _chunk(b"IHDR", header)
        + _chunk(b"IDAT", zlib.compress(pixels, level=1))
        + _chunk(b"IEND", b"")
    )


def _scan_line(row: bytes, module_pixels: int) -> bytes:
    """One line of pixels, eight to a byte; the modules come as 0 for dark and 255 for light."""
    if module_pixels == 8:  # a module is a byte already
        return row
    bits = "".join(("1" if module else "0") * module_pixels for module in row)
    bits += "0" * (-len(bits) % 8)
    return int(bits, 2).to_bytes(len(bits) // 8, "big")


def _chunk(kind: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))


def write_svg(symbol: QrSymbol) -> str:
    """An SVG without script, style or reference, one unit for each module; the page gives it size and label."""
    dark = "".join(
        f"M{run.start()} {y}h{run.end() - run.start()}v1h{run.start() - run.end()}z"
        for y, row in enumerate(symbol.rows)
        for run in _DARK_RUN.finditer(row)
    )
    return _svg(symbol.size, f'<path fill="#000" d="{dark}"/>')


def write_lined_svg(symbol: QrSymbol) -> str:
    """The same picture for print, each run of dark modules a line one unit wide: half as long, and as quick to draw."""
    lines = []
    for y, row in enumerate(symbol.rows):
        lines.append(f"M0 {y}.5")
        at = 0
        for run in _DARK_RUN.finditer(row):
            start, end = run.span()
            lines.append(f"m{start - at} 0h{end - start}")
            at = end
    return _svg(symbol.size, f'<path stroke="#000" d="{"".join(lines)}"/>')


def _svg(size: int, dark: str) -> str:
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {size} {size}" shape-rendering="crispEdges">'
        f'<path fill="#fff" d="M0 0h{size}v{size}H0z"/>{dark}</svg>'
    )
