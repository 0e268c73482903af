"""Base64url is read strictly: one byte string has exactly one text."""

from __future__ import annotations

import base64

import pytest
from hypothesis import given
from hypothesis import strategies as st

from standards.jose import JoseError, b64url_decode, b64url_encode


@given(st.binary(max_size=200))
def test_there_and_back_as_the_library_writes_it(data: bytes) -> None:
    text = b64url_encode(data)
    assert text == base64.urlsafe_b64encode(data).rstrip(b"=").decode()
    assert b64url_decode(text) == data


@given(st.text(alphabet="AQgwBZaz09-_+/= \n~.", max_size=12))
def test_only_the_canonical_text_is_read(text: str) -> None:
    try:
        data = b64url_decode(text)
    except JoseError:
        return
    assert b64url_encode(data) == text


@pytest.mark.parametrize(
    "text",
    [
        "A",  # no byte has one character
        "AB",  # left-over bits set: another text for 00
        "AAB",
        "AA==",  # padding
        "AA=",
        "A+BC",  # alphabet of section 4
        "A/BC",
        "AA AA",
        "AAAA\n",
        "中文",
        "\x00AAA",
    ],
)
def test_refused(text: str) -> None:
    with pytest.raises(JoseError):
        b64url_decode(text)
