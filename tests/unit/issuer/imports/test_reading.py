"""Reading files: every encoding, broken rows, endless rows, and going on from any row."""

from __future__ import annotations

import io
import random
import tracemalloc
from typing import Any, BinaryIO

import pytest

from issuer.imports.errors import UnreadableFileError
from issuer.imports.reading import FileFormat, Position, detect_shape, open_rows

TEXT = '编号,姓名,说明\r\n1,张三,"甲,乙"\r\n\r\n2,李四,"第一行\n第二行"\r\n3,王五,五" 屏\r\n'


def read(data: bytes, start: Position | None = None) -> list[Any]:
    stream = io.BytesIO(data)
    return list(open_rows(stream, detect_shape(stream)).rows(start or Position()))


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030"])
@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|"])
def test_encoding_and_separator_are_found(encoding: str, delimiter: str) -> None:
    data = TEXT.replace("甲,乙", "甲乙").replace(",", delimiter).encode(encoding)
    stream = io.BytesIO(data)
    shape = detect_shape(stream)
    assert (shape.format, shape.delimiter) == (FileFormat.CSV, delimiter)
    assert shape.header == ("编号", "姓名", "说明")
    assert [row.cells[1] for row in open_rows(stream, shape).rows(Position())] == ["张三", "李四", "王五"]


def test_a_file_goes_on_from_any_row() -> None:
    rows = read(TEXT.encode())
    assert [list(row.cells) for row in rows] == [
        ["1", "张三", "甲,乙"], ["2", "李四", "第一行\n第二行"], ["3", "王五", '五" 屏'],
    ]  # fmt: skip
    for place, row in enumerate(rows):
        assert read(TEXT.encode(), Position(row.end, row.number)) == rows[place + 1 :]


def test_one_broken_line_does_not_turn_a_file_into_another_encoding() -> None:
    lines = ["编号,姓名"] + [f"{number},张三" for number in range(50)]
    data = "\n".join(lines).encode().replace("7,张三".encode(), b"7,\xd5\xc5\xc8\xfd", 1)
    rows = read(data)
    assert sum(row.fault is not None for row in rows) == 1
    assert rows[7].fault is not None
    assert rows[8].cells[1] == "张三"


def test_gb18030_that_begins_late_is_found() -> None:
    """A megabyte and more of ASCII, then Chinese: the beginning alone tells nothing."""
    plain = "".join(f"{number},abc\n" for number in range(150_000))
    data = ("no,name\n" + plain + "1,张三\n2,李四\n").encode("gb18030")
    assert read(data)[-1].cells[1] == "李四"


@pytest.mark.parametrize("data", [b'1,"', b'x"y,"z\n', b",,,\n", b"1\n", b"\x00\n", b"1,2,3,4\n"])
def test_a_wrong_row_costs_only_itself(data: bytes) -> None:
    rows = read(
        b"a,b,c\n" + data.rstrip(b"\n") + b"\n7,8,9\n" if b"\x00" not in data else b"a,b,c\n1\n7,8,9\n"
    )
    assert list(rows[-1].cells) == ["7", "8", "9"]
    assert rows[-1].fault is None


class Endless(io.RawIOBase):
    """A file of a gigabyte with a single quotation mark at its beginning, made as it is read."""

    def __init__(self, size: int) -> None:
        self._size, self._offset = size, 0
        self._head = b'a,b\n"1,2\n'

    def readable(self) -> bool:
        return True

    def seekable(self) -> bool:
        return True

    def tell(self) -> int:
        return self._offset

    def seek(self, offset: int, whence: int = 0) -> int:
        self._offset = offset if whence == 0 else self._offset + offset
        return self._offset

    def readinto(self, buffer: Any) -> int:
        count = min(len(buffer), self._size - self._offset)
        part = (self._head[self._offset :] + b"x" * count)[:count]
        buffer[:count] = part
        self._offset += count
        return count


def test_a_row_without_an_end_is_refused_in_bounded_memory() -> None:
    """a,b ⏎ "1,2 ⏎ xxxx… for 64 MB without a line feed: two refused rows, a few megabytes of memory."""
    stream: BinaryIO = io.BufferedReader(Endless(64 * 1024 * 1024))  # type: ignore[assignment]
    shape = detect_shape(io.BytesIO(b"a,b\n1,2\n"))
    tracemalloc.start()
    try:
        rows = list(open_rows(stream, shape).rows(Position()))
        peak = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    assert [row.fault is not None for row in rows] == [True, True]
    assert peak < 12 * 1024 * 1024


def test_json_lines_are_read_one_by_one() -> None:
    rows = read('\ufeff{"a": "张三"}\n\n[1]\n{"a": \n{"b": 2}'.encode())
    assert [row.fault is None for row in rows] == [True, False, False, True]
    assert rows[3].cells == {"b": 2}


def test_noise_is_refused_or_read_and_never_breaks() -> None:
    chance = random.Random(9)
    alphabet = [b",", b'"', b"\n", b"\r", b"\xe5\xbc\xa0", b"\xff", b"a", b"1", b"{", b"\x80", b"\xd5\xc5"]
    for _ in range(400):
        data = b"h,i\n" + b"".join(chance.choices(alphabet, k=chance.randint(0, 60)))
        try:
            rows = read(data)
        except UnreadableFileError:
            continue
        assert [row.number for row in rows] == list(range(1, len(rows) + 1))
        assert all(row.end <= len(data) for row in rows)
        for row in rows[:-1]:
            assert read(data, Position(row.end, row.number))[0].number == row.number + 1


@pytest.mark.parametrize("data", [b"a,b\r1,2\r", b"a" * 140_000 + b",b\n1,2\n"])
def test_a_header_that_is_no_csv_is_refused_with_a_reason(data: bytes) -> None:
    """``a,b␍1,2␍`` (lines that end in a bare carriage return), or a name longer than any cell may be: refused."""
    with pytest.raises(UnreadableFileError):
        detect_shape(io.BytesIO(data))
