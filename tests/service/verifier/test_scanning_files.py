"""Everything else under a desk's scanner: pictures, documents, identity codes, and what people hold up by mistake."""

from __future__ import annotations

import io
import re
from html import unescape
from typing import Any

import pytest
from PIL import Image

from standards.qr import build_qr, write_png
from tests.service.verifier.test_pages import start
from tests.support.identity_codes import IdentityProgramme
from tests.support.verifier_world import VerifierWorld
from verifier.identity_codes.register import DIRECTORY


@pytest.fixture
def programme(world: VerifierWorld) -> IdentityProgramme:
    made = IdentityProgramme(world.clock.now())
    directory = world.node.settings.data / DIRECTORY
    directory.mkdir(exist_ok=True)
    (directory / "programme.json").write_bytes(made.file())
    return made


def file(content: bytes, name: str = "code.png") -> tuple[io.BytesIO, str]:
    return io.BytesIO(content), name


def picture(*texts: str, kind: str = "PNG") -> bytes:
    parts = [Image.open(io.BytesIO(write_png(build_qr(text, max_version=40)))).convert("L") for text in texts]
    page = Image.new("L", (max(p.width for p in parts), sum(p.height for p in parts)), 255)
    top = 0
    for part in parts:
        page.paste(part, (0, top))
        top += part.height
    written = io.BytesIO()
    page.save(written, kind)
    return written.getvalue()


def checks(world: VerifierWorld, content: bytes) -> Any:
    return world.app.test_client().post(
        "/api/v1/checks", data=content, headers={"Authorization": f"Bearer {world.token()}"}
    )


def small_licence(world: VerifierWorld) -> str:
    return world.issue(claims={"holder_name": "杭州示例餐饮有限公司"}).text


@pytest.mark.parametrize("kind", ["PNG", "JPEG", "WEBP", "PDF"])
def test_a_picture_or_document_on_the_page_is_checked(world: VerifierWorld, kind: str) -> None:
    page = world.sign_in().submit(
        "/window/scan?lang=zh", text="", file=file(picture(small_licence(world), kind=kind), f"a.{kind}")
    )
    assert page.status_code == 200
    assert "核验通过" in page.text
    assert ("只核验了 PDF 上的二维码" in page.text) == (kind == "PDF")


def test_a_photograph_larger_than_other_forms_is_read(world: VerifierWorld) -> None:
    """3 MB: other forms take 2; from a stranger it is refused before it is read."""
    noise = io.BytesIO()
    Image.effect_noise((1800, 1800), 90).save(noise, "PNG")
    assert len(noise.getvalue()) > 2 * 1024 * 1024
    clerk = world.sign_in()
    page = clerk.client.post("/window/scan?lang=zh", **form(noise.getvalue(), clerk.csrf))
    assert page.status_code == 200
    assert "没有找到二维码" in page.text
    stranger = world.app.test_client().post("/window/scan", **form(noise.getvalue(), ""))
    assert stranger.status_code in {302, 303, 401, 403, 413}


def form(content: bytes, csrf: str) -> dict[str, Any]:
    """The body of a form with a file, as a browser sends it."""
    lines = (
        b'--x\r\nContent-Disposition: form-data; name="csrf_token"\r\n\r\n' + csrf.encode(),
        b'--x\r\nContent-Disposition: form-data; name="file"; filename="a.png"\r\n\r\n' + content,
        b"--x--\r\n",
    )
    return {"data": b"\r\n".join(lines), "content_type": "multipart/form-data; boundary=x"}


def test_a_screenshot_of_a_code_is_said_so(world: VerifierWorld) -> None:
    page = world.sign_in().submit("/window/scan?lang=zh", file=file(picture("ELC1:NOTHING")))
    assert "截图或翻拍" in page.text
    report = checks(world, picture("ELC1:NOTHING")).json
    assert "picture-of-a-screen" in {finding["code"] for finding in report["findings"]}
    assert report["recognised"] == {"kind": "show-code", "carrier": "picture", "beside": 0}


