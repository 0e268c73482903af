"""CSV (RFC 4180) with a header; separator and encoding as they were detected."""

from __future__ import annotations

import csv
from collections.abc import Iterator
from typing import BinaryIO

from issuer.imports.reading.lines import TOO_LONG, Lines, RecordTooLongError, broken_encoding
from issuer.imports.reading.source_row import Position, SourceRow
from standards.text import Text


class CsvRows:
    """The rows of a CSV file."""

    def __init__(
        self, stream: BinaryIO, *, encoding: str, delimiter: str, header: tuple[str, ...], begin: int
    ) -> None:
        """Args:
        stream: seekable.
        encoding: ``utf-8`` or ``gb18030``.
        delimiter: between the cells.
        header: names of the columns.
        begin: byte offset of the first row.
        """
        self._stream = stream
        self._encoding = encoding
        self._delimiter = delimiter
        self._header = header
        self._begin = begin

    @property
    def header(self) -> tuple[str, ...]:
        """Names of the columns."""
        return self._header

    def rows(self, start: Position) -> Iterator[SourceRow]:
        """The rows from ``start`` on; blank lines are none."""
        lines = Lines(self._stream, self._encoding, start.offset or self._begin)
        records = self._records(lines)
        number, width = start.row, len(self._header)
        broken = broken_encoding(self._encoding)
        while True:
            begin = lines.begin_record()
            try:
                cells = next(records)
            except StopIteration:
                return
            except (csv.Error, RecordTooLongError) as error:
                # Only the first line is given up: what an unclosed quotation mark swallowed are rows of their own.
                cells = [lines.skip_line(begin)]
                number += 1
                fault = TOO_LONG if isinstance(error, RecordTooLongError) else _NOT_CSV
                yield SourceRow(number, lines.offset, cells, fault)
                records = self._records(lines)
                continue
            if not cells or (not cells[0] and not any(cells)):
                continue
            number += 1
            if lines.is_broken:
                yield SourceRow(number, lines.offset, cells, broken)
            elif len(cells) != width:
                yield SourceRow(number, lines.offset, cells, _wrong_width(len(cells), width))
            else:
                yield SourceRow(number, lines.offset, cells)

    def _records(self, lines: Lines) -> Iterator[list[str]]:
        return csv.reader(lines, delimiter=self._delimiter, strict=True)


_NOT_CSV = Text(
    "此行不是正确的 CSV：引号没有配对，或单元格过长。",
    "The row is no right CSV: a quotation mark is not closed, or a cell is too long.",
)


def _wrong_width(found: int, expected: int) -> Text:
    return Text(
        f"此行有 {found} 列，应为 {expected} 列。", f"The row has {found} cells instead of {expected}."
    )
