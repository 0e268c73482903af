"""The signed token: signature, type, subject and time, before anything of the list is believed."""

from __future__ import annotations

import zlib
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from standards.jose import b64url_encode, build_jws, build_x5c
from standards.status_list import (
    StatusIndexError,
    StatusList,
    StatusListError,
    StatusListSignatureError,
    StatusListSubjectError,
    StatusListTimeError,
    StatusListTooLargeError,
    StatusReference,
    StatusValue,
    build_status_list_token,
    parse_status_claim,
    parse_status_list_token,
    verify_status_list_token,
)

URI = "https://issuer.example/status-lists/1"
AT = datetime(2026, 11, 22, 8, 0, tzinfo=UTC)
LIST = {"bits": 2, "lst": b64url_encode(StatusList(64).compress())}


def built(issuer: Any) -> str:
    statuses = StatusList(64)
    statuses.set(7, StatusValue.SUSPENDED)
    return build_status_list_token(
        statuses,
        uri=URI,
        issued_at=AT,
        expires_at=AT + timedelta(days=1),
        ttl=timedelta(hours=1),
        certificate_chain=(b"leaf", b"region"),
        sign=issuer.sign,
    )


def forged(issuer: Any, *, typ: str = "statuslist+jwt", **changes: Any) -> str:
    """A rightly signed token whose claims differ in ``changes`` from a right one."""
    claims = {"sub": URI, "iat": int(AT.timestamp()), "status_list": LIST, **changes}
    claims = {name: value for name, value in claims.items() if value is not ...}
    return build_jws({"typ": typ, "x5c": build_x5c([b"leaf"])}, claims, issuer.sign)


def test_there_and_back(issuer: Any) -> None:
    token = parse_status_list_token(built(issuer))
    assert token.certificate_chain == (b"leaf", b"region")
    verified = verify_status_list_token(token, issuer.public_key, uri=URI, at=AT)
    assert verified.status_at(7) == StatusValue.SUSPENDED
    assert verified.status_at(8) == StatusValue.VALID
    assert (verified.issued_at, verified.expires_at) == (AT, AT + timedelta(days=1))
    assert verified.ttl == timedelta(hours=1)
    with pytest.raises(StatusIndexError):
        verified.status_at(64)


def test_signature_by_another_key(issuer: Any, stranger: Any) -> None:
    """A list signed by somebody who is not its issuer -> refused."""
    with pytest.raises(StatusListSignatureError):
        verify_status_list_token(parse_status_list_token(built(stranger)), issuer.public_key, uri=URI, at=AT)


def test_bomb_with_a_wrong_signature_is_never_decompressed(issuer: Any, stranger: Any) -> None:
    """A bomb signed by a stranger -> refused for its signature, not for its size."""
    bomb = {"bits": 2, "lst": b64url_encode(zlib.compress(bytes(2**24), 9))}
    token = parse_status_list_token(forged(stranger, status_list=bomb))
    with pytest.raises(StatusListSignatureError):
        verify_status_list_token(token, issuer.public_key, uri=URI, at=AT)


def test_bomb_by_the_issuer_itself_is_stopped(issuer: Any) -> None:
    """A bomb with a right signature -> refused for its size."""
    bomb = {"bits": 2, "lst": b64url_encode(zlib.compress(bytes(2**24), 9))}
    token = parse_status_list_token(forged(issuer, status_list=bomb))
    with pytest.raises(StatusListTooLargeError):
        verify_status_list_token(token, issuer.public_key, uri=URI, at=AT)


@pytest.mark.parametrize("typ", ["JWT", "statuslist+cwt", "dc+sd-jwt"])
def test_another_type(issuer: Any, typ: str) -> None:
    with pytest.raises(StatusListSignatureError):
        verify_status_list_token(
            parse_status_list_token(forged(issuer, typ=typ)), issuer.public_key, uri=URI, at=AT
        )


def test_list_of_another_uri(issuer: Any) -> None:
    """A genuine list of the same issuer, served in place of the one referred to -> refused."""
    token = parse_status_list_token(built(issuer))
    with pytest.raises(StatusListSubjectError):
        verify_status_list_token(token, issuer.public_key, uri=f"{URI}0", at=AT)


