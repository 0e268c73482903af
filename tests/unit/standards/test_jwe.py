"""Encrypted messages, with jwcrypto as the other side."""

from __future__ import annotations

import json
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric import ec
from hypothesis import given, settings
from hypothesis import strategies as st
from joserfc import jwe as rfc7516
from joserfc.jwk import ECKey
from jwcrypto import jwe as oracle
from jwcrypto import jwk as oracle_jwk

from standards.jose import b64url_decode, b64url_encode, parse_public_jwk
from standards.jwe import ENCRYPTIONS, EphemeralKey, JweError, _agreed_key, decrypt, encrypt, recipient_key_id

KEY = EphemeralKey.generate("request-1")
MESSAGE = '{"vp_token":{"licence":["…"]}}'.encode()


@pytest.mark.parametrize("enc", ENCRYPTIONS)
def test_there_and_back(enc: str) -> None:
    text = encrypt(MESSAGE, KEY.public_jwk(), enc)
    assert decrypt(text, KEY) == MESSAGE
    assert recipient_key_id(text) == "request-1"


@pytest.mark.parametrize("enc", ENCRYPTIONS)
def test_both_ways_with_jwcrypto(enc: str) -> None:
    theirs = oracle.JWE(
        MESSAGE,
        recipient=oracle_jwk.JWK(**KEY.public_jwk()),
        protected=json.dumps({"alg": "ECDH-ES", "enc": enc, "kid": "request-1"}),
    ).serialize(compact=True)
    assert decrypt(theirs, KEY) == MESSAGE
    reader = oracle.JWE()
    reader.deserialize(encrypt(MESSAGE, KEY.public_jwk(), enc), key=oracle_jwk.JWK.from_pyca(KEY.private_key))
    assert reader.payload == MESSAGE


def test_key_survives_being_stored() -> None:
    stored = EphemeralKey.from_private_bytes("request-1", KEY.private_bytes())
    assert decrypt(encrypt(MESSAGE, KEY.public_jwk()), stored) == MESSAGE
    assert "private" not in repr(KEY)


def with_header(text: str, **changes: Any) -> str:
    head, rest = text.split(".", 1)
    header = {**json.loads(b64url_decode(head)), **changes}
    return f"{b64url_encode(json.dumps(header).encode())}.{rest}"


@pytest.mark.parametrize(
    "changes",
    [
        {"alg": "dir"},
        {"alg": "ECDH-ES+A128KW"},
        {"alg": "none"},
        {"enc": "A128CBC-HS256"},
        {"zip": "DEF"},
        {"crit": ["exp"]},
        {"kid": "request-2"},
        {"kid": 7},
        {"epk": None},
        {"epk": {"kty": "EC", "crv": "P-256", "x": "A" * 43, "y": "A" * 43}},  # invalid-curve attack
        {"apu": "changed"},
    ],
)
def test_altered_header_is_refused(changes: dict[str, Any]) -> None:
    """A message whose header names another algorithm, key, compression or curve point -> refused."""
    with pytest.raises(JweError):
        decrypt(with_header(encrypt(MESSAGE, KEY.public_jwk()), **changes), KEY)


@pytest.mark.parametrize("part", [2, 3, 4])
def test_altered_body_is_refused(part: int) -> None:
    parts = encrypt(MESSAGE, KEY.public_jwk()).split(".")
    raw = bytearray(b64url_decode(parts[part]))
    raw[0] ^= 1
    parts[part] = b64url_encode(bytes(raw))
    with pytest.raises(JweError):
        decrypt(".".join(parts), KEY)


def test_message_for_another_key_is_refused() -> None:
    other = EphemeralKey.generate("request-1")
    with pytest.raises(JweError):
        decrypt(encrypt(MESSAGE, other.public_jwk()), KEY)


@pytest.mark.parametrize(
    "jwk",
    [{}, {"kty": "RSA"}, {**KEY.public_jwk(), "alg": "RSA-OAEP"}, {**KEY.public_jwk(), "crv": "P-521"}],
)
def test_unusable_recipient_key_is_refused(jwk: dict[str, Any]) -> None:
    with pytest.raises(JweError):
        encrypt(MESSAGE, jwk)


def test_too_long_and_unknown_encryption_and_damaged_key_are_refused() -> None:
    with pytest.raises(JweError):
        decrypt("a" * 101, KEY, max_chars=100)
    with pytest.raises(JweError):
        encrypt(MESSAGE, KEY.public_jwk(), "A192GCM")
    with pytest.raises(JweError):
        EphemeralKey.from_private_bytes("x", b"\x00")


@settings(max_examples=60)
@given(st.text(max_size=80) | st.from_regex(r"[\w-]*\.[\w-]*\.[\w-]*\.[\w-]*\.[\w-]*"))
def test_any_text_is_a_jwe_error(text: str) -> None:
    with pytest.raises(JweError):
        decrypt(text, KEY)


@settings(max_examples=100)
@given(
    st.dictionaries(
        st.sampled_from(["alg", "enc", "epk", "kid", "apu", "apv", "zip"]),
        st.sampled_from(["ECDH-ES", "A128GCM", KEY.public_jwk(), "x", 1, None, [], {}]),
    )
)
def test_any_header_is_a_jwe_error(header: dict[str, Any]) -> None:
    head = b64url_encode(json.dumps(header).encode())
    with pytest.raises(JweError):
        decrypt(f"{head}..AAAAAAAAAAAAAAAA.AAAA.AAAAAAAAAAAAAAAAAAAAAA", KEY)


def test_key_agreement_of_rfc_7518_appendix_c() -> None:
    """Alice's ephemeral key, Bob's key, apu "Alice", apv "Bob", A128GCM → the derived key of the appendix."""
    bob = ec.derive_private_key(
        int.from_bytes(b64url_decode("VEmDZpDXXK8p8N0Cndsxs924q6nS1RXFASRl6BfUqdw"), "big"), ec.SECP256R1()
    )
    alice = parse_public_jwk(
        {
            "kty": "EC",
            "crv": "P-256",
            "x": "gI0GAILBdu7T53akrFmMyGcsF3n5dO7MmwNBHKW5SV0",
            "y": "SLW_xSffzlPWrHEVI30DHM_4egVwt3NQqeUD7nMFpps",
        }
    )
    secret = bob.exchange(ec.ECDH(), alice.public_key())
    assert _agreed_key(secret, "A128GCM", b"Alice", b"Bob") == b64url_decode("VqqN6vgjbSBcIijNcacQGg")


@pytest.mark.parametrize("enc", ENCRYPTIONS)
def test_party_information_of_another_implementation_is_heeded(enc: str) -> None:
    """joserfc encrypts with apu and apv in the header → it opens; with apv changed afterwards → it does not."""
    key = EphemeralKey.generate("k")
    header = {"alg": "ECDH-ES", "enc": enc, "apu": b64url_encode(b"wallet"), "apv": b64url_encode(b"nonce")}
    recipient = ECKey.import_key(
        {name: value for name, value in key.public_jwk().items() if name in ("kty", "crv", "x", "y")}
    )
    message = rfc7516.encrypt_compact(header, b"shown", recipient, algorithms=["ECDH-ES", enc])
    assert decrypt(message, key) == b"shown"
    protected, rest = message.split(".", 1)
    changed = b64url_decode(protected).replace(
        b64url_encode(b"nonce").encode(), b64url_encode(b"other").encode()
    )
    with pytest.raises(JweError):
        decrypt(f"{b64url_encode(changed)}.{rest}", key)
