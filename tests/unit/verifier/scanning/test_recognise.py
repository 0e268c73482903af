"""What comes under the scanner is told apart: codes of ours, files, and everything that people hold up by mistake."""

from __future__ import annotations

import io
import json
import time
from datetime import date
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image

from standards.codes.citizen_number import build_citizen_number
from standards.codes.licence_identifier import build_licence_identifier
from standards.qr import build_qr, write_png
from verifier.checking.errors import TooBusyError
from verifier.checking.read_file import recognise_file
from verifier.scanning import pdf_pages
from verifier.scanning.foreign_kind import NAMES, ForeignKind
from verifier.scanning.harmless import harmless, harmless_lines
from verifier.scanning.notes import notes_on
from verifier.scanning.recognise import kind_of, recognise
from verifier.scanning.recognised import (
    Carrier,
    CaseCode,
    Claim169,
    Credential,
    DocumentCode,
    Foreign,
    PdfFile,
    PresentationResponse,
    Several,
    Sheet,
    ShowCode,
    TerminalCode,
)

CREDENTIAL = "eyJhbGciOiJFUzI1NiJ9.e30.AAAA~WyJzIiwiYSIsMV0~"
SHOW_CODE = "ELC1:ABC"
IDENTITY = (
    "6BFL70+30FFWJWG.FKJ0587B0XKA8FA9DIWENPEJ/5P$DPQE88EB$CBECP9ERZC04E21DDF3/E96007F3ORAO001KL680 "
    "B94W5QF60R6KW5/G8HS83P0KI949DP34W3ER68HSLK1"
)


def picture(*texts: str, kind: str = "PNG", **how: Any) -> bytes:
    """One picture with these codes, one below the other."""
    parts = [Image.open(io.BytesIO(write_png(build_qr(text)))).convert("L") for text in texts]
    page = Image.new("L", (max(p.width for p in parts), sum(p.height for p in parts)), 255)
    top = 0
    for part in parts:
        page.paste(part, (0, top))
        top += part.height
    written = io.BytesIO()
    page.save(written, kind, **how)
    return written.getvalue()


# -- codes of ours -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (SHOW_CODE, ShowCode(SHOW_CODE)),
        ("ELP1:ABC", Sheet("ELP1:ABC")),
        ("ELD1:ABC", DocumentCode("ELD1:ABC")),
        ("ELB1:abc", CaseCode("ELB1:abc")),
        ("elt1:ABCDE12345", TerminalCode("elt1:ABCDE12345")),
        (CREDENTIAL, Credential(CREDENTIAL)),
        (f"{CREDENTIAL[:20]}\r\n {CREDENTIAL[20:]}", Credential(CREDENTIAL)),
        (IDENTITY, Claim169(IDENTITY)),
        (json.dumps({"credential": SHOW_CODE}), ShowCode(SHOW_CODE)),
        (
            json.dumps({"vp_token": {"a": [CREDENTIAL], "b": "x"}}),
            PresentationResponse((("a", CREDENTIAL), ("b", "x"))),
        ),
        (f'vp_token={{"a":["{CREDENTIAL}"]}}&state=1', PresentationResponse((("a", CREDENTIAL),))),
    ],
)
def test_codes_of_ours(text: str, expected: object) -> None:
    assert recognise(text) == expected
    assert recognise(f"\ufeff ]Q3{text}\r\n") == expected
    assert recognise(text.encode()) == expected


# -- everything else ---------------------------------------------------------------------------------------------------

