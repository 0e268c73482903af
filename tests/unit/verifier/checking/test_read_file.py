"""From a file to the text of a credential; any bytes give a text or an own error."""

from __future__ import annotations

import io
import json

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image

from standards.errors import ElicenceError
from standards.qr import InvalidPictureError, build_qr, write_png
from verifier.checking.errors import NothingToCheckError, PdfCheckUnavailableError, UnsupportedFileError
from verifier.checking.read_file import recognise_file
from verifier.scanning.recognised import Credential

CREDENTIAL = "eyJhbGciOiJFUzI1NiJ9.e30.AAAA~WyJzIiwiYSIsMV0~"


def text_of(content: bytes) -> str:
    found = recognise_file(content)
    assert isinstance(found, Credential)
    return found.text


@pytest.mark.parametrize(
    "content",
    [
        CREDENTIAL,
        f"\n {CREDENTIAL} \n",
        f"\ufeff{CREDENTIAL}",
        json.dumps(CREDENTIAL),
        json.dumps({"credential": CREDENTIAL}),
        json.dumps({"credentials": [{"credential": CREDENTIAL}], "notification_id": "x"}),
        json.dumps({"credentials": [CREDENTIAL]}),
    ],
)
def test_text_and_json(content: str) -> None:
    assert text_of(content.encode()) == CREDENTIAL


def test_picture_with_a_code() -> None:
    png = write_png(build_qr(CREDENTIAL))
    assert text_of(png) == CREDENTIAL
    jpeg = io.BytesIO()
    Image.open(io.BytesIO(png)).convert("L").save(jpeg, "JPEG")
    assert text_of(jpeg.getvalue()) == CREDENTIAL


def test_of_several_codes_the_credential_is_meant() -> None:
    """A printed licence with an advertising code above the credential's code → the credential."""
    pictures = [
        Image.open(io.BytesIO(write_png(build_qr(text)))) for text in ("https://a.example", CREDENTIAL)
    ]
    page = Image.new("L", (max(p.width for p in pictures), sum(p.height for p in pictures)), 255)
    top = 0
    for picture in pictures:
        page.paste(picture, (0, top))
        top += picture.height
    png = io.BytesIO()
    page.save(png, "PNG")
    assert text_of(png.getvalue()) == CREDENTIAL


@pytest.mark.parametrize("content", [b"%PDF-1.7\n...", b"junk\n%PDF-1.4"])
def test_a_pdf_without_a_code_says_clearly_what_is_not_checked(content: bytes) -> None:
    with pytest.raises(PdfCheckUnavailableError):
        recognise_file(content)


def test_picture_without_a_code_and_damaged_picture() -> None:
    blank = io.BytesIO()
    Image.new("L", (200, 200), 255).save(blank, "PNG")
    with pytest.raises(NothingToCheckError):
        recognise_file(blank.getvalue())
    with pytest.raises(InvalidPictureError):
        recognise_file(b"\x89PNG\r\n\x1a\nrubbish")


@pytest.mark.parametrize("content", [b"", b" \n", b"{}", b'{"credential": 1}', b'{"credentials": []}', b'""'])
def test_nothing_to_check(content: bytes) -> None:
    with pytest.raises(NothingToCheckError):
        recognise_file(content)


def test_several_credentials_are_not_guessed_at() -> None:
    content = json.dumps({"credentials": [{"credential": "a"}, {"credential": "b"}]})
    with pytest.raises(NothingToCheckError):
        recognise_file(content.encode())


@pytest.mark.parametrize("content", [b"\xff\xfe\x00", b"PK\x03\x04\xff", b"\x7fELF\x80"])
def test_other_files_are_not_supported(content: bytes) -> None:
    with pytest.raises(UnsupportedFileError):
        recognise_file(content)


@settings(max_examples=200)
@given(
    st.binary(max_size=100)
    | st.sampled_from([b"\x89PNG\r\n", b"BM", b"GIF8", b"%PDF-"]).flatmap(
        lambda head: st.binary(max_size=60).map(lambda rest: head + rest)
    )
)
def test_any_bytes_give_a_text_or_an_own_error(content: bytes) -> None:
    try:
        assert recognise_file(content)
    except ElicenceError as error:
        assert error.message.zh  # noqa: PT017
