"""``POST /api/v1/checks`` over the real application: shapes of input, verdicts, problems, and no trace in the store."""

from __future__ import annotations

import io
import json
from datetime import timedelta
from typing import Any

import pytest
from PIL import Image

from standards.qr import build_qr, write_png
from standards.sd_jwt_vc import CredentialTemplate, build_credential
from standards.status_list import StatusReference, StatusValue
from tests.support.answering_server import AnsweringServer
from tests.support.trust_world import new_signer
from tests.support.verifier_world import BUSINESS_LICENCE, COMPANY, ISSUER_NAME, VerifierWorld

PDF = b"%PDF-1.7\n1 0 obj\n"


def post(world: VerifierWorld, content: bytes | str, content_type: str = "text/plain", **headers: str) -> Any:
    return world.app.test_client().post(
        "/api/v1/checks",
        data=content,
        content_type=content_type,
        headers={"Authorization": f"Bearer {world.token()}", **headers},
    )


def test_text(world: VerifierWorld) -> None:
    answer = post(world, world.issue().text)
    assert answer.status_code == 200
    assert answer.content_type == "application/json"
    assert answer.headers["Cache-Control"] == "no-store"
    report = answer.json
    assert (report["indication"], report["sub_indication"]) == ("PASSED", None)
    assert [finding["step"] for finding in report["findings"]] == list(range(1, 10))
    assert set(report["findings"][0]) == {"step", "code", "outcome", "message", "next"}
    assert report["licence"]["claims"]["holder_name"] == COMPANY["holder_name"]
    assert report["licence"]["issuer"]["name"] == ISSUER_NAME.to_json()


def test_json(world: VerifierWorld) -> None:
    answer = post(world, json.dumps({"credential": world.issue().text}), "application/json")
    assert answer.json["indication"] == "PASSED"


def test_file_of_a_form(world: VerifierWorld) -> None:
    answer = world.app.test_client().post(
        "/api/v1/checks",
        data={"file": (io.BytesIO(world.issue().text.encode()), "licence.txt")},
        headers={"Authorization": f"Bearer {world.token()}"},
    )
    assert answer.json["indication"] == "PASSED"


def test_text_field_of_a_form(world: VerifierWorld) -> None:
    answer = world.app.test_client().post(
        "/api/v1/checks",
        data={"text": world.issue().text},
        content_type="multipart/form-data",
        headers={"Authorization": f"Bearer {world.token()}"},
    )
    assert answer.json["indication"] == "PASSED"


@pytest.mark.parametrize("as_form", [True, False])
def test_picture_of_a_code(world: VerifierWorld, as_form: bool) -> None:
    small = world.issue(claims={"holder_name": "杭州示例餐饮有限公司"})
    picture = write_png(build_qr(small.text, max_version=40))
    if as_form:
        answer = world.app.test_client().post(
            "/api/v1/checks",
            data={"file": (io.BytesIO(picture), "code.png")},
            headers={"Authorization": f"Bearer {world.token()}"},
        )
    else:
        answer = post(world, picture, "image/png")
    assert answer.json["indication"] == "PASSED", answer.json


def test_revoked_and_forged_are_answers_not_errors(world: VerifierWorld) -> None:
    """Revoked → 200 with FAILED at 6; signed by a stranger → 200 with FAILED at 3 and nothing of its content."""
    revoked = world.issue()
    world.set_status(revoked, StatusValue.INVALID)
    world.clock.advance(timedelta(minutes=10))  # the list in hand is past its ttl
    report = post(world, revoked.text).json
    assert (report["indication"], report["sub_indication"]) == ("FAILED", "REVOKED")
    stranger = new_signer("stranger").with_chain((b"no certificate",))
    report = post(world, world.issue(signer=stranger).text).json
    assert report["indication"] == "FAILED"
    assert report["licence"] is None


@pytest.mark.parametrize("content", ["x", "a.b.c~", "中文", "eyJhbGciOiJub25lIn0.e30.~"])
def test_what_is_no_licence_fails_in_step_1(world: VerifierWorld, content: str) -> None:
    report = post(world, content.encode()).json
    assert report["indication"] == "FAILED"
    assert report["findings"][0]["outcome"] == "failed"