@pytest.mark.parametrize(
    ("later", "usable"),
    [
        (timedelta(seconds=-61), False),  # issued in the future
        (timedelta(seconds=-60), True),
        (timedelta(hours=23, minutes=59), True),
        (timedelta(days=1), False),  # expired at exactly exp
    ],
)
def test_validity(issuer: Any, later: timedelta, usable: bool) -> None:
    token = parse_status_list_token(built(issuer))
    if usable:
        verify_status_list_token(token, issuer.public_key, uri=URI, at=AT + later)
    else:
        with pytest.raises(StatusListTimeError):
            verify_status_list_token(token, issuer.public_key, uri=URI, at=AT + later)


@pytest.mark.parametrize(
    "changes",
    [
        {"sub": ...},
        {"sub": 1},
        {"iat": ...},
        {"iat": "x"},
        {"iat": 2**53 - 1},
        {"exp": "x"},
        {"exp": 2**53 - 1},
        {"ttl": 0},
        {"ttl": -1},
        {"ttl": 1.5},
        {"status_list": ...},
        {"status_list": []},
        {"status_list": {"bits": 3, "lst": LIST["lst"]}},
        {"status_list": {"bits": "2", "lst": LIST["lst"]}},
        {"status_list": {"bits": 2}},
        {"status_list": {"bits": 2, "lst": ""}},
        {"status_list": {"bits": 2, "lst": "===="}},
        {"status_list": {"bits": 2, "lst": b64url_encode(zlib.compress(b""))}},
    ],
)
def test_malformed_claims(issuer: Any, changes: dict[str, Any]) -> None:
    with pytest.raises(StatusListError):
        verify_status_list_token(
            parse_status_list_token(forged(issuer, **changes)), issuer.public_key, uri=URI, at=AT
        )


def test_without_certificates(issuer: Any) -> None:
    with pytest.raises(StatusListError):
        parse_status_list_token(build_jws({"typ": "statuslist+jwt"}, {"sub": URI}, issuer.sign))


def test_reference_there_and_back() -> None:
    reference = StatusReference(URI, 7)
    assert reference.to_claim() == {"status_list": {"idx": 7, "uri": URI}}
    assert parse_status_claim(reference.to_claim()) == reference


@pytest.mark.parametrize(
    "claim",
    [
        None,
        {},
        {"status_list": None},
        {"status_list": {"uri": URI}},
        {"status_list": {"idx": -1, "uri": URI}},
        {"status_list": {"idx": True, "uri": URI}},
        {"status_list": {"idx": "7", "uri": URI}},
        {"status_list": {"idx": 2**32, "uri": URI}},
        {"status_list": {"idx": 7, "uri": ""}},
        {"status_list": {"idx": 7, "uri": "x" * 2049}},
    ],
)
def test_malformed_reference(claim: object) -> None:
    with pytest.raises(StatusListError):
        parse_status_claim(claim)


@given(st.text(max_size=100))
def test_any_text_is_a_status_list_error(text: str) -> None:
    with pytest.raises(StatusListError):
        parse_status_list_token(text)


@settings(max_examples=80)
@given(
    st.dictionaries(
        st.sampled_from(["sub", "iat", "exp", "ttl", "status_list"]),
        st.none()
        | st.integers(-5, 2**40)
        | st.just(URI)
        | st.just(LIST)
        | st.dictionaries(st.sampled_from(["bits", "lst"]), st.integers(0, 9) | st.text(max_size=9)),
    )
)
def test_any_claims_are_a_list_or_a_status_list_error(issuer: Any, claims: dict[str, Any]) -> None:
    text = build_jws({"typ": "statuslist+jwt", "x5c": build_x5c([b"leaf"])}, claims, issuer.sign)
    try:
        verified = verify_status_list_token(parse_status_list_token(text), issuer.public_key, uri=URI, at=AT)
    except StatusListError:
        return
    assert len(verified.statuses) == 64
