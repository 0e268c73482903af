"""Identity codes: the specification's vectors, an independent implementation in both directions, and hostile codes."""

from __future__ import annotations

import json
import time
import zlib
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import cbor2
import claim169
import pytest
from cryptography.hazmat.primitives.asymmetric import ec, ed25519
from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature
from cryptography.hazmat.primitives.hashes import SHA256
from hypothesis import given, settings
from hypothesis import strategies as st

from standards.claim169 import (
    Claim169EncryptedError,
    Claim169Error,
    Claim169SignatureError,
    Claim169TooLargeError,
    parse_identity_code,
    verify_identity_code,
)
from standards.cwt.base45 import base45_encode
from standards.cwt.cose import signing_input

# From the specification's public repository (MIT licence).
VECTORS = {
    file.stem: json.loads(file.read_text())
    for file in sorted((Path(__file__).parents[3] / "vectors" / "claim169").glob("*.json"))
}
SEED = bytes.fromhex("9d61b19deffd5a60ba844af492ec2cc44449c5697b326919703bac031cae7f60")
ED = ed25519.Ed25519PrivateKey.from_private_bytes(SEED)
EC = ec.derive_private_key(0xE1E1C3, ec.SECP256R1())


def pack(message: Any, *, tag: bytes = b"\xd2") -> str:
    return base45_encode(zlib.compress(tag + cbor2.dumps(message)))


def signed(claims: dict[int, Any], *, header: dict[int, Any] | None = None, tag: bytes = b"\xd2") -> str:
    protected = cbor2.dumps({1: -8} if header is None else header)
    payload = cbor2.dumps(claims)
    return pack([protected, {}, payload, ED.sign(signing_input(protected, payload, b""))], tag=tag)


CLAIMS: dict[int, Any] = {1: "https://id.example", 4: 1_800_000_000, 169: {1: "ID-1", 4: "Jane"}}


@pytest.mark.parametrize("name", [name for name in VECTORS if not name.startswith("invalid")])
def test_vectors_are_read(name: str) -> None:
    vector = VECTORS[name]
    code = parse_identity_code(vector["qr_data"])
    expected, meta = vector["expected_claim169"], vector["expected_cwt_meta"]
    identity = code.identity
    assert (identity.id, identity.full_name) == (expected["id"], expected["fullName"])
    assert code.issuer == meta["issuer"]
    assert code.expires_at == datetime.fromtimestamp(meta["expiresAt"], UTC)
    for ours, theirs in (
        ("address", "address"),
        ("email", "email"),
        ("phone", "phone"),
        ("secondary_full_name", "secondaryFullName"),
        ("legal_status", "legalStatus"),
        ("country_of_issuance", "countryOfIssuance"),
        ("guardian", "guardian"),
    ):
        assert getattr(identity, ours) == expected.get(theirs)
    assert identity.gender == {None: None, 1: "male", 2: "female"}[expected.get("gender")]
    assert identity.date_of_birth == (
        date.fromisoformat(expected["dateOfBirth"]) if "dateOfBirth" in expected else None
    )
    assert (identity.face is not None) == ("face" in expected)


@pytest.mark.parametrize("name", [name for name in VECTORS if name.startswith("invalid")])
def test_invalid_vectors_are_refused(name: str) -> None:
    with pytest.raises(Claim169Error):
        parse_identity_code(VECTORS[name]["qr_data"])


def test_the_signed_vector_verifies_and_an_unsigned_one_never_does() -> None:
    vector = VECTORS["valid-ed25519-signed"]
    key = ed25519.Ed25519PublicKey.from_public_bytes(bytes.fromhex(vector["signing_key"]["public_key_hex"]))
    code = parse_identity_code(vector["qr_data"])
    assert verify_identity_code(code, key).code is code
    with pytest.raises(Claim169SignatureError):
        verify_identity_code(parse_identity_code(VECTORS["valid-minimal"]["qr_data"]), key)
    with pytest.raises(Claim169SignatureError):
        verify_identity_code(code, EC.public_key())


@pytest.mark.parametrize("algorithm", ["EdDSA", "ES256"])
def test_what_another_implementation_writes_is_read(algorithm: str) -> None:
    person = claim169.Claim169Input(id="ID-7", full_name="王大伟")
    meta = claim169.CwtMetaInput(issuer="https://id.example", expires_at=1_900_000_000)
    if algorithm == "EdDSA":
        text, key = claim169.encode_with_ed25519(person, meta, SEED), ED.public_key()
    else:
        secret = EC.private_numbers().private_value.to_bytes(32)
        text, key = claim169.encode_with_ecdsa_p256(person, meta, secret), EC.public_key()
    text = getattr(text, "qr_data", text)
    code = verify_identity_code(parse_identity_code(text), key).code
    assert (code.identity.id, code.identity.full_name, code.issuer) == (
        "ID-7",
        "王大伟",
        "https://id.example",
    )
    with pytest.raises(Claim169SignatureError):
        verify_identity_code(code, ed25519.Ed25519PrivateKey.generate().public_key())


def test_another_implementation_reads_what_the_tests_here_write() -> None:
    public = ED.public_key().public_bytes_raw()
    read = claim169.decode_with_ed25519(signed(CLAIMS), public, validate_timestamps=False)
    assert (read.claim169.id, read.claim169.full_name) == ("ID-1", "Jane")


