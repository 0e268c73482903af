"""DPoP (RFC 9449): what a proof must carry, and each way in which one fails."""

from __future__ import annotations

import contextlib
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from standards.jose import b64url_encode, build_jws
from standards.oauth import (
    InvalidDpopProofError,
    UseDpopNonceError,
    access_token_hash,
    build_dpop_proof,
    target_uri,
    verify_dpop_proof,
)

AT = datetime(2026, 11, 22, 8, 0, tzinfo=UTC)
URI = "https://issuer.example/openid4vci/token"


def proof_of(key: Any, **changes: Any) -> str:
    arguments: dict[str, Any] = {"method": "POST", "uri": URI, "jti": "j" * 16, "at": AT} | changes
    return build_dpop_proof(jwk=key.public_jwk, sign=key.sign, **arguments)


def check(proof: str, **changes: Any) -> Any:
    return verify_dpop_proof(proof, **({"method": "POST", "uri": URI, "at": AT} | changes))


def test_a_proof_holds_and_names_its_key(holder: Any) -> None:
    proof = check(proof_of(holder))
    assert (proof.jkt, proof.jti, proof.issued_at) == (holder.public_jwk.thumbprint(), "j" * 16, AT)


def test_query_and_fragment_do_not_belong_to_htu(holder: Any) -> None:
    """htu is made and compared without query and fragment (section 4.3 item 9)."""
    check(proof_of(holder, uri=URI + "?a=1#x"), uri=URI + "?b=2")


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ("HTTPS://Issuer.Example:443/x?y#z", "https://issuer.example/x"),
        ("http://localhost:8001", "http://localhost:8001/"),
        ("http://localhost:80/a", "http://localhost/a"),
        ("http://[::1]:8001/a", "http://[::1]:8001/a"),
    ],
)
def test_htu_is_normalised(written: str, meant: str) -> None:
    assert target_uri(written) == meant


def test_the_access_token_hash_of_the_specification() -> None:
    """The access token and ath of RFC 9449 section 7.1."""
    token = "Kz~8mXK1EalYznwH-LC-1fBAo.4Ljp~zsPE_NeO.gxU"
    assert access_token_hash(token) == "fUHyO2r2Z3DZ53EsNrWBb0xWXoaNy59IiKCAqksmQEo"


@pytest.mark.parametrize(
    "changes",
    [
        {"method": "GET"},
        {"uri": "https://issuer.example/openid4vci/credential"},
        {"uri": "http://issuer.example/openid4vci/token"},
        {"at": AT + timedelta(minutes=6)},
        {"at": AT - timedelta(minutes=6)},
        {"access_token": "another"},
        {"expected_jkt": "another"},
    ],
)
def test_a_proof_for_something_else_is_refused(holder: Any, changes: dict[str, Any]) -> None:
    with pytest.raises(InvalidDpopProofError):
        check(proof_of(holder, access_token="token"), **changes)


def test_a_proof_without_ath_does_not_serve_a_resource(holder: Any) -> None:
    with pytest.raises(InvalidDpopProofError, match="access token"):
        check(proof_of(holder), access_token="token")


def test_a_nonce_is_asked_for_and_accepted(holder: Any) -> None:
    with pytest.raises(UseDpopNonceError):
        check(proof_of(holder), accept_nonce=lambda nonce: nonce == "fresh")
    with pytest.raises(UseDpopNonceError):
        check(proof_of(holder, nonce="stale"), accept_nonce=lambda nonce: nonce == "fresh")
    assert (
        check(proof_of(holder, nonce="fresh"), accept_nonce=lambda nonce: nonce == "fresh").nonce == "fresh"
    )


def test_a_proof_with_a_strangers_signature_is_refused(holder: Any, stranger: Any) -> None:
    """header.jwk = holder, signed by stranger → refused."""
    forged = build_dpop_proof(
        jwk=holder.public_jwk, sign=stranger.sign, method="POST", uri=URI, jti="j", at=AT
    )
    with pytest.raises(InvalidDpopProofError):
        check(forged)


def _raw(holder: Any, header: dict[str, Any], claims: dict[str, Any]) -> str:
    base = {"jti": "j", "htm": "POST", "htu": URI, "iat": int(AT.timestamp())}
    jwk = {"typ": "dpop+jwt", "jwk": holder.public_jwk.to_dict()}
    merged = {name: value for name, value in (jwk | header).items() if value is not None}
    return build_jws(merged, {k: v for k, v in (base | claims).items() if v is not None}, holder.sign)


@pytest.mark.parametrize(
    ("header", "claims"),
    [
        ({"typ": "JWT"}, {}),
        ({"typ": None}, {}),
        ({"jwk": None}, {}),
        ({"jwk": {"kty": "oct", "k": "AA"}}, {}),
        ({"crit": ["b64"], "b64": False}, {}),
        ({}, {"jti": None}),
        ({}, {"jti": ""}),
        ({}, {"jti": "x" * 200}),
        ({}, {"jti": 5}),
        ({}, {"htm": None}),
        ({}, {"htu": None}),
        ({}, {"htu": "//"}),
        ({}, {"htu": "http://[bad"}),
        ({}, {"iat": None}),
        ({}, {"iat": "now"}),
        ({}, {"iat": True}),
        ({}, {"iat": 1e300}),
        ({}, {"nonce": 7}),
    ],
)
def test_a_proof_with_a_bad_member_is_refused(
    holder: Any, header: dict[str, Any], claims: dict[str, Any]
) -> None:
    with pytest.raises(InvalidDpopProofError):
        check(_raw(holder, header, claims))


def test_a_proof_with_a_private_key_in_its_header_is_refused(holder: Any) -> None:
    leaked = holder.public_jwk.to_dict() | {"d": b64url_encode(bytes(32))}
    with pytest.raises(InvalidDpopProofError):
        check(_raw(holder, {"jwk": leaked}, {}))


def test_algorithm_none_is_refused(holder: Any) -> None:
    header = b64url_encode(b'{"alg":"none","typ":"dpop+jwt"}')
    with pytest.raises(InvalidDpopProofError):
        check(header + "." + proof_of(holder).split(".")[1] + ".")


@given(
    st.text(max_size=200)
    | st.from_regex(r"[A-Za-z0-9_-]{0,40}\.[A-Za-z0-9_-]{0,40}\.[A-Za-z0-9_-]{0,90}", fullmatch=True)
)
def test_any_text_ends_in_our_error(text: str) -> None:
    with contextlib.suppress(InvalidDpopProofError):
        check(text)


@given(
    st.dictionaries(
        st.sampled_from(["jti", "htm", "htu", "iat", "ath", "nonce"]),
        st.none() | st.text(max_size=20) | st.integers() | st.floats() | st.lists(st.none(), max_size=2),
    )
)
def test_any_claims_end_in_our_error(holder: Any, claims: dict[str, Any]) -> None:
    with contextlib.suppress(InvalidDpopProofError):
        check(_raw(holder, {}, {k: v for k, v in claims.items() if not isinstance(v, int) or abs(v) < 2**63}))
