"""Compact JWS with ES256, with the values of RFC 7515 appendix A.3."""

from __future__ import annotations

import contextlib
import json
from typing import Any

import jwt
import pytest
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature
from hypothesis import given
from hypothesis import strategies as st

from standards.jose import (
    JoseError,
    SignatureError,
    b64url_encode,
    build_jws,
    parse_jws,
    parse_public_jwk,
    verify_es256,
    verify_jws,
)

# RFC 7515 appendix A.3.1
A3_KEY = {
    "kty": "EC",
    "crv": "P-256",
    "x": "f83OJ3D2xF1Bg8vub9tLe1gHMzV76e8Tus9uPHvRVEU",
    "y": "x_FEzRu9m36HLN_tue659LNpXW6pCyStikYjKIWI5a0",
}
A3_JWS = (
    "eyJhbGciOiJFUzI1NiJ9"
    ".eyJpc3MiOiJqb2UiLA0KICJleHAiOjEzMDA4MTkzODAsDQogImh0dHA6Ly9leGFtcGxlLmNvbS9pc19yb290Ijp0cnVlfQ"
    ".DtEhU3ljbEg8L38VWAfUAqOyKAM6-Xx-F4GawxaepmXFCgfTjDxw5djxLa8ISlSApmWQxfKTUJqPP3-Kg6NU1Q"
)


def test_rfc7515_appendix_a3_verifies() -> None:
    verified = verify_jws(parse_jws(A3_JWS), parse_public_jwk(A3_KEY).public_key(), typ=None)
    assert verified.claims() == {"iss": "joe", "exp": 1300819380, "http://example.com/is_root": True}


def test_there_and_back_and_pyjwt_agrees(issuer: Any) -> None:
    text = build_jws({"typ": "x+jwt", "alg": "none"}, {"a": "值"}, issuer.sign)
    jws = parse_jws(text)
    assert jws.header == {"alg": "ES256", "typ": "x+jwt"}
    assert verify_jws(jws, issuer.public_key, typ="x+jwt").claims() == {"a": "值"}
    assert jwt.decode(text, issuer.public_key, algorithms=["ES256"]) == {"a": "值"}
    theirs = jwt.encode({"b": 1}, issuer.private_key, algorithm="ES256")
    assert verify_jws(parse_jws(theirs), issuer.public_key, typ="JWT").claims() == {"b": 1}


def forge(header: dict[str, Any], payload: dict[str, Any], signature: bytes) -> str:
    parts = (json.dumps(header).encode(), json.dumps(payload).encode(), signature)
    return ".".join(map(b64url_encode, parts))


@pytest.mark.parametrize("alg", ["none", "None", "HS256", "ES384", "RS256", "es256", None, ["ES256"], ""])
def test_algorithm_other_than_es256_is_refused(issuer: Any, alg: object) -> None:
    """The same input, correctly signed with ES256, but the header names ``alg`` -> refused."""
    head = b64url_encode(json.dumps({"alg": alg}).encode())
    signing_input = f"{head}.{b64url_encode(b'{}')}"
    text = f"{signing_input}.{b64url_encode(issuer.sign(signing_input.encode()))}"
    with pytest.raises(SignatureError):
        verify_jws(parse_jws(text), issuer.public_key, typ=None)


def test_algorithm_none_without_signature_is_refused(issuer: Any) -> None:
    """``{"alg":"none"}`` with an empty signature -> refused."""
    with pytest.raises(SignatureError):
        verify_jws(parse_jws(forge({"alg": "none"}, {}, b"")), issuer.public_key, typ=None)


def test_mac_with_the_public_key_is_refused(issuer: Any) -> None:
    """HS256 keyed with the public key's text, the classic confusion -> refused before any key is used."""
    text = jwt.encode({}, issuer.public_jwk.thumbprint(), algorithm="HS256")
    with pytest.raises(SignatureError):
        verify_jws(parse_jws(text), issuer.public_key, typ=None)