CITIZEN = str(build_citizen_number("330106", date(1990, 3, 7), "123"))
IDENTIFIER = str(build_licence_identifier("11100000MB0329770X003", "11330100MB00000014", "A1B2C3D4E5", 1))


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("", ForeignKind.EMPTY),
        (" \t\r\n\ufeff", ForeignKind.EMPTY),
        ("https://example.com/a?b=c", ForeignKind.WEB_LINK),
        ("HTTP://EXAMPLE.COM", ForeignKind.WEB_LINK),
        ("openid4vp://?client_id=x&request_uri=y", ForeignKind.WINDOW_REQUEST),
        ("https://wallet.example/present?client_id=x&request_uri=y", ForeignKind.WINDOW_REQUEST),
        ("openid-credential-offer://?credential_offer_uri=x", ForeignKind.OFFER),
        ("https://wallet.example/receive?credential_offer=x", ForeignKind.OFFER),
        ("javascript:alert(1)", ForeignKind.SCRIPT),
        ("<script>alert(1)</script>", ForeignKind.SCRIPT),
        ("data:text/html,<b>", ForeignKind.SCRIPT),
        ("134567890123456789", ForeignKind.PAYMENT_CODE),
        ("1345 6789 0123 4567 89", ForeignKind.PAYMENT_CODE),
        ("281234567890123456", ForeignKind.PAYMENT_CODE),
        ("300000000000000000000000", ForeignKind.PAYMENT_CODE),
        ("6212345678901234567", ForeignKind.PAYMENT_CODE),
        ("wxp://f2f0abc", ForeignKind.PAYEE_CODE),
        ("https://qr.alipay.com/fkx123", ForeignKind.PAYEE_CODE),
        ("https://qr.95516.com/00010000/1", ForeignKind.PAYEE_CODE),
        ("https://u.wechat.com/abc", ForeignKind.CONTACT_CODE),
        ("HC1:6BFOXN%TS3DH", ForeignKind.HEALTH_CODE),
        ("shc:/5676290952432060346029", ForeignKind.HEALTH_CODE),
        ("1" * 144, ForeignKind.RAIL_TICKET),
        ("M1ZHANG/XIAOMING      EABC123 HGHPEKCA 1234 123Y001A0001 100", ForeignKind.BOARDING_PASS),
        ("01,10,044001900111,12345678,100.00,20260101,01234567890123456789,ABCD,", ForeignKind.INVOICE),
        ("6901234567892", ForeignKind.PRODUCT_CODE),
        ("13812345678", ForeignKind.PHONE_NUMBER),
        ("20260101", ForeignKind.PLAIN_NUMBER),
        ("123456", ForeignKind.PLAIN_NUMBER),
        (CITIZEN, ForeignKind.ID_NUMBER),
        ("91330100MA0000001F", ForeignKind.ORGANISATION_NUMBER),
        (IDENTIFIER, ForeignKind.LICENCE_IDENTIFIER),
        ("WIFI:T:WPA;S:home;P:secret;;", ForeignKind.WIFI),
        ("BEGIN:VCARD\nFN:Zhang\nEND:VCARD", ForeignKind.VCARD),
        ("tel:+8613812345678", ForeignKind.MESSAGE),
        ("mailto:a@b.c", ForeignKind.MESSAGE),
        ("otpauth://totp/x?secret=JBSWY3DP", ForeignKind.PASSWORD_GENERATOR),
        ("bitcoin:1BoatSLRHtKNngkdXEeobR76b53LETtpyT", ForeignKind.CRYPTOCURRENCY),
        ("mdoc:owBjMS4wAYIB", ForeignKind.MOBILE_DOCUMENT),
        ("eyJhbGciOiJF.AAAA.BBBB.CCCC.DDDD", ForeignKind.ENCRYPTED_RESPONSE),
        ("response=eyJhbGciOiJF.AAAA.BBBB.CCCC.DDDD&state=1", ForeignKind.ENCRYPTED_RESPONSE),
        ("eyJhbGciOiJF.AAAA.BBBB", ForeignKind.OTHER_TOKEN),
        ("didi://open", ForeignKind.APP_LINK),
        ("\x00\x01\x02\x03\x04", ForeignKind.UNREADABLE),
        ("{}", ForeignKind.JSON_WITHOUT_LICENCE),
        ('"' + '\\"' * 500 + '"', ForeignKind.JSON_WITHOUT_LICENCE),
        ("x" * 300_000, ForeignKind.TOO_LONG),
        ("食品经营许可", ForeignKind.TEXT),
        ("THIS IS BASE45 BUT NO ZLIB AT ALL AT ALL", ForeignKind.TEXT),
    ],
)
def test_what_is_no_licence_says_what_it_is(text: str, kind: ForeignKind) -> None:
    found = recognise(text)
    assert isinstance(found, Foreign)
    assert found.kind is kind
    assert kind_of(found) == kind.value
    for sentence in (found.is_what, found.ask_for):
        assert sentence.zh.endswith("。")
        assert sentence.en.endswith(".")


def test_every_kind_has_its_sentences() -> None:
    assert set(NAMES) == set(ForeignKind)


@pytest.mark.parametrize(
    "text",
    ["134567890123456789", CITIZEN, "WIFI:T:WPA;S:home;P:secret;;", "otpauth://totp/x?secret=JBSWY3DP"],
)
def test_secrets_of_who_holds_up_the_wrong_thing_are_not_repeated(text: str) -> None:
    found = recognise(text)
    assert isinstance(found, Foreign)
    assert found.excerpt == ""
    assert text not in repr(found)


