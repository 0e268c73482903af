"""COSE_Sign1 with ES256 and compressed P-256 keys (RFC 9052 section 4.2, RFC 9053 sections 2.1 and 7.1.1).

Messages are untagged: what they are, the place where they stand says. As with JOSE, the verifier decides the
algorithm, and an unprotected header is not read at all: it is empty.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from standards.cwt.cbor import decode_cbor, encode_cbor
from standards.cwt.errors import CwtAlgorithmError, CwtError, CwtSignatureError
from standards.jose import JoseError, PublicJwk, Sign, public_jwk_of, verify_es256

ALG: Final = 1
"""Header label of the algorithm (RFC 9052 section 3.1)."""

CRIT: Final = 2
"""Header label of headers that must be understood; none beyond ours is."""

ES256: Final = -7
"""RFC 9053 section 2.1."""

SIGNATURE_BYTES: Final = 64
COMPRESSED_BYTES: Final = 33
"""A compressed point: its sign and its x coordinate (SEC 1 section 2.3.3)."""

_CURVE: Final = ec.SECP256R1()
_KTY, _EC2, _CRV, _P256, _X, _Y = 1, 2, -1, 1, -2, -3


@dataclass(frozen=True, slots=True)
class UnverifiedSign1:
    """A well-formed COSE_Sign1 of which nothing has been verified.

    Attributes:
        data: the whole message, as received.
        protected: the protected header.
        protected_bytes: the same as received: what was signed.
        payload: the payload, as signed.
        signature: r‖s.
    """

    data: bytes
    protected: Mapping[int, Any]
    protected_bytes: bytes
    payload: bytes
    signature: bytes


def build_sign1(protected: Mapping[int, Any], payload: bytes, sign: Sign, *, external: bytes = b"") -> bytes:
    """A signed message; the algorithm in ``protected`` is always ES256.

    Args:
        protected: further headers.
        payload: what is signed.
        sign: raw ES256 signature of the signer.
        external: what is signed as well without being carried (section 4.3).
    """
    header = encode_cbor({**protected, ALG: ES256})
    signature = sign(signing_input(header, payload, external))
    return encode_cbor([header, {}, payload, signature])


def signing_input(protected: bytes, payload: bytes, external: bytes) -> bytes:
    """The Sig_structure, over which the signature is made (section 4.4)."""
    return encode_cbor(["Signature1", protected, external, payload])


def parse_sign1(data: bytes) -> UnverifiedSign1:
    """The parts of a message, nothing verified; raises ``CwtError``."""
    parts = decode_cbor(data)
    match parts:
        case [bytes(protected_bytes), dict(unprotected), bytes(payload), bytes(signature)] if not unprotected:
            protected = decode_cbor(protected_bytes)
        case _:
            raise CwtError("不是 COSE_Sign1 签名。", "This is not a COSE_Sign1 message.")
    if not isinstance(protected, dict) or len(signature) != SIGNATURE_BYTES:
        raise CwtError("签名的格式不对。", "The signed message does not have its form.")
    return UnverifiedSign1(data, protected, protected_bytes, payload, signature)


def verify_sign1(
    message: UnverifiedSign1, public_key: ec.EllipticCurvePublicKey, *, external: bytes = b""
) -> None:
    """See that the message is signed with ``public_key`` (P-256) over its payload and ``external``.

    Raises ``CwtAlgorithmError`` for another algorithm, or a header that must be understood; ``CwtSignatureError``
    for a wrong signature.
    """
    if message.protected.get(ALG) != ES256 or CRIT in message.protected:
        raise CwtAlgorithmError("签名算法不是 ES256。", "The signature algorithm is not ES256.")
    signed = signing_input(message.protected_bytes, message.payload, external)
    if not verify_es256(public_key, signed, message.signature):
        raise CwtSignatureError("签名无效。", "The signature is not valid.")


def compress_key(key: PublicJwk) -> bytes:
    """The compressed point of a key, 33 bytes."""
    return key.public_key().public_bytes(Encoding.X962, PublicFormat.CompressedPoint)


def parse_compressed_key(data: Any) -> PublicJwk:
    """The key behind a compressed point; raises ``CwtError`` when it is none on P-256."""
    if not isinstance(data, bytes) or len(data) != COMPRESSED_BYTES:
        raise CwtError("公钥长度不对。", "The public key does not have 33 bytes.")
    try:
        return public_jwk_of(ec.EllipticCurvePublicKey.from_encoded_point(_CURVE, data))
    except (ValueError, JoseError) as cause:
        raise CwtError("公钥不在 P-256 曲线上。", "The public key is not a point on P-256.") from cause


def build_cose_key(key: PublicJwk) -> dict[int, Any]:
    """The key as a COSE_Key with a compressed point: ``y`` is its sign (RFC 9053 section 7.1.1)."""
    compressed = compress_key(key)
    return {_KTY: _EC2, _CRV: _P256, _X: compressed[1:], _Y: compressed[0] == 3}


def parse_cose_key(value: Any) -> PublicJwk:
    """The P-256 key of an untrusted COSE_Key with a compressed point; raises ``CwtError``.

    A private part, or any other member, is refused.
    """
    if not isinstance(value, dict) or set(value) != {_KTY, _CRV, _X, _Y}:
        raise CwtError("公钥的格式不对。", "The COSE key does not have its form.")
    x, y = value[_X], value[_Y]
    if value[_KTY] != _EC2 or value[_CRV] != _P256 or not isinstance(x, bytes) or not isinstance(y, bool):
        raise CwtError("只支持 P-256 公钥。", "Only compressed P-256 keys are supported.")
    return parse_compressed_key((b"\x03" if y else b"\x02") + x)
