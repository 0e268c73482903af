"""Attacks through the scanner of a desk: what a stranger can put into a code, a picture or a document. Each draws the verdict."""

from __future__ import annotations

import io
import time
import zlib
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from typing import Any

import pytest
from PIL import Image

from keys.master_key import MasterKey
from service.settings import Settings
from standards.cwt.base45 import base45_encode
from standards.qr import build_qr, write_png
from tests.support.clock import FixedClock
from tests.support.identity_codes import IdentityProgramme
from tests.support.verifier_world import VerifierWorld, verifier_world
from verifier.identity_codes.register import DIRECTORY


@pytest.fixture(scope="module")
def world(
    settings: Settings, master_key: MasterKey, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[VerifierWorld]:
    data = tmp_path_factory.mktemp("window")
    fresh = replace(settings, data=data, trust_anchor_file=data / "anchor.pem")
    with verifier_world(fresh, master_key, FixedClock()) as made:
        yield made


def scan(world: VerifierWorld, content: str | bytes, **fields: Any) -> Any:
    clerk = world.sign_in()
    if isinstance(content, bytes):
        fields["file"] = (io.BytesIO(content), "upload")
    else:
        fields["text"] = content
    began = time.perf_counter()
    page = clerk.submit("/window/scan?lang=zh", **fields)
    assert time.perf_counter() - began < 10
    return page


def rows(world: VerifierWorld) -> dict[str, int]:
    database = world.node.database
    return {
        name: database[name].count_documents({})
        for name in ("scanned_codes", "presentations", "cases")
        if name in database.list_collection_names()
    }


BOMBS = {
    "a code that unpacks to 3 MB": base45_encode(zlib.compress(b" " * 3_000_000, 9)),
    "lists in lists": base45_encode(zlib.compress(b"\x81" * 60_000)),
    "a list that says it has 2^63 members": base45_encode(zlib.compress(b"\xd2\x9b" + b"\x7f" + b"\xff" * 7)),
    "a show-licence code of nested lists": "ELC1:" + base45_encode(b"\x81" * 2_000),
    "a sheet of nothing": "ELP1:" + base45_encode(b"\x82\x40\x40"),
    "JSON in JSON": '{"credential":' * 5_000 + "1" + "}" * 5_000,
    "a response of a thousand presentations": '{"vp_token":{"a":[' + ",".join(['"x~"'] * 1_000) + "]}}",
    "a credential of dots": "a.b." + "c" * 100_000 + "~" * 100_000,
    "a number of 200,000 digits": "1" * 200_000,
    "white space alone": " " * 250_000,
    "a tower of marks": "a" + "\u0301" * 100_000,
    "half a surrogate": "\\ud800",
    "NUL": "ELC1:\0\0\0",
}


@pytest.mark.parametrize("what", BOMBS)
def test_bombs_and_nests_end_in_a_page(world: VerifierWorld, what: str) -> None:
    """Scanned → a page within seconds, whatever it is; nothing is written."""
    before = rows(world)
    page = scan(world, BOMBS[what])
    assert page.status_code == 200
    assert "核验通过" not in page.text
    assert rows(world) == before


def gif_bomb() -> bytes:
    """A GIF that says 65,535 × 65,535."""
    return b"GIF89a\xff\xff\xff\xff\x80\x00\x00\x00\x00\x00\xff\xff\xff,\x00\x00\x00\x00\xff\xff\xff\xff\x00\x02\x02D\x01\x00;"


def png_bomb() -> bytes:
    written = io.BytesIO()
    Image.new("1", (30_000, 30_000)).save(written, "PNG")
    return written.getvalue()


def pdf_bomb() -> bytes:
    """A stream in a stream: 64 MB of nothing that Flate packs twice."""
    inner = zlib.compress(zlib.compress(b"\0" * 64 * 1024 * 1024, 9), 9)
    return b"".join(
        (
            b"%PDF-1.7\n1 0 obj<</Type/Catalog/Pages 2 0 R/OpenAction<</S/JavaScript/JS(app.alert(1))>>>>endobj\n",
            b"2 0 obj<</Type/Pages/Kids[3 0 R]/Count 1>>endobj\n",
            b"3 0 obj<</Type/Page/Parent 2 0 R/MediaBox[0 0 200 200]/Contents 4 0 R>>endobj\n",
            b"4 0 obj<</Filter[/FlateDecode/FlateDecode]/Length %d>>stream\n" % len(inner),
            inner,
            b"\nendstream endobj\ntrailer<</Root 1 0 R>>\n%%EOF",
        )
    )


def looping_pdf() -> bytes:
    """Pages that are their own parents' children."""
    return (
        b"%PDF-1.7\n1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj\n"
        b"2 0 obj<</Type/Pages/Kids[2 0 R 2 0 R]/Count 99999999>>endobj\ntrailer<</Root 1 0 R>>\n%%EOF"
    )


@pytest.mark.parametrize("make", [gif_bomb, png_bomb, pdf_bomb, looping_pdf])
def test_bombs_of_pictures_and_documents_end_in_a_page(world: VerifierWorld, make: Any) -> None:
    """Small files that unpack to gigabytes, a script that opens with the document → a page; nothing runs, nothing is kept."""
    before = rows(world)
    page = scan(world, make())
    assert page.status_code == 200
    assert "不是证照" in page.text
    assert rows(world) == before


def test_eight_bombs_at_once_leave_room_for_a_scan(world: VerifierWorld) -> None:
    """Eight desks with a document that costs its reader all it may → an ordinary code is answered meanwhile."""
    clerks = [world.sign_in() for _ in range(8)]
    bomb = looping_pdf() + pdf_bomb()
    with ThreadPoolExecutor(9) as pool:
        bombs = [
            pool.submit(clerk.submit, "/window/scan", file=(io.BytesIO(bomb), "a.pdf")) for clerk in clerks
        ]
        began = time.perf_counter()
        assert world.sign_in().submit("/window/scan?lang=zh", text="134567890123456789").status_code == 200
        took = time.perf_counter() - began
        assert {answer.result().status_code for answer in bombs} == {200}
    assert took < 5


@pytest.mark.parametrize(
    "name",
    [
        "<script>alert(1)</script>",
        '"><img src=x onerror=alert(1)>',
        "{{ 7 * 7 }}",
        "张三\u202e\u2066hidden\u200b",
        "张三\r\nSet-Cookie: a=b",
        '=HYPERLINK("http://evil")',
    ],
)
def test_a_script_in_a_name(world: VerifierWorld, name: str) -> None:
    """A listed issuer of identity codes was careless with a name → shown as words, harmless ones."""
    programme = IdentityProgramme(world.clock.now())
    directory = world.node.settings.data / DIRECTORY
    directory.mkdir(exist_ok=True)
    (directory / "programme.json").write_bytes(programme.file())
    page = scan(world, programme.code({1: "ID-1", 4: name, 10: name}))
    assert page.status_code == 200
    assert "身份码有效" in page.text
    assert "<script>alert" not in page.text
    assert "<img src=x" not in page.text
    assert ">49<" not in page.text
    assert not {"\u202e", "\u2066", "\u200b"} & set(page.text)
    assert "script-src" in page.headers["Content-Security-Policy"]
    assert "'unsafe-inline'" not in page.headers["Content-Security-Policy"]


def test_a_name_on_a_licence_that_turns_its_line_round(world: VerifierWorld) -> None:
    """A listed authority was careless with a company's name → shown with the override replaced."""
    page = scan(
        world,
        world.issue(claims={"holder_name": "杭州\u202e司公限有例示\u2066<script>alert(1)</script>"}).text,
    )
    assert page.status_code == 200
    assert not {"\u202e", "\u2066"} & set(page.text)
    assert "<script>alert" not in page.text
    assert "杭州\N{REPLACEMENT CHARACTER}司公限有例示" in page.text


def test_a_link_is_not_followed(world: VerifierWorld, monkeypatch: pytest.MonkeyPatch) -> None:
    """A code with an address inside our network → said so; no request leaves."""

    def caught(*_: Any, **__: Any) -> Any:
        raise AssertionError("something was fetched")

    monkeypatch.setattr(type(world.node.outbound), "get", caught, raising=False)
    monkeypatch.setattr(type(world.node.outbound), "post", caught, raising=False)
    monkeypatch.setattr(type(world.node.outbound), "request", caught, raising=False)
    for link in ("http://127.0.0.1:8001/admin", "http://169.254.169.254/latest", "file:///etc/passwd"):
        page = scan(world, link)
        assert page.status_code == 200
        assert "不是证照" in page.text


def test_a_code_of_ours_hidden_beside_others(world: VerifierWorld) -> None:
    """An advertisement with ten codes and a screenshot of a licence's code → the licence's code is read and said to be a picture."""
    parts = [
        Image.open(io.BytesIO(write_png(build_qr(text))))
        for text in [*(f"https://ad{number}.example" for number in range(6)), "ELC1:NOTHING"]
    ]
    page = Image.new("L", (max(p.width for p in parts) * 7, max(p.height for p in parts)), 255)
    left = 0
    for part in parts:
        page.paste(part, (left, 0))
        left += part.width
    written = io.BytesIO()
    page.save(written, "PNG")
    answer = scan(world, written.getvalue())
    assert "截图或翻拍" in answer.text
    assert "核验未通过" in answer.text


@pytest.mark.parametrize("carrier", ["", "pdf", "x" * 1000, "typed"])
def test_the_way_it_came_only_ever_adds_a_warning(world: VerifierWorld, carrier: str) -> None:
    """A forged ``carrier`` in the form → at most a note more or less; the verdict is the code's own."""
    page = scan(world, "ELC1:NOTHING", carrier=carrier)
    assert page.status_code == 200
    assert "核验未通过" in page.text


def test_nobody_else_sends_large_files(world: VerifierWorld) -> None:
    """9 MB from somebody who is not signed in → refused by size before it is read."""
    body = (
        b'--x\r\nContent-Disposition: form-data; name="file"; filename="a"\r\n\r\n'
        + b"x" * 9_000_000
        + b"\r\n--x--\r\n"
    )
    answer = world.app.test_client().post(
        "/window/scan", data=body, content_type="multipart/form-data; boundary=x"
    )
    assert answer.status_code in {302, 303, 401, 403, 413}