def test_words_of_strangers_are_harmless() -> None:
    """Override of the direction, line breaks, zero width, a tower of marks, a long line → one short line, said so."""
    shown = harmless("张三\u202egnp.exe\u200b\r\nnew line" + "Z" + "\u0301" * 50)
    assert "\u202e" not in shown
    assert "\u200b" not in shown
    assert "\n" not in shown
    assert shown.count("\u0301") == 3
    assert len(harmless("x" * 10_000)) == 80
    assert harmless("x" * 10_000).endswith("…")
    assert harmless("阿卜杜热合曼·吾买尔") == "阿卜杜热合曼·吾买尔"


def test_values_of_several_lines_keep_their_lines() -> None:
    assert harmless_lines("甲\n乙") == "甲\n乙"
    assert harmless_lines("安徽省　合肥市") == "安徽省　合肥市"
    assert harmless_lines("a\u202eb\nc") == "a\N{REPLACEMENT CHARACTER}b\nc"
    assert len(harmless_lines("x" * 100_000)) == 4000
    assert harmless_lines("\n" * 10_000).count("\n") < 100


# -- pictures ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("kind", ["PNG", "JPEG", "WEBP", "BMP", "GIF"])
def test_pictures(kind: str) -> None:
    assert recognise(picture(CREDENTIAL, kind=kind)) == Credential(CREDENTIAL, carrier=Carrier.PICTURE)


def test_a_screenshot_of_a_code_is_said_so() -> None:
    """A code lives on a phone's screen: in a file it is a picture of one, whatever the file says of itself."""
    found = recognise(picture(SHOW_CODE))
    assert isinstance(found, ShowCode)
    assert found.is_picture_of_screen
    assert [note.code for note in notes_on(found)] == ["picture-of-a-screen"]
    assert notes_on(recognise(SHOW_CODE)) == ()


def test_what_a_picture_says_of_its_origin() -> None:
    camera = Image.Exif()
    camera[0x010F] = "Example phones"
    assert recognise(picture("ELP1:A", kind="JPEG", exif=camera)).carrier is Carrier.PHOTOGRAPH
    screenshot = Image.Exif()
    screenshot.get_ifd(0x8769)[0x9286] = b"ASCII\0\0\0Screenshot"
    assert recognise(picture("ELP1:A", kind="JPEG", exif=screenshot)).carrier is Carrier.SCREENSHOT
    broken = picture("ELP1:A", kind="JPEG", exif=b"Exif\0\0rubbish")
    assert recognise(broken).carrier is Carrier.PICTURE


def test_of_several_codes_ours_is_meant_and_of_two_of_ours_none() -> None:
    one = recognise(picture("https://a.example", CREDENTIAL, "134567890123456789"))
    assert one == Credential(CREDENTIAL, carrier=Carrier.PICTURE, beside=2)
    two = recognise(picture("ELC1:ONE", "ELP1:TWO"))
    assert isinstance(two, Several)
    assert {type(found) for found in two.found} == {ShowCode, Sheet}
    none = recognise(picture("https://a.example", "WIFI:S:x;;"))
    assert isinstance(none, Foreign)
    assert none.beside == 1


def test_the_same_code_twice_is_one() -> None:
    assert recognise(picture("ELP1:A", "ELP1:A")) == Sheet("ELP1:A", carrier=Carrier.PICTURE)


@pytest.mark.parametrize(
    ("content", "kind"),
    [
        (b"\x89PNG\r\n\x1a\nrubbish", ForeignKind.DAMAGED_PICTURE),
        (b"\0\0\0\x18ftypheic\0\0\0\0", ForeignKind.PHONE_PHOTO_FORMAT),
        (b"PK\x03\x04\xff", ForeignKind.UNSUPPORTED_FILE),
        (b"<svg onload='alert(1)'></svg>", ForeignKind.SCRIPT),
        (b"\x89PNG" + bytes(11 * 1024 * 1024), ForeignKind.TOO_LARGE),
        (b"%PDF-1.7\nrubbish", ForeignKind.DAMAGED_PDF),
    ],
)
def test_files_that_are_nothing(content: bytes, kind: ForeignKind) -> None:
    found = recognise(content)
    assert isinstance(found, Foreign)
    assert found.kind is kind


