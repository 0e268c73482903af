"""QR codes: what is written is read back, and hostile pictures end in our own error."""

from __future__ import annotations

import contextlib
import io
import struct
import zlib

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image

from standards.qr import (
    InvalidPictureError,
    QrTooLongError,
    ReadCode,
    build_qr,
    read_qr_codes,
    write_lined_svg,
    write_png,
    write_svg,
)

LINK = "openid4vp://?client_id=x509_hash%3AUvo3HtuIxuhC92rShpgqcT3YXwrqRxWEviRiA0OZszk&request_uri=https%3A%2F%2Fexample.org%2Fr%2F1"


@pytest.mark.parametrize("content", [LINK, "中文内容 and English", "0123456789"])
def test_a_written_code_is_read_back(content: str) -> None:
    assert [code.text for code in read_qr_codes(write_png(build_qr(content)))] == [content]


def test_bytes_come_back_as_bytes() -> None:
    assert [code.data for code in read_qr_codes(write_png(build_qr(b"\x00\xff\x80abc")))] == [
        b"\x00\xff\x80abc"
    ]


def test_level_falls_to_l_before_the_version_grows_too_large() -> None:
    assert build_qr("x" * 600).level == "M"
    dense = build_qr("x" * 800)
    assert (dense.level, dense.version <= 20) == ("L", True)


def test_content_for_a_larger_version_is_refused_unless_asked_for() -> None:
    with pytest.raises(QrTooLongError):
        build_qr("x" * 1_000)
    assert build_qr("x" * 1_000, max_version=40).version > 20
    with pytest.raises(QrTooLongError):
        build_qr("x" * 8_000, max_version=40)


def test_empty_content_is_refused() -> None:
    with pytest.raises(QrTooLongError):
        build_qr("")


def test_a_module_is_never_too_small_for_a_scanner() -> None:
    with pytest.raises(ValueError, match="at least 3"):
        write_png(build_qr("x"), module_pixels=2)


def test_the_svg_draws_the_same_modules() -> None:
    symbol = build_qr(LINK)
    svg = write_svg(symbol)
    assert f'viewBox="0 0 {symbol.size} {symbol.size}"' in svg
    assert "script" not in svg
    assert "style" not in svg
    dark = sum(row.count(0) for row in symbol.rows)
    runs = svg.split('fill="#000"')[1].split("h-")[1:]
    assert sum(int(run.split("z")[0]) for run in runs) == dark


def test_the_lines_for_print_draw_the_same_modules() -> None:
    symbol = build_qr(LINK)
    drawn = [bytearray(b"\xff" * symbol.size) for _ in symbol.rows]
    for line in write_lined_svg(symbol).split(' d="M0 ')[2].split('"')[0].split("M0 "):
        y, *steps = line.split("m")
        x = 0
        for skipped, length in (step.split(" 0h") for step in steps):
            x += int(skipped)
            drawn[int(y.removesuffix(".5"))][x : x + int(length)] = bytes(int(length))
            x += int(length)
    assert tuple(map(bytes, drawn)) == tuple(symbol.rows)


@pytest.mark.parametrize("mode", ["RGB", "RGBA", "L", "P", "1"])
def test_pictures_of_every_mode_are_read(mode: str) -> None:
    picture = Image.open(io.BytesIO(write_png(build_qr("mode")))).convert(mode)
    file = io.BytesIO()
    picture.save(file, format="PNG")
    assert read_qr_codes(file.getvalue()) == (ReadCode(b"mode", "mode"),)


def test_a_transparent_background_is_paper() -> None:
    """A code drawn black on transparent black pixels: naive conversion reads a black square."""
    grey = Image.open(io.BytesIO(write_png(build_qr("clear")))).convert("L")
    picture = Image.new("RGBA", grey.size, (0, 0, 0, 0))
    picture.putalpha(grey.point(lambda value: 255 - value))
    file = io.BytesIO()
    picture.save(file, format="PNG")
    assert read_qr_codes(file.getvalue()) == (ReadCode(b"clear", "clear"),)


def test_two_codes_in_one_picture_are_both_read() -> None:
    first, second = (
        Image.open(io.BytesIO(write_png(build_qr(text)))).convert("L") for text in ("one", "two")
    )
    both = Image.new("L", (first.width * 2, first.height), 255)
    both.paste(first, (0, 0))
    both.paste(second, (first.width, 0))
    file = io.BytesIO()
    both.save(file, format="PNG")
    assert {code.text for code in read_qr_codes(file.getvalue())} == {"one", "two"}


def _png_of_size(width: int, height: int) -> bytes:
    def chunk(kind: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    header = struct.pack(">IIBBBBB", width, height, 1, 0, 0, 0, 0)
    return (
        b"\x89PNG\r\n\x1a\n"
        + chunk(b"IHDR", header)
        + chunk(b"IDAT", zlib.compress(b""))
        + chunk(b"IEND", b"")
    )


@pytest.mark.parametrize("side", [7_000, 12_000, 60_000])
def test_a_picture_bomb_is_refused_before_it_is_decoded(side: int) -> None:
    """A PNG header of side × side pixels over no data → refused by its size, not by memory."""
    with pytest.raises(InvalidPictureError, match="too many pixels"):
        read_qr_codes(_png_of_size(side, side))


@pytest.mark.parametrize("mode", ["RGBA", "LA", "P"])
def test_a_large_transparent_picture_is_refused_before_it_is_decoded(mode: str) -> None:
    """16 million transparent pixels in a few kilobytes would take half a gigabyte → refused by its size."""
    file = io.BytesIO()
    options = {"transparency": 0} if mode == "P" else {}
    Image.new(mode, (4_000, 4_000)).save(file, format="PNG", compress_level=1, **options)
    with pytest.raises(InvalidPictureError, match="too many pixels"):
        read_qr_codes(file.getvalue())


@pytest.mark.parametrize("mode", ["RGB", "L", "CMYK"])
def test_photographs_are_read(mode: str) -> None:
    picture = Image.open(io.BytesIO(write_png(build_qr("photo")))).convert(mode)
    file = io.BytesIO()
    picture.save(file, format="JPEG")
    assert read_qr_codes(file.getvalue()) == (ReadCode(b"photo", "photo"),)


def test_a_large_file_is_refused_unread() -> None:
    with pytest.raises(InvalidPictureError, match="too large"):
        read_qr_codes(b"\x89PNG" + bytes(11 * 1024 * 1024))


def test_a_kind_that_is_not_on_the_list_is_refused() -> None:
    file = io.BytesIO()
    Image.new("L", (10, 10)).save(file, format="TIFF")
    with pytest.raises(InvalidPictureError):
        read_qr_codes(file.getvalue())


@given(
    st.binary(max_size=300), st.sampled_from([b"", b"\x89PNG\r\n\x1a\n", b"\xff\xd8\xff", b"GIF89a", b"BM"])
)
@settings(max_examples=100, deadline=None)
def test_any_bytes_end_in_codes_or_our_error(tail: bytes, head: bytes) -> None:
    with contextlib.suppress(InvalidPictureError):
        read_qr_codes(head + tail)