@pytest.mark.parametrize("tag", [b"", b"\xd2", b"\xd8\x3d\xd2"])
def test_tags_may_be_there_or_not(tag: bytes) -> None:
    """Untagged, COSE_Sign1 (18), CWT (61) around it → the same code."""
    assert verify_identity_code(parse_identity_code(signed(CLAIMS, tag=tag)), ED.public_key())


def test_text_values_of_earlier_versions_are_read() -> None:
    code = parse_identity_code(
        signed({**CLAIMS, 169: {4: "Jane", 8: "1990-05-15", 9: "Female", 14: "single"}})
    )
    identity = code.identity
    assert (identity.gender, identity.date_of_birth) == ("female", date(1990, 5, 15))
    assert identity.marital_status is None


def test_es256_is_over_the_same_bytes() -> None:
    protected, payload = cbor2.dumps({1: -7, 4: b"key-1"}), cbor2.dumps(CLAIMS)
    r, s = decode_dss_signature(EC.sign(signing_input(protected, payload, b""), ec.ECDSA(SHA256())))
    text = pack([protected, {}, payload, r.to_bytes(32) + s.to_bytes(32)])
    code = parse_identity_code(text)
    assert code.key_id == b"key-1"
    assert verify_identity_code(code, EC.public_key())


# -- hostile codes -----------------------------------------------------------------------------------------------------


def test_a_decompression_bomb_is_refused_at_once() -> None:
    """5 kB of text that unpack to 4 MB of spaces → refused after 64 kB."""
    text = base45_encode(zlib.compress(b"\x20" * 3_500_000, 9))
    assert len(text) < 8 * 1024
    began = time.perf_counter()
    with pytest.raises(Claim169TooLargeError):
        parse_identity_code(text)
    assert time.perf_counter() - began < 0.5


def test_a_longer_text_is_not_looked_at() -> None:
    with pytest.raises(Claim169TooLargeError):
        parse_identity_code("A" * 9000)


@pytest.mark.parametrize(
    "content",
    [
        b"\x81" * 50_000,  # a list in a list in a list …
        b"\x9b\x7f\xff\xff\xff\xff\xff\xff\xff",  # a list that says it has 2**63 members
        b"\x5b\x7f\xff\xff\xff\xff\xff\xff\xff",  # so many bytes
        b"\xa2\x01\x01\x01\x02",  # one key twice
        b"\xd8\x23\x68(a+)+$aaa",  # a regular expression, tag 35
        b"\xd8\x1c\x81\xd8\x1d\x00",  # a list that holds itself, tags 28 and 29
        b"",
    ],
)
def test_recursive_and_lying_cbor_is_refused(content: bytes) -> None:
    for text in (
        base45_encode(zlib.compress(content)),
        pack([cbor2.dumps({1: -8}), {}, content, b""]),
        pack([content, {}, cbor2.dumps(CLAIMS), b""]),
    ):
        if content == b"" and text == pack([b"", {}, cbor2.dumps(CLAIMS), b""]):
            continue  # an empty protected header is allowed (RFC 9052 section 3), and never verifies
        with pytest.raises(Claim169Error):
            parse_identity_code(text)


def test_an_encrypted_code_says_so() -> None:
    with pytest.raises(Claim169EncryptedError):
        parse_identity_code(base45_encode(zlib.compress(b"\xd0" + cbor2.dumps([b"", {}, b"x"]))))


def test_data_behind_the_stream_are_refused() -> None:
    packed = zlib.compress(b"\xd2" + cbor2.dumps([b"", {}, cbor2.dumps(CLAIMS), b""]))
    for altered in (packed + b"x", packed[:-3]):
        with pytest.raises(Claim169Error):
            parse_identity_code(base45_encode(altered))


@pytest.mark.parametrize("time_value", ["soon", -1, 10**15, True, [1]])
def test_an_end_that_is_no_time_is_not_no_end(time_value: Any) -> None:
    with pytest.raises(Claim169Error):
        parse_identity_code(signed({**CLAIMS, 4: time_value}))


@pytest.mark.parametrize("header", [{1: -8, 2: [42]}, {1: -7}, {1: -257}, {}])
def test_other_algorithms_and_critical_headers_never_verify(header: dict[int, Any]) -> None:
    with pytest.raises(Claim169SignatureError):
        verify_identity_code(parse_identity_code(signed(CLAIMS, header=header)), ED.public_key())


@pytest.mark.parametrize("place", ["payload", "protected", "signature"])
def test_an_altered_byte_never_verifies(place: str) -> None:
    protected, payload = cbor2.dumps({1: -8, 4: b"kid"}), cbor2.dumps(CLAIMS)
    parts = {
        "protected": protected,
        "payload": payload,
        "signature": ED.sign(signing_input(protected, payload, b"")),
    }
    at = parts[place].rfind(b"Jane") if place == "payload" else len(parts[place]) - 1
    parts[place] = parts[place][:at] + bytes([parts[place][at] ^ 1]) + parts[place][at + 1 :]
    code = parse_identity_code(pack([parts["protected"], {}, parts["payload"], parts["signature"]]))
    with pytest.raises(Claim169SignatureError):
        verify_identity_code(code, ED.public_key())


@settings(max_examples=200, deadline=None)
@given(
    st.text(max_size=60)
    | st.binary(max_size=80).map(lambda data: base45_encode(zlib.compress(data)))
    | st.binary(max_size=60).map(lambda data: pack([cbor2.dumps({1: -8}), {}, data, b""]))
)
def test_any_text_gives_a_code_or_an_own_error(text: str) -> None:
    try:
        parse_identity_code(text)
    except Claim169Error as error:
        assert error.message.zh  # noqa: PT017
