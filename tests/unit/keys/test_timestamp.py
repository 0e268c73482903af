"""Time stamps: what OpenSSL makes of ours, and what we make of bad ones."""

from __future__ import annotations

import hashlib
import shutil
import subprocess
from datetime import timedelta
from pathlib import Path

import pytest
from asn1crypto import algos, core, tsp

from keys.certificates import certificate_to_pem
from keys.errors import SigningKeyError, TimeStampError
from keys.timestamp import NODE_POLICY, TimeStampAuthority, build_question, parse_answer, parse_token
from keys.timestamp.answer import TimeStampAnswer
from tests.support.sealing_world import SealingWorld
from tests.support.trust_world import AT, new_signer

WORDS = "张小明的营业执照".encode()
DIGEST = hashlib.sha256(WORDS).digest()


@pytest.fixture(scope="module")
def world() -> SealingWorld:
    return SealingWorld.create()


@pytest.fixture(scope="module")
def authority(world: SealingWorld) -> TimeStampAuthority:
    return TimeStampAuthority(world.clock)


def test_an_answer_to_our_question(authority: TimeStampAuthority) -> None:
    question = build_question(DIGEST)
    token = parse_answer(authority.answer(question.der, AT), question)
    assert (token.at, token.policy) == (AT, NODE_POLICY)
    assert token.certificates[0] in authority.certificate_chain
    assert parse_token(token.der) == token


@pytest.mark.skipif(shutil.which("openssl") is None, reason="OpenSSL's command is not installed")
def test_openssl_asks_and_believes(
    world: SealingWorld, authority: TimeStampAuthority, tmp_path: Path
) -> None:
    """Input: OpenSSL's own question, with and without the certificate. Verdict: OpenSSL verifies the answer to the anchor."""
    (tmp_path / "words").write_bytes(WORDS)
    (tmp_path / "anchor.pem").write_text(certificate_to_pem(world.trust.anchor))
    (tmp_path / "region.pem").write_text(certificate_to_pem(world.region.authority.certificate))
    for algorithm in ("-sha256", "-sha384", "-sha512"):
        _openssl("ts", "-query", "-data", tmp_path / "words", algorithm, "-cert", "-out", tmp_path / "q")
        (tmp_path / "a").write_bytes(authority.answer((tmp_path / "q").read_bytes(), AT))
        said = _openssl(
            *("ts", "-verify", "-data", tmp_path / "words", "-in", tmp_path / "a"),
            *("-CAfile", tmp_path / "anchor.pem", "-untrusted", tmp_path / "region.pem"),
            *("-attime", str(int(AT.timestamp()))),
        )
        assert "Verification: OK" in said
    (tmp_path / "other").write_bytes(b"other")
    with pytest.raises(subprocess.CalledProcessError):
        _openssl(
            *("ts", "-verify", "-data", tmp_path / "other", "-in", tmp_path / "a"),
            *("-CAfile", tmp_path / "anchor.pem", "-attime", str(int(AT.timestamp()))),
        )


def _openssl(*arguments: str | Path) -> str:
    done = subprocess.run(
        ["openssl", *map(str, arguments)], capture_output=True, text=True, check=True, timeout=30
    )
    return done.stdout + done.stderr


@pytest.mark.parametrize(
    ("change", "failure"),
    [
        ({"req_policy": "1.2.3.4"}, "unaccepted_policy"),
        ({"message_imprint": ("sha1", bytes(20))}, "bad_alg"),
        ({"message_imprint": ("sha256", bytes(31))}, "bad_alg"),
        ({"version": 2}, "bad_request"),
    ],
)
def test_what_it_refuses(authority: TimeStampAuthority, change: dict[str, object], failure: str) -> None:
    wanted = {"version": 1, "message_imprint": ("sha256", DIGEST), "cert_req": True, **change}
    algorithm, digest = wanted["message_imprint"]  # type: ignore[misc]
    wanted["message_imprint"] = tsp.MessageImprint(
        {"hash_algorithm": algos.DigestAlgorithm({"algorithm": algorithm}), "hashed_message": digest}
    )
    answer = TimeStampAnswer.load(authority.answer(tsp.TimeStampReq(wanted).dump(), AT))
    assert answer["status"]["status"].native == "rejection"
    assert answer["status"]["fail_info"].native == {failure}
    assert answer["time_stamp_token"].native is None


@pytest.mark.parametrize(
    "garbage", [b"", b"\x00", b"0\x80", b"GET / HTTP/1.1", bytes(4096), core.Integer(7).dump()]
)
def test_garbage_is_answered_by_a_rejection(authority: TimeStampAuthority, garbage: bytes) -> None:
    answer = TimeStampAnswer.load(authority.answer(garbage, AT))
    assert answer["status"]["fail_info"].native == {"bad_data_format"}
    question = build_question(DIGEST)
    with pytest.raises(TimeStampError) as refused:
        parse_answer(authority.answer(garbage, AT), question)
    assert refused.value.next_step is not None
    assert "not a TimeStampReq" in refused.value.next_step.en
    with pytest.raises(TimeStampError):
        parse_answer(garbage, question)
    with pytest.raises(TimeStampError):
        parse_token(garbage)


def test_the_answer_to_another_question(authority: TimeStampAuthority) -> None:
    mine, other = build_question(DIGEST), build_question(hashlib.sha256(b"other").digest())
    again = build_question(DIGEST)
    for question in (other, again):
        with pytest.raises(TimeStampError, match="another question"):
            parse_answer(authority.answer(question.der, AT), mine)


def test_each_serial_number_is_new(authority: TimeStampAuthority) -> None:
    serials = set()
    for _ in range(20):
        answer = TimeStampAnswer.load(authority.answer(build_question(DIGEST).der, AT + timedelta(0)))
        serials.add(
            answer["time_stamp_token"]["content"]["encap_content_info"]["content"]
            .parsed["serial_number"]
            .native
        )
    assert len(serials) == 20


def test_a_key_without_certificate() -> None:
    with pytest.raises(SigningKeyError):
        TimeStampAuthority(new_signer())
