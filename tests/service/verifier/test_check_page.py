"""``/check``: anybody drops a PDF, nobody signs in, nothing is kept; the report in words, in both languages."""

from __future__ import annotations

import io
from typing import Any

import pytest
from flask.testing import FlaskClient

from tests.support import pdf_attacks as attack
from tests.support.document_world import DocumentWorld
from tests.support.verifier_world import VerifierWorld
from verifier.documents import page_views
from verifier.documents.rate import Rate


@pytest.fixture
def visitor(world: VerifierWorld) -> FlaskClient:
    return world.app.test_client()


def send(visitor: FlaskClient, content: bytes, **headers: str) -> Any:
    form = {"file": (io.BytesIO(content), "a.pdf")}
    return visitor.post("/check", data=form, content_type="multipart/form-data", headers=headers)


def test_the_page_is_open_to_all(visitor: FlaskClient) -> None:
    page = visitor.get("/check")
    assert page.status_code == 200
    assert 'type="file"' in page.text
    assert "Drop a PDF file here" in visitor.get("/check", headers={"Accept-Language": "en"}).text


def test_a_strangers_document(visitor: FlaskClient) -> None:
    """Sealed by a nation that this node does not know: it says so, and what the seal calls itself."""
    answer = send(visitor, DocumentWorld().document())
    assert answer.status_code == 200
    assert answer.mimetype == "text/html"
    assert "自称：杭州示例公安局" in answer.text
    assert "verdict--success" not in answer.text


def test_a_forged_document(visitor: FlaskClient) -> None:
    forged = attack.updated(DocumentWorld().document(), attack.annotation("/Stamp"))
    answer = send(visitor, forged, **{"Accept-Language": "en"})
    assert "The document was changed after it was sealed." in answer.text
    assert "verdict--danger" in answer.text


@pytest.mark.parametrize("content", [b"", b"PK\x03\x04", b"hello"])
def test_what_is_no_document(visitor: FlaskClient, content: bytes) -> None:
    answer = send(visitor, content)
    assert answer.status_code == 400
    assert 'type="file"' in answer.text


def test_more_than_is_read_at_all(visitor: FlaskClient) -> None:
    """Said on the page itself, with the limit, where another file can be chosen."""
    answer = visitor.post(
        "/check",
        input_stream=io.BytesIO(b"--b\r\n"),
        environ_overrides={"CONTENT_LENGTH": str(11 * 1024 * 1024)},
        content_type="multipart/form-data; boundary=b",
    )
    assert answer.status_code == 413
    assert "10 MB" in answer.text
    assert 'type="file"' in answer.text


def test_a_damaged_one(visitor: FlaskClient) -> None:
    answer = send(visitor, b"%PDF-1.7\nnothing")
    assert answer.status_code == 200
    assert "文件已损坏" in answer.text


def test_not_endlessly(visitor: FlaskClient, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(page_views, "_rate", Rate(1, 3600.0))
    assert send(visitor, b"").status_code == 400
    assert send(visitor, b"").status_code == 429


def test_a_sealed_document_at_the_window(world: VerifierWorld) -> None:
    """Dropped on the desk: its seals are checked, not only codes on its page."""
    forged = attack.updated(DocumentWorld().document(), attack.annotation("/Stamp"))
    upload = (io.BytesIO(forged), "a.pdf")
    answer = world.sign_in().submit("/window/scan?lang=zh", text="", file=upload)
    assert "签章之后文件被改动过" in answer.text