@pytest.mark.parametrize(
    ("content", "status", "problem"),
    [
        (PDF, 404, "pdf-check-unavailable"),
        (b"\xff\xfe\x00\x01", 415, "unsupported-file"),
        (b"", 400, "nothing-to-check"),
        (b"{}", 400, "nothing-to-check"),
        (b"\x89PNG\r\n\x1a\nrubbish", 400, "invalid-picture"),
    ],
)
def test_what_cannot_be_checked_is_a_problem(
    world: VerifierWorld, content: bytes, status: int, problem: str
) -> None:
    answer = post(world, content, "application/octet-stream")
    assert answer.status_code == status
    assert answer.content_type == "application/problem+json"
    assert answer.json["request_id"]
    assert answer.json["message"]["zh"]
    assert answer.json["type"].rpartition(":")[2] in {problem, "invalid-input"}


def test_picture_without_a_code_and_empty_form(world: VerifierWorld) -> None:
    blank = io.BytesIO()
    Image.new("L", (300, 300), 255).save(blank, "PNG")
    assert post(world, blank.getvalue(), "image/png").status_code == 400
    empty = "--x\r\n\r\n--x--\r\n"
    assert post(world, empty, "multipart/form-data; boundary=x").status_code == 400


def test_too_large_is_refused(world: VerifierWorld) -> None:
    assert post(world, b"x" * (11 * 1024 * 1024)).status_code == 413


def test_a_picture_larger_than_other_bodies_is_read(world: VerifierWorld) -> None:
    """A photograph of 3 MB: other views read 2 MB, this one more."""
    noise = io.BytesIO()
    Image.effect_noise((1800, 1800), 90).save(noise, "PNG")
    assert len(noise.getvalue()) > 2 * 1024 * 1024
    answer = post(world, noise.getvalue(), "image/png")
    assert answer.status_code == 400
    assert "二维码" in answer.json["message"]["zh"]


@pytest.mark.parametrize("header", ["", "Bearer", "Bearer x", "Basic eDp5"])
def test_without_a_token_nothing_is_read(world: VerifierWorld, header: str) -> None:
    answer = world.app.test_client().post("/api/v1/checks", data=b"x", headers={"Authorization": header})
    assert answer.status_code == 401
    assert answer.headers["WWW-Authenticate"].startswith("Bearer")


def test_only_post(world: VerifierWorld) -> None:
    assert world.api("GET", "/api/v1/checks").status_code == 405


def test_nothing_is_stored(world: VerifierWorld) -> None:
    before = row_counts(world)
    assert post(world, world.issue().text).json["indication"] == "PASSED"
    assert row_counts(world) == before


def row_counts(world: VerifierWorld) -> dict[str, int]:
    database = world.node.database
    return {name: database[name].count_documents({}) for name in database.list_collection_names()}


def test_a_forged_credential_makes_the_window_fetch_nothing(world: VerifierWorld) -> None:
    """x5c of a real authority, signature by an attacker, status at another port of this machine → no connection."""
    target = AnsweringServer(lambda connection: connection.close())
    try:
        assert world.issuer.signer is not None
        chain = world.issuer.signer.certificate_chain
        forged = build_credential(
            CredentialTemplate.of(
                issuer=world.issuer.identifier,
                vct=BUSINESS_LICENCE.vct,
                vct_integrity="sha256-AAAA",
                certificate_chain=chain,
            ),
            COMPANY,
            holder_key=new_signer("holder").public_jwk,
            status=StatusReference(f"{target.origin}/list", 1),
            issued_at=world.clock.now(),
            expires_at=world.clock.now() + timedelta(days=90),
            sign=new_signer("attacker").sign,
        )
        report = post(world, forged).json
    finally:
        target.close()
    assert [finding["code"] for finding in report["findings"] if finding["outcome"] == "failed"] == [
        "signature-invalid"
    ]
    assert target.connections == 0
