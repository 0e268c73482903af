"""What kind of file it is: format, encoding, separator, header. Found by looking, never by the name alone."""

from __future__ import annotations

import csv
from dataclasses import dataclass
from enum import StrEnum
from typing import BinaryIO, Final

from issuer.imports.errors import UnreadableFileError
from issuer.imports.reading.lines import MAX_RECORD_BYTES
from standards.text import Text

_UTF8_MARK: Final = b"\xef\xbb\xbf"
_UTF16_MARKS: Final = (b"\xff\xfe", b"\xfe\xff")
_ZIP: Final = b"PK\x03\x04"
_OLD_EXCEL: Final = b"\xd0\xcf\x11\xe0"
_DELIMITERS: Final = ",;\t|"
_BLOCK: Final = 1024 * 1024
_WINDOW_LINES: Final = 2_000
"""So many lines around the first doubtful byte decide on the encoding."""

MAX_COLUMNS: Final = 300


class FileFormat(StrEnum):
    """Formats that are read and written."""

    CSV = "csv"
    JSON_LINES = "jsonl"
    XLSX = "xlsx"


@dataclass(frozen=True, slots=True)
class FileShape:
    """How a file is read.

    Attributes:
        format: see ``FileFormat``.
        encoding: ``utf-8`` or ``gb18030``.
        delimiter: between the cells of CSV.
        header: names of the columns; empty for JSON Lines.
        begin: byte offset of the first row.
    """

    format: FileFormat
    encoding: str = "utf-8"
    delimiter: str = ","
    header: tuple[str, ...] = ()
    begin: int = 0


def detect_shape(stream: BinaryIO) -> FileShape:
    """The shape of a file. Reads it through once where it is text, in blocks.

    Raises:
        UnreadableFileError: empty, binary, in another encoding, or without a usable header.
    """
    stream.seek(0)
    head = stream.read(_BLOCK)
    if not head.strip():
        raise UnreadableFileError("文件是空的。", "The file is empty.")
    if head.startswith(_ZIP):
        # Imported here: the library behind it takes a tenth of a second, and most files are text.
        from issuer.imports.reading.xlsx_rows import xlsx_header

        return FileShape(FileFormat.XLSX, header=checked_header(xlsx_header(stream)))
    if head.startswith(_OLD_EXCEL):
        raise UnreadableFileError(
            "这是旧版 Excel 文件（.xls）。",
            "This is a file of an old Excel (.xls).",
            next_step=Text("请另存为 .xlsx 或 CSV UTF-8。", "Save it as .xlsx or as CSV UTF-8."),
        )
    if head.startswith(_UTF16_MARKS) or b"\x00" in head:
        raise UnreadableFileError(
            "文件不是 UTF-8 或 GB18030 文本（可能是 UTF-16 或二进制文件）。",
            "The file is neither UTF-8 nor GB18030 text; it may be UTF-16 or binary.",
            next_step=Text("请另存为 CSV UTF-8。", "Save it as CSV UTF-8."),
        )
    begin = len(_UTF8_MARK) if head.startswith(_UTF8_MARK) else 0
    if head[begin:].lstrip()[:1] == b"{":
        return FileShape(FileFormat.JSON_LINES, begin=begin)
    encoding = "utf-8" if begin else _encoding(stream)
    return _csv_shape(stream, encoding, begin)


def checked_header(cells: list[str]) -> tuple[str, ...]:
    """The names of the columns.

    Raises:
        UnreadableFileError: none, too many, or one twice.
    """
    names = [cell.strip() for cell in cells]
    while names and not names[-1]:
        names.pop()
    if not names or len(names) > MAX_COLUMNS:
        raise UnreadableFileError(
            f"第一行应为列名，至多 {MAX_COLUMNS} 列。",
            f"The first row must have the names of the columns, at most {MAX_COLUMNS}.",
        )
    twice = next((name for name in names if name and names.count(name) > 1), None)
    if twice is not None:
        raise UnreadableFileError(f"列名“{twice[:40]}”出现两次。", f"The column “{twice[:40]}” occurs twice.")
    return tuple(names)


def _csv_shape(stream: BinaryIO, encoding: str, begin: int) -> FileShape:
    stream.seek(begin)
    first = stream.readline(MAX_RECORD_BYTES)
    try:
        line = first.decode(encoding)
    except UnicodeDecodeError as error:
        raise UnreadableFileError(
            "列名所在的第一行编码有误。", "The first row, with the names of the columns, is not decodable."
        ) from error
    delimiter = max(_DELIMITERS, key=line.count)
    try:
        cells = next(csv.reader([line], delimiter=delimiter), [])
    except csv.Error as error:
        raise UnreadableFileError(
            "列名所在的第一行不是正确的 CSV：名称过长，或各行没有以换行符（LF 或 CRLF）结束。",
            "The first row, with the names of the columns, is no right CSV: a name is too long, or lines do not end "
            "in LF or CRLF.",
            next_step=Text("请另存为 CSV UTF-8。", "Save it as CSV UTF-8."),
        ) from error
    header = checked_header(cells)
    return FileShape(FileFormat.CSV, encoding, delimiter, header, begin + len(first))


def _encoding(stream: BinaryIO) -> str:
    """UTF-8 or GB18030: decided on the lines from the first one on that is not UTF-8, so that one broken line in a
    file of UTF-8 does not turn all the others into nonsense.
    """
    offset = _first_not_utf8(stream)
    if offset is None:
        return "utf-8"
    stream.seek(max(0, offset - _BLOCK))
    before = stream.read(min(offset, _BLOCK)).split(b"\n")[-_WINDOW_LINES:]
    after = stream.read(_BLOCK).split(b"\n")[:_WINDOW_LINES]
    telling = [line for line in (*before[1:-1], *after[1:-1]) if not line.isascii()]
    utf8 = sum(_decodes(line, "utf-8") for line in telling)
    gb18030 = sum(_decodes(line, "gb18030") for line in telling)
    if telling and utf8 * 2 >= len(telling):
        return "utf-8"
    if not telling or gb18030 * 2 >= len(telling):
        return "gb18030"
    raise UnreadableFileError(
        "文件既不是 UTF-8 也不是 GB18030 编码。",
        "The file is neither UTF-8 nor GB18030.",
        next_step=Text("请另存为 CSV UTF-8。", "Save it as CSV UTF-8."),
    )


def _first_not_utf8(stream: BinaryIO) -> int | None:
    stream.seek(0)
    offset, rest = 0, b""
    while block := stream.read(_BLOCK):
        data = rest + block
        try:
            data.decode("utf-8")
            rest = b""
            offset += len(data)
        except UnicodeDecodeError as error:
            if error.start < len(data) - 3:
                return offset + error.start
            # A character that the end of the block cuts through.
            offset, rest = offset + error.start, data[error.start :]
    return offset if rest else None


def _decodes(line: bytes, encoding: str) -> bool:
    try:
        line.decode(encoding)
    except UnicodeDecodeError:
        return False
    return True
