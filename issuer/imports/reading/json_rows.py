"""JSON Lines: one object a line, UTF-8 (RFC 8259; a byte order mark is passed over)."""

from __future__ import annotations

from collections.abc import Iterator
from typing import BinaryIO

from issuer.imports.reading.lines import TOO_LONG, Lines, RecordTooLongError, broken_encoding
from issuer.imports.reading.source_row import Position, SourceRow
from standards.errors import InvalidInputError
from standards.json_reader import parse_json
from standards.text import Text


class JsonRows:
    """The rows of a JSON Lines file."""

    header: tuple[str, ...] = ()

    def __init__(self, stream: BinaryIO, *, begin: int) -> None:
        """Args:
        stream: seekable.
        begin: byte offset of the first line.
        """
        self._stream = stream
        self._begin = begin

    def rows(self, start: Position) -> Iterator[SourceRow]:
        """The rows from ``start`` on; blank lines are none."""
        lines = Lines(self._stream, "utf-8", start.offset or self._begin)
        number = start.row
        while True:
            begin = lines.begin_record()
            try:
                line = next(lines)
            except StopIteration:
                return
            except RecordTooLongError:
                number += 1
                kept = lines.skip_line(begin)
                yield SourceRow(number, lines.offset, {"unreadable": kept}, TOO_LONG)
                continue
            if line.isspace():
                continue
            number += 1
            yield _row(number, lines, line)


def _row(number: int, lines: Lines, line: str) -> SourceRow:
    if lines.is_broken:
        return SourceRow(number, lines.offset, {"unreadable": line.strip()}, broken_encoding("utf-8"))
    try:
        value = parse_json(line)
    except InvalidInputError as error:
        return SourceRow(number, lines.offset, {"unreadable": line.strip()}, error.message)
    if not isinstance(value, dict):
        return SourceRow(number, lines.offset, {"unreadable": line.strip()}, _NO_OBJECT)
    return SourceRow(number, lines.offset, value)


_NO_OBJECT = Text("此行不是 JSON 对象。", "The line is no JSON object.")