def test_critical_extension_is_refused(issuer: Any) -> None:
    """``crit`` names an extension nobody knows; the signature is right -> refused (RFC 7515 section 4.1.11)."""
    text = build_jws({"crit": ["exp"], "exp": 1}, {}, issuer.sign)
    with pytest.raises(SignatureError):
        verify_jws(parse_jws(text), issuer.public_key, typ=None)


def test_another_type_is_refused(issuer: Any) -> None:
    """A rightly signed token of another kind -> refused (RFC 8725 section 3.11)."""
    text = build_jws({"typ": "JWT"}, {}, issuer.sign)
    with pytest.raises(SignatureError):
        verify_jws(parse_jws(text), issuer.public_key, typ="kb+jwt")


def test_changed_payload_and_strange_key_are_refused(issuer: Any, stranger: Any) -> None:
    head, _, signature = build_jws({}, {"amount": 1}, issuer.sign).split(".")
    changed = f"{head}.{b64url_encode(b'{}')}.{signature}"
    with pytest.raises(SignatureError):
        verify_jws(parse_jws(changed), issuer.public_key, typ=None)
    with pytest.raises(SignatureError):
        verify_jws(parse_jws(f"{build_jws({}, {}, issuer.sign)}"), stranger.public_key, typ=None)


@pytest.mark.parametrize("signature", [b"", b"\x00" * 63, b"\x00" * 64, b"\xff" * 64, b"\x00" * 65])
def test_signature_of_wrong_length_or_range_is_false(issuer: Any, signature: bytes) -> None:
    """Lengths other than 64 bytes, r = s = 0, r and s above the order -> not valid, no exception."""
    assert verify_es256(issuer.public_key, b"message", signature) is False


@pytest.mark.parametrize("curve", [ec.SECP256K1(), ec.BrainpoolP256R1()], ids=lambda curve: str(curve.name))
def test_key_of_the_same_size_on_another_curve_is_false(curve: ec.EllipticCurve) -> None:
    """A right ECDSA signature by a key of 256 bits that is not on P-256 -> not ES256 (RFC 7518 section 3.4)."""
    key = ec.generate_private_key(curve)
    r, s = decode_dss_signature(key.sign(b"message", ec.ECDSA(hashes.SHA256())))
    raw = r.to_bytes(32, "big") + s.to_bytes(32, "big")
    assert verify_es256(key.public_key(), b"message", raw) is False


def test_key_on_another_curve_is_false() -> None:
    key = ec.generate_private_key(ec.SECP384R1()).public_key()
    assert verify_es256(key, b"message", b"\x01" * 64) is False


@pytest.mark.parametrize(
    "text",
    [
        "",
        ".",
        "..",
        "a.b",
        "a.b.c.d",
        "e30.e30.",
        "e30..",
        "W10.e30.AAAA",
        "中.文.字",
        A3_JWS + "=",
        " " + A3_JWS,
    ],
)
def test_what_is_no_jws_is_refused_or_never_verifies(issuer: Any, text: str) -> None:
    with pytest.raises(JoseError):
        verify_jws(parse_jws(text), issuer.public_key, typ=None)


def test_too_long_is_refused_before_it_is_read() -> None:
    with pytest.raises(JoseError):
        parse_jws("a" * 101, max_chars=100)


@given(
    st.text(alphabet=st.characters(codec="utf-8"), max_size=200) | st.from_regex(r"[\w-]*\.[\w-]*\.[\w-]*")
)
def test_any_text_gives_a_jws_or_a_jose_error(text: str) -> None:
    with contextlib.suppress(JoseError):
        parse_jws(text).claims()


@given(st.binary(max_size=300), st.binary(max_size=80))
def test_any_payload_is_an_object_or_a_jose_error(payload: bytes, signature: bytes) -> None:
    text = ".".join(map(b64url_encode, (b'{"alg":"ES256"}', payload, signature)))
    jws = parse_jws(text)
    assert jws.payload == payload
    with contextlib.suppress(JoseError):
        assert isinstance(jws.claims(), dict)
