"""Lines of a file, decoded one by one, with the byte offset at which each ends.

In UTF-8 and in GB18030 no byte of a longer character is a line feed, so a file may be cut at line feeds before it is
decoded; a broken line spoils no other.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import BinaryIO, Final

from standards.text import Text

MAX_RECORD_BYTES: Final = 1024 * 1024
"""Longest row."""

MAX_RECORD_LINES: Final = 500
"""Most lines in one quoted row; beyond it a quotation mark is taken as not closed."""

REPLACEMENT: Final = "\N{REPLACEMENT CHARACTER}"


class RecordTooLongError(Exception):
    """The row has more bytes or lines than a row may have. Leaves this package only as a row's fault."""


class Lines(Iterator[str]):
    """Decodes lines; what cannot be decoded becomes U+FFFD, and ``is_broken`` tells so for the record under way."""

    def __init__(self, stream: BinaryIO, encoding: str, offset: int) -> None:
        self._stream = stream
        self._encoding = encoding
        self.is_broken = False
        self.offset = offset
        self._begin = offset
        self._left = MAX_RECORD_LINES
        stream.seek(offset)

    def begin_record(self) -> int:
        """A new record begins here; answers its offset."""
        self._begin = self.offset
        self._left = MAX_RECORD_LINES
        self.is_broken = False
        return self._begin

    def __next__(self) -> str:
        raw = self._stream.readline(MAX_RECORD_BYTES)
        if not raw:
            raise StopIteration
        self.offset += len(raw)
        self._left -= 1
        if self.offset - self._begin >= MAX_RECORD_BYTES or self._left < 0:
            raise RecordTooLongError
        try:
            return raw.decode(self._encoding)
        except UnicodeDecodeError:
            self.is_broken = True
            return raw.decode(self._encoding, "replace")

    def skip_line(self, begin: int) -> str:
        """Go on after the line that begins at ``begin``; answers what fits of it."""
        self._stream.seek(begin)
        kept = raw = self._stream.readline(MAX_RECORD_BYTES)
        self.offset = begin + len(raw)
        while raw and not raw.endswith(b"\n"):
            raw = self._stream.readline(MAX_RECORD_BYTES)
            self.offset += len(raw)
        return kept[:10_000].decode(self._encoding, "replace").rstrip("\r\n")


def broken_encoding(encoding: str) -> Text:
    """The fault of a row with bytes that are no text."""
    name = {"utf-8": "UTF-8", "gb18030": "GB18030"}.get(encoding, encoding)
    return Text(
        f"此行含有不是 {name} 编码的字节；无法识别处以“{REPLACEMENT}”标出，请改正。",
        f"The row has bytes that are not {name}; they are marked “{REPLACEMENT}” and must be corrected.",
    )


TOO_LONG: Final = Text(
    f"此行过长：超过 {MAX_RECORD_BYTES // 1024} KB 或 {MAX_RECORD_LINES} 个换行；可能有未配对的引号。",
    f"The row is too long: beyond {MAX_RECORD_BYTES // 1024} KB or {MAX_RECORD_LINES} line breaks; "
    "a quotation mark may not be closed.",
)
