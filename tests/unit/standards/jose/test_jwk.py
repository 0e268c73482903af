"""Public P-256 keys."""

from __future__ import annotations

import json
from hashlib import sha256
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric import ec
from joserfc.jwk import ECKey

from standards.jose import JoseError, PublicJwk, b64url_encode, parse_public_jwk, public_jwk_of


def test_there_and_back(holder: Any) -> None:
    jwk = holder.public_jwk
    assert parse_public_jwk({**jwk.to_dict(), "kid": "1", "use": "sig"}) == jwk
    assert jwk.public_key().public_numbers() == holder.public_key.public_numbers()


def test_thumbprint_as_rfc7638_says_and_as_joserfc_does(holder: Any) -> None:
    jwk = holder.public_jwk
    members = dict(sorted(jwk.to_dict().items()))
    expected = sha256(json.dumps(members, separators=(",", ":")).encode()).digest()
    assert jwk.thumbprint() == b64url_encode(expected)
    assert jwk.thumbprint() == ECKey.import_key(jwk.to_dict()).thumbprint()


def test_coordinates_keep_leading_zeros() -> None:
    """A key whose x starts with a zero byte keeps 32 bytes in its JWK (RFC 7518 section 6.2.1.2)."""
    number = 1
    while True:
        key = ec.derive_private_key(number, ec.SECP256R1()).public_key()
        if key.public_numbers().x < 1 << 248:
            break
        number += 1
    jwk = public_jwk_of(key)
    assert jwk.x[0] == 0
    assert len(jwk.x) == 32
    assert parse_public_jwk(jwk.to_dict()) == jwk


@pytest.mark.parametrize(
    "change",
    [
        {"kty": "RSA"},
        {"crv": "P-384"},
        {"crv": "secp256k1"},
        {"d": "AAAA"},  # a private key on its way out
        {"k": "AAAA"},
        {"x": 1},
        {"x": None},
        {"x": "A" * 43},  # not on the curve
        {"y": "AAAA"},
        {"y": "=" * 43},
    ],
)
def test_refused(holder: Any, change: dict[str, Any]) -> None:
    with pytest.raises(JoseError):
        parse_public_jwk({**holder.public_jwk.to_dict(), **change})


@pytest.mark.parametrize("value", [None, [], "x", {}])
def test_what_is_no_key_is_refused(value: object) -> None:
    with pytest.raises(JoseError):
        parse_public_jwk(value)


def test_other_curves_and_lengths_are_refused() -> None:
    with pytest.raises(JoseError):
        public_jwk_of(ec.generate_private_key(ec.SECP384R1()).public_key())
    with pytest.raises(JoseError):
        PublicJwk(b"\x01", b"\x02")
