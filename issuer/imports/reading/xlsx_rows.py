"""XLSX (ISO/IEC 29500): the first sheet, row by row, in bounded memory.

A place in a sheet is the number of its row, not an offset: whoever starts in the middle reads what is before it again.
An import copies a sheet into a text file once (``copy_sheet``) and goes on from there.
"""

from __future__ import annotations

import csv
import io
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date, datetime, time
from typing import Any, BinaryIO, Final

import openpyxl
from openpyxl.utils.exceptions import InvalidFileException

from issuer.imports.errors import UnreadableFileError
from issuer.imports.reading.source_row import Position, SourceRow

MAX_SHARED_TEXT_BYTES: Final = 200 * 1024 * 1024
"""Longest table of shared texts: it is held in memory."""

MAX_UNPACKED_BYTES: Final = 4 * 1024 * 1024 * 1024
"""Longest sheet when unpacked."""

_SAFE_INTEGER: Final = 2**53


class XlsxRows:
    """The rows of the first sheet."""

    def __init__(self, stream: BinaryIO, *, header: tuple[str, ...]) -> None:
        self._stream = stream
        self._header = header

    @property
    def header(self) -> tuple[str, ...]:
        """Names of the columns."""
        return self._header

    def rows(self, start: Position) -> Iterator[SourceRow]:
        """The rows from ``start`` on; its offset is the row's number."""
        number, width = 0, len(self._header)
        with _sheet(self._stream) as sheet:
            for cells in _texts(sheet, skip_header=True):
                if not any(cells):
                    continue
                number += 1
                if number > start.row:
                    yield SourceRow(number, number, (cells + [""] * width)[:width])


def xlsx_header(stream: BinaryIO) -> list[str]:
    """The first row of the first sheet; raises ``UnreadableFileError``."""
    with _sheet(stream) as sheet:
        return next(_texts(sheet, skip_header=False), [])


def copy_sheet(stream: BinaryIO, width: int) -> Iterator[bytes]:
    """The rows after the header as CSV in UTF-8, in pieces of some kilobytes."""
    piece = io.StringIO()
    write = csv.writer(piece).writerow
    with _sheet(stream) as sheet:
        for cells in _texts(sheet, skip_header=True):
            if any(cells):
                write((cells + [""] * width)[:width])
                if piece.tell() > 65_536:
                    yield piece.getvalue().encode()
                    piece.seek(0)
                    piece.truncate()
    yield piece.getvalue().encode()


@contextmanager
def _sheet(stream: BinaryIO) -> Iterator[Any]:
    stream.seek(0)
    try:
        _refuse_bomb(stream)
        book = openpyxl.load_workbook(stream, read_only=True, data_only=True, keep_links=False)
    except UnreadableFileError:
        raise
    except (zipfile.BadZipFile, InvalidFileException, KeyError, ValueError, OSError, SyntaxError) as error:
        raise _unreadable() from error
    try:
        if not book.worksheets:
            raise _unreadable()
        sheet = book.worksheets[0]
        # What a sheet says of its own size is often wrong.
        sheet.reset_dimensions()
        yield sheet
    finally:
        book.close()


def _refuse_bomb(stream: BinaryIO) -> None:
    with zipfile.ZipFile(stream) as archive:
        entries = archive.infolist()
        shared = sum(entry.file_size for entry in entries if "sharedStrings" in entry.filename)
        if shared > MAX_SHARED_TEXT_BYTES or sum(entry.file_size for entry in entries) > MAX_UNPACKED_BYTES:
            raise UnreadableFileError(
                "工作簿展开后过大，请另存为 CSV UTF-8。",
                "Unpacked, the workbook is too large; save it as CSV UTF-8.",
            )
    stream.seek(0)


def _texts(sheet: Any, *, skip_header: bool) -> Iterator[list[str]]:
    rows = sheet.iter_rows(values_only=True)
    try:
        if skip_header:
            next(rows, None)
        for row in rows:
            yield [_text(value) for value in row]
    except (zipfile.BadZipFile, KeyError, ValueError, SyntaxError, TypeError, IndexError) as error:
        raise _unreadable() from error


def _text(value: Any) -> str:
    """A cell as text. Dates are ISO; a whole number has no fraction; one too large to be exact is marked as such, since
    Excel has already lost its last digits.
    """
    if value is None:
        return ""
    if isinstance(value, str):
        return value
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, datetime):
        return value.date().isoformat() if value.time() == time() else value.isoformat(" ", "minutes")
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, time):
        return value.isoformat("minutes")
    if isinstance(value, float) and value.is_integer() and abs(value) < _SAFE_INTEGER:
        return str(int(value))
    return str(value)


def _unreadable() -> UnreadableFileError:
    return UnreadableFileError("无法读取此工作簿。", "The workbook cannot be read.", where=None)
