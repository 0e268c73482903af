"""Key proofs (OpenID4VCI 1.0 appendix F) and MACed nonces (section 7)."""

from __future__ import annotations

import contextlib
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.x509.oid import NameOID
from hypothesis import given
from hypothesis import strategies as st

from standards.jose import build_jws, build_x5c
from standards.openid4vci import (
    CredentialRequestError,
    InvalidNonceError,
    InvalidProofError,
    build_c_nonce,
    build_key_proof,
    verify_c_nonce,
    verify_key_proof,
)

AT = datetime(2026, 11, 22, 8, 0, tzinfo=UTC)
ISSUER = "https://issuer.example/authorities/91X"
KEY = bytes(range(32))


def proof_of(holder: Any, *, header: dict[str, Any] | None = None, **claims: Any) -> str:
    body = {"aud": ISSUER, "iat": int(AT.timestamp()), "nonce": "n"} | claims
    head = {"typ": "openid4vci-proof+jwt", "jwk": holder.public_jwk.to_dict()} | (header or {})
    return build_jws(
        {name: value for name, value in head.items() if value is not None},
        {name: value for name, value in body.items() if value is not None},
        holder.sign,
    )


def check(proof: str, **arguments: Any) -> Any:
    return verify_key_proof(proof, **({"issuer": ISSUER, "at": AT} | arguments))


def test_a_proof_that_we_build_holds(holder: Any) -> None:
    built = build_key_proof(issuer=ISSUER, jwk=holder.public_jwk, sign=holder.sign, nonce="n", at=AT)
    proof = check(built)
    assert (proof.jwk, proof.nonce, proof.issued_at) == (holder.public_jwk, "n", AT)


def test_the_audience_may_be_an_array_of_one(holder: Any) -> None:
    check(proof_of(holder, aud=[ISSUER]))


def test_a_certificate_may_carry_the_key(holder: Any) -> None:
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "wallet unit")])
    certificate = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(holder.public_key)
        .serial_number(1)
        .not_valid_before(AT)
        .not_valid_after(AT + timedelta(days=1))
        .sign(holder.private_key, hashes.SHA256())
        .public_bytes(serialization.Encoding.DER)
    )
    assert (
        check(proof_of(holder, header={"jwk": None, "x5c": build_x5c([certificate])})).jwk
        == holder.public_jwk
    )


def test_a_key_by_name_needs_somebody_who_knows_it(holder: Any) -> None:
    proof = proof_of(holder, header={"jwk": None, "kid": "did:example:1#0"})
    with pytest.raises(InvalidProofError, match="kid"):
        check(proof)
    known = {"did:example:1#0": holder.public_jwk}
    assert check(proof, resolve_kid=known.get).jwk == holder.public_jwk


@pytest.mark.parametrize(
    "header",
    [
        {"typ": "JWT"},
        {"typ": None},
        {"typ": "openid4vci-proof+jwt2"},
        {"jwk": None},
        {"kid": "both"},
        {"x5c": ["AA=="]},
        {"jwk": None, "x5c": ["AA=="]},
        {"jwk": None, "x5c": []},
        {"jwk": None, "kid": 5},
        {"jwk": {}},
        {"crit": ["exp"]},
    ],
)
def test_a_header_must_name_type_and_exactly_one_key(holder: Any, header: dict[str, Any]) -> None:
    with pytest.raises(InvalidProofError):
        check(proof_of(holder, header=header))


@pytest.mark.parametrize(
    "claims",
    [
        {"aud": "https://issuer.example"},
        {"aud": None},
        {"aud": [ISSUER, "https://other.example"]},
        {"iat": None},
        {"iat": "0"},
        {"iat": True},
        {"iat": int(AT.timestamp()) - 3_600},
        {"iat": int(AT.timestamp()) + 120},
        {"iat": 1e300},
        {"nonce": 5},
        {"iss": "wallet"},
        {"iss": ""},
    ],
)
def test_claims_that_are_not_for_us_now_are_refused(holder: Any, claims: dict[str, Any]) -> None:
    """iss among them: with an anonymous token a proof carries none (appendix F.1)."""
    with pytest.raises(InvalidProofError):
        check(proof_of(holder, **claims))


def test_a_known_client_may_name_itself_and_no_other(holder: Any) -> None:
    check(proof_of(holder, iss="wallet"), client_id="wallet")
    with pytest.raises(InvalidProofError):
        check(proof_of(holder, iss="other"), client_id="wallet")


def test_a_proof_without_nonce_asks_for_one(holder: Any) -> None:
    with pytest.raises(InvalidNonceError):
        check(proof_of(holder, nonce=None))


def test_a_proof_signed_by_another_key_is_refused(holder: Any, stranger: Any) -> None:
    """header.jwk = holder, signed by stranger → refused: possession is not proved."""
    with pytest.raises(InvalidProofError):
        check(proof_of(stranger, header={"jwk": holder.public_jwk.to_dict()}))


def new_nonce(**changes: Any) -> str:
    arguments: dict[str, Any] = {
        "issuer": ISSUER,
        "random": bytes(16),
        "at": AT,
        "lifetime": timedelta(minutes=5),
    }
    return build_c_nonce(KEY, **(arguments | changes))


def test_a_nonce_is_fresh_until_it_expires() -> None:
    fresh = verify_c_nonce(new_nonce(), KEY, issuer=ISSUER, at=AT + timedelta(minutes=4, seconds=59))
    assert fresh.expires_at == AT + timedelta(minutes=5)
    with pytest.raises(InvalidNonceError):
        verify_c_nonce(new_nonce(), KEY, issuer=ISSUER, at=AT + timedelta(minutes=5))


def test_a_nonce_of_another_issuer_or_key_is_refused() -> None:
    with pytest.raises(InvalidNonceError):
        verify_c_nonce(new_nonce(issuer="https://issuer.example"), KEY, issuer=ISSUER, at=AT)
    with pytest.raises(InvalidNonceError):
        verify_c_nonce(new_nonce(), bytes(32), issuer=ISSUER, at=AT)


def test_every_changed_byte_spoils_a_nonce() -> None:
    """A nonce whose expiry, random part or tag was changed by one bit → refused."""
    from standards.jose import b64url_decode, b64url_encode

    raw = b64url_decode(new_nonce())
    for position in range(len(raw)):
        changed = raw[:position] + bytes([raw[position] ^ 1]) + raw[position + 1 :]
        with pytest.raises(InvalidNonceError):
            verify_c_nonce(b64url_encode(changed), KEY, issuer=ISSUER, at=AT)


def test_a_nonce_needs_its_random_bytes() -> None:
    with pytest.raises(ValueError, match="random"):
        new_nonce(random=b"few")


@given(st.text(max_size=150))
def test_any_nonce_or_proof_ends_in_our_error(text: str) -> None:
    with pytest.raises(InvalidNonceError):
        verify_c_nonce(text, KEY, issuer=ISSUER, at=AT)
    with pytest.raises(InvalidProofError):
        check(text)


_values = (
    st.none()
    | st.booleans()
    | st.floats()
    | st.integers(-(2**60), 2**60)
    | st.text(max_size=10)
    | st.lists(st.text(max_size=5), max_size=2)
)


@given(
    st.dictionaries(st.sampled_from(["aud", "iat", "nonce", "iss"]), _values),
    st.dictionaries(st.sampled_from(["typ", "jwk", "kid", "x5c", "crit"]), _values),
)
def test_any_proof_ends_in_our_error(holder: Any, claims: dict[str, Any], header: dict[str, Any]) -> None:
    with contextlib.suppress(CredentialRequestError):
        check(proof_of(holder, header=header, **claims))
