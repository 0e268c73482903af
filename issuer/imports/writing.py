"""Writes rows in the format in which they are sent: CSV, JSON Lines or XLSX, in bounded memory."""

from __future__ import annotations

import csv
import io
import re
import tempfile
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any, Final

import orjson

from issuer.imports.reading import FileFormat

CONTENT_TYPES: Final[Mapping[FileFormat, str]] = {
    FileFormat.CSV: "text/csv",
    FileFormat.JSON_LINES: "application/jsonl",
    FileFormat.XLSX: "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
}

_PIECE_BYTES: Final = 64 * 1024
_UTF8_MARK: Final = b"\xef\xbb\xbf"
_NOT_IN_XML: Final = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]")


def write_rows(
    format_: FileFormat,
    header: Sequence[str],
    rows: Iterable[Sequence[str] | Mapping[str, Any]],
    *,
    encoding: str = "utf-8",
    delimiter: str = ",",
    continued: bool = False,
) -> Iterator[bytes]:
    """The file, in pieces.

    Args:
        format_: of the file.
        header: names of the columns; not used by JSON Lines.
        rows: cells in the order of the header, or objects for JSON Lines.
        encoding: of CSV; UTF-8 begins with its mark, because Excel takes it for another encoding otherwise.
        delimiter: of CSV.
        continued: only the rows of CSV, to stand behind what was written before.
    """
    match format_:
        case FileFormat.CSV:
            return _csv(() if continued else header, rows, encoding, delimiter)
        case FileFormat.JSON_LINES:
            return _json_lines(rows)
        case FileFormat.XLSX:
            return _xlsx(header, rows)


def _csv(header: Sequence[str], rows: Iterable[Any], encoding: str, delimiter: str) -> Iterator[bytes]:
    piece = io.StringIO()
    write = csv.writer(piece, delimiter=delimiter).writerow
    if header:
        if encoding == "utf-8":
            yield _UTF8_MARK
        write(header)
    for row in rows:
        write(row)
        if piece.tell() > _PIECE_BYTES:
            yield piece.getvalue().encode(encoding, "replace")
            piece.seek(0)
            piece.truncate()
    yield piece.getvalue().encode(encoding, "replace")


def _json_lines(rows: Iterable[Any]) -> Iterator[bytes]:
    piece = bytearray()
    for row in rows:
        piece += orjson.dumps(row, option=orjson.OPT_APPEND_NEWLINE)
        if len(piece) > _PIECE_BYTES:
            yield bytes(piece)
            piece.clear()
    yield bytes(piece)


def _xlsx(header: Sequence[str], rows: Iterable[Any]) -> Iterator[bytes]:
    # Imported here: it takes a tenth of a second, and most files are text.
    import openpyxl
    from openpyxl.cell import WriteOnlyCell

    book = openpyxl.Workbook(write_only=True)
    sheet = book.create_sheet()
    sheet.append(list(header))
    for row in rows:
        cells = []
        for text in row:
            # Always text: a spreadsheet shortens long numbers and carries out what begins with an equals sign.
            cell = WriteOnlyCell(sheet, _NOT_IN_XML.sub("\N{REPLACEMENT CHARACTER}", text))
            cell.data_type = "s"
            cells.append(cell)
        sheet.append(cells)
    with tempfile.TemporaryFile() as packed:
        book.save(packed)
        packed.seek(0)
        while piece := packed.read(_PIECE_BYTES):
            yield piece