def test_a_picture_bomb_is_refused_before_it_is_decoded() -> None:
    """100 kB of PNG that say 20,000 × 20,000 → refused by what the header says, at once."""
    bomb = io.BytesIO()
    Image.new("1", (20_000, 20_000)).save(bomb, "PNG", optimize=True)
    began = time.perf_counter()
    found = recognise(bomb.getvalue())
    assert time.perf_counter() - began < 0.5
    assert isinstance(found, Foreign)
    assert found.kind is ForeignKind.TOO_LARGE


# -- PDF documents -----------------------------------------------------------------------------------------------------


def pdf(*texts: str, **how: Any) -> bytes:
    pages = [
        Image.open(io.BytesIO(write_png(build_qr(text)))).convert("RGB").resize((600, 600)) for text in texts
    ]
    written = io.BytesIO()
    pages[0].save(written, "PDF", save_all=True, append_images=pages[1:], **how)
    return written.getvalue()


def test_codes_on_the_pages_of_a_pdf() -> None:
    found = recognise(pdf("https://a.example", "ELP1:ABC"))
    assert found == Sheet("ELP1:ABC", carrier=Carrier.PDF, beside=1)
    assert [note.code for note in notes_on(found)] == ["pdf-pages-not-checked"]


def test_a_pdf_without_a_code_of_ours() -> None:
    assert recognise(pdf("https://a.example")) == PdfFile(1, 1, 0, carrier=Carrier.PDF, beside=1)


def test_only_the_first_pages_are_drawn() -> None:
    found = recognise(pdf(*[f"page {number}" for number in range(8)], "ELP1:ABC"))
    assert isinstance(found, PdfFile)
    assert (found.pages, found.pages_read) == (9, 8)


def test_a_document_does_not_wait_for_ever(monkeypatch: pytest.MonkeyPatch) -> None:
    """Every place taken by others → said so, and read once one is free."""
    monkeypatch.setattr(pdf_pages, "MAX_WAIT_SECONDS", 0.05)
    taken = [pdf_pages._turn.acquire() for _ in range(pdf_pages.MAX_AT_ONCE)]
    try:
        found = recognise(pdf("ELP1:ABC"))
        assert isinstance(found, Foreign)
        assert found.kind is ForeignKind.BUSY
        with pytest.raises(TooBusyError):
            recognise_file(pdf("ELP1:ABC"))
    finally:
        for _ in taken:
            pdf_pages._turn.release()
    assert isinstance(recognise(pdf("ELP1:ABC")), Sheet)


def test_a_pdf_with_a_password() -> None:
    pikepdf = pytest.importorskip("pikepdf")
    locked = io.BytesIO()
    with pikepdf.open(io.BytesIO(pdf("ELP1:ABC"))) as document:
        document.save(locked, encryption=pikepdf.Encryption(user="secret", owner="secret"))
    found = recognise(locked.getvalue())
    assert isinstance(found, Foreign)
    assert found.kind is ForeignKind.ENCRYPTED_PDF


def test_a_page_of_a_kilometre_and_a_bomb_inside_do_no_harm() -> None:
    """A page 1 km wide; an image that says 60,000 × 60,000 → an answer within the time that is given, and no more memory."""
    pikepdf = pytest.importorskip("pikepdf")
    document = pikepdf.new()
    page = document.add_blank_page()
    page.MediaBox = [0, 0, 3_000_000, 3]
    image = pikepdf.Stream(document, b"\0" * 1000)
    image.update(
        {
            "/Type": pikepdf.Name.XObject,
            "/Subtype": pikepdf.Name.Image,
            "/Width": 60_000,
            "/Height": 60_000,
            "/ColorSpace": pikepdf.Name.DeviceRGB,
            "/BitsPerComponent": 8,
        }
    )
    page.Resources = pikepdf.Dictionary({"/XObject": pikepdf.Dictionary({"/I": image})})
    page.Contents = pikepdf.Stream(document, b"3000000 0 0 3 0 0 cm /I Do")
    written = io.BytesIO()
    document.save(written)
    began = time.perf_counter()
    found = recognise(written.getvalue())
    assert time.perf_counter() - began < 10
    assert isinstance(found, PdfFile | Foreign)


@settings(max_examples=200, deadline=None)
@given(
    st.text(max_size=100)
    | st.binary(max_size=100)
    | st.sampled_from([b"\x89PNG\r\n", b"BM", b"GIF8", b'{"vp_token":', b'{"credential":"']).flatmap(
        lambda head: st.binary(max_size=60).map(lambda rest: head + rest)
    )
)
def test_anything_is_recognised(content: str | bytes) -> None:
    assert kind_of(recognise(content))
