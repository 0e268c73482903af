"""Pictures of a QR symbol: PNG for print and machines, SVG for pages."""

from __future__ import annotations

import io
from typing import Final

from PIL import Image

from standards.qr.symbol import QrSymbol

DEFAULT_MODULE_PIXELS: Final = 6
"""Width of a module in a PNG; never below three, or scanners miss it."""

MIN_MODULE_PIXELS: Final = 3


def write_png(symbol: QrSymbol, *, module_pixels: int = DEFAULT_MODULE_PIXELS) -> bytes:
    """A black and white PNG, ``module_pixels`` wide for each module, quiet zone included."""
    if module_pixels < MIN_MODULE_PIXELS:
        raise ValueError(f"a module is at least {MIN_MODULE_PIXELS} pixels wide")
    picture = Image.frombytes("L", (symbol.size, symbol.size), b"".join(symbol.rows)).convert("1")
    side = symbol.size * module_pixels
    file = io.BytesIO()
    picture.resize((side, side), Image.Resampling.NEAREST).save(file, format="PNG")
    return file.getvalue()


def write_svg(symbol: QrSymbol) -> str:
    """An SVG without script, style or reference, one unit for each module; the page gives it size and label."""
    dark = "".join(
        f"M{start} {y}h{length}v1h-{length}z"
        for y, row in enumerate(symbol.rows)
        for start, length in _dark_runs(row)
    )
    size = symbol.size
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {size} {size}" shape-rendering="crispEdges">'
        f'<path fill="#fff" d="M0 0h{size}v{size}H0z"/><path fill="#000" d="{dark}"/></svg>'
    )


def _dark_runs(row: bytes) -> list[tuple[int, int]]:
    runs: list[tuple[int, int]] = []
    for x, value in enumerate(row):
        if value:
            continue
        if runs and sum(runs[-1]) == x:
            runs[-1] = (runs[-1][0], runs[-1][1] + 1)
        else:
            runs.append((x, 1))
    return runs
