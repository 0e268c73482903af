from __future__ import annotations

import base64
import struct
import zlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from service.demo.people import CITIZENS
from standards.licence_types import (
    InvalidImageError,
    check_fields,
    load_catalogue,
    parse_image,
    shown_image,
)
from standards.licence_types.image_value import MAX_IMAGE_BYTES

JPEG = base64.b64decode(CITIZENS[0].portrait)


def png(width: int, height: int) -> bytes:
    def chunk(kind: bytes, data: bytes) -> bytes:
        body = kind + data
        return len(data).to_bytes(4) + body + zlib.crc32(body).to_bytes(4)

    head = struct.pack(">IIBBBBB", width, height, 8, 0, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", b"") + chunk(b"IEND", b"")


def text(data: bytes) -> str:
    return base64.b64encode(data).decode("ascii")


@pytest.mark.parametrize("citizen", CITIZENS, ids=lambda one: one.subject)
def test_each_citizen_has_a_portrait(citizen):
    image = parse_image(citizen.portrait)
    assert (image.media_type, image.width, image.height) == ("image/jpeg", 180, 225)
    assert len(image.data) < MAX_IMAGE_BYTES // 2


def test_a_png_is_taken_for_one():
    image = parse_image(text(png(3, 4)))
    assert (image.media_type, image.width, image.height) == ("image/png", 3, 4)
    assert image.data_uri.startswith("data:image/png;base64,iVBOR")


@pytest.mark.parametrize(
    "value",
    [
        None,
        7,
        "",
        "<svg onload=alert(1)>",
        text(b"<svg xmlns='http://www.w3.org/2000/svg'/>"),
        text(b"GIF89a" + bytes(30)),
        text(JPEG[:-2]),
        text(JPEG[:2] + b"\xff\xd9"),
        text(png(3, 4)[:-4]),
        text(png(4000, 4)),
        text(png(0, 4)),
        text(JPEG + bytes(MAX_IMAGE_BYTES)),
        text(JPEG)[:-1] + "*",
        text(JPEG) + "\n",
    ],
)
def test_what_is_no_small_picture_is_refused_and_never_drawn(value):
    with pytest.raises(InvalidImageError):
        parse_image(value)
    assert shown_image(value) is None


@given(st.binary(max_size=200), st.integers(0, 60))
def test_bytes_that_are_almost_a_picture_never_crash_the_reader(noise, place):
    for base in (JPEG, png(3, 4)):
        shown_image(text(base[:place] + noise + base[place + len(noise) :]))


def test_a_field_with_a_picture_is_checked():
    card = load_catalogue().by_code("11100000000013338W001")
    right = {"sex": "男", "ethnicity": "汉", "birth_date": "1988-05-12", "address": "示例路1号"}
    assert check_fields(card, {**right, "portrait": text(JPEG)}) == ()
    (error,) = check_fields(card, {**right, "portrait": "javascript:alert(1)"})
    assert error.where == "/fields/portrait"
