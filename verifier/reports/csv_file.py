"""A table as CSV that spreadsheets open rightly, and that runs nothing in them."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Sequence
from typing import Final

from verifier.reports.tables import Cell

_BOM: Final = "\ufeff"  # without it, spreadsheets take the text for another encoding
_FORMULA: Final = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠", "|", "%")
TOO_FEW: Final = "<5"


def write_csv(head: Sequence[str], rows: Iterable[Sequence[Cell]]) -> bytes:
    """UTF-8 with a byte order mark, lines ended by CR LF (RFC 4180).

    A text that a spreadsheet could take for a formula gets an apostrophe before it; numbers stay numbers. ``None`` is
    told as fewer than five.
    """
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\r\n")
    writer.writerow([_harmless(name) for name in head])
    for row in rows:
        writer.writerow([_harmless(cell) for cell in row])
    return (_BOM + out.getvalue()).encode()


def _harmless(cell: Cell) -> Cell:
    if cell is None:
        return TOO_FEW
    if isinstance(cell, str) and cell.lstrip(" \u00a0\u3000").startswith(_FORMULA):
        return f"'{cell}"
    return cell