def test_of_two_codes_the_clerk_takes_one(world: VerifierWorld) -> None:
    clerk = world.sign_in()
    page = clerk.submit("/window/scan?lang=zh", file=file(picture("ELC1:ONE", "ELP1:TWO")))
    assert "请选一个核验" in page.text
    texts = re.findall(r'name="text" value="(EL[^"]+)"', page.text)
    assert sorted(texts) == ["ELC1:ONE", "ELP1:TWO"]
    chosen = clerk.submit("/window/scan?lang=zh", text="ELC1:ONE", carrier="picture")
    assert "截图或翻拍" in chosen.text
    refused = checks(world, picture("ELC1:ONE", "ELP1:TWO"))
    assert (refused.status_code, refused.json["next"]["zh"]) == (400, "请每次只提供一个码。")


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ('https://evil.example/"><script>alert(1)</script>', "这是一个网址"),
        ("<script>alert(1)</script>", "窗口没有执行它"),
        ("javascript:alert(document.cookie)", "窗口没有执行它"),
        ("134567890123456789", "付款码"),
        ("281234567890123456", "付款码"),
        ("HC1:6BFOXN", "健康码"),
        ("WIFI:T:WPA;S:home;P:secret99;;", "无线网络"),
        ("openid4vp://?client_id=x&request_uri=y", "请申请人用钱包扫描"),
        ("ELT1:ABCDE12345", "终端登记码"),
        ("eyJhbGciOiJF.AAAA.BBBB.CCCC.DDDD", "加密的出示结果"),
        ("A" * 5000 + "\u202e", "这是一段文字"),
    ],
)
def test_what_people_hold_up_by_mistake(world: VerifierWorld, text: str, sentence: str) -> None:
    """The page says what it is and what to ask for; nothing runs, no secret comes back."""
    clerk = world.sign_in()
    page = clerk.submit("/window/scan?lang=zh", file=file(text.encode(), "a.txt"))
    assert page.status_code == 200
    assert sentence in page.text
    assert "<script>alert" not in page.text
    assert "secret99" not in page.text
    assert "\u202e" not in page.text
    if not text.startswith("A"):
        assert sentence in clerk.submit("/window/scan?lang=zh", text=text).text


def test_the_item_goes_on_waiting_after_a_wrong_scan(world: VerifierWorld) -> None:
    """A payment code is held up while an item waits → said so; the next scan still is for the item."""
    clerk = world.sign_in()
    path = start(clerk)
    presentation = path.rpartition("/")[2]
    page = clerk.submit("/window/scan?lang=zh", text="134567890123456789", presentation=presentation)
    assert "付款码" in page.text
    assert f'name="presentation" value="{presentation}"' in page.text
    assert f'href="{path}"' in page.text


def test_an_identity_code_at_the_desk(world: VerifierWorld, programme: IdentityProgramme) -> None:
    face = io.BytesIO()
    Image.new("RGB", (64, 80), "grey").save(face, "WEBP")
    name = '张三\u202e<img src=x onerror="alert(1)">'
    text = programme.code({1: "ID-1", 4: name, 8: "19900307", 62: [{0: face.getvalue(), 1: 0, 2: 4}]})
    page = world.sign_in().submit("/window/scan?lang=zh", text=text)
    assert "身份码有效" in page.text
    assert "示例身份计划" in page.text
    assert 'src="data:image/png;base64,' in page.text
    assert "1990年3月7日" in page.text
    assert "<img src=x" not in page.text
    assert "张三\N{REPLACEMENT CHARACTER}<img" in unescape(page.text)
    report = checks(world, text.encode()).json
    assert (report["indication"], report["recognised"]["kind"]) == ("PASSED", "identity-code")
    assert report["identity"]["id"] == "ID-1"
    assert report["licence"] is None


def test_an_identity_code_of_an_unknown_issuer(world: VerifierWorld, programme: IdentityProgramme) -> None:
    stranger = IdentityProgramme(world.clock.now(), issuer="https://stranger.example")
    page = world.sign_in().submit("/window/scan?lang=zh", text=stranger.code())
    assert "不认识这个身份码的签发方" in page.text
    assert "张小明" not in page.text
    assert checks(world, stranger.code().encode()).json["identity"] is None


def test_a_bomb_of_an_identity_code(world: VerifierWorld) -> None:
    import zlib

    from standards.cwt.base45 import base45_encode

    page = world.sign_in().submit(
        "/window/scan?lang=zh", text=base45_encode(zlib.compress(b" " * 3_000_000, 9))
    )
    assert "没有打开" in page.text


def test_a_response_with_presentations_is_checked_whole(world: VerifierWorld) -> None:
    """A copied vp_token → each licence is checked; the answer says that no request was there."""
    import json

    body = json.dumps({"vp_token": {"one": [world.issue().text], "two": [world.issue().text]}})
    report = checks(world, body.encode()).json
    assert (report["indication"], len(report["licences"])) == ("PASSED", 2)
    assert {finding.get("query") for finding in report["findings"] if finding["step"] == 2} == {"one", "two"}
    page = world.sign_in().submit("/window/scan?lang=zh", text=body)
    assert "不能据此受理" in page.text
