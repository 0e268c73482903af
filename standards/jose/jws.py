"""Compact JWS with ES256 (RFC 7515 section 3.1, RFC 7518 section 3.4).

The verifier decides the algorithm: ``verify_jws`` takes only ES256, whatever the header says (RFC 8725 section 3.1).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, Final

import orjson
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.utils import encode_dss_signature

from standards.jose.base64url import b64url_encode_bytes, decode_ascii
from standards.jose.errors import JoseError, SignatureError
from standards.json_reader import parse_json

Sign = Callable[[bytes], bytes]
"""Signs a message with ES256 and answers the raw signature r‖s of 64 bytes; the key stays where it is."""

SIGNATURE_BYTES: Final = 64
"""Length of an ES256 signature, r‖s (RFC 7518 section 3.4)."""

DEFAULT_MAX_CHARS: Final = 64 * 1024
"""Longest compact JWS that is read unless the caller says otherwise, in characters."""

_REMEMBERED_HEADERS: Final = 128
_REMEMBERED_HEADER_CHARS: Final = 8 * 1024
"""An issuer's header, chain of certificates included, is the same in each of its credentials; so is the header of
every key binding. The decoded form of the last ones is kept: at most 128 of 8 KB."""

_ES256: Final = {"alg": "ES256"}
_ECDSA_SHA256: Final = ec.ECDSA(hashes.SHA256())


@dataclass(frozen=True, slots=True)
class UnverifiedJws:
    """A well-formed compact JWS of which nothing has been verified.

    Attributes:
        header: the protected header; shared with others that read the same one, never to be changed.
        payload: the payload, as signed.
        signing_input: the bytes that the signature is over, as received.
        signature: the signature's bytes, of any length.
    """

    header: Mapping[str, Any]
    payload: bytes
    signing_input: bytes
    signature: bytes

    def claims(self) -> dict[str, Any]:
        """The payload as a JSON object (RFC 7519 section 4); raises ``JoseError`` if it is none."""
        return _json_object(self.payload)


@dataclass(frozen=True, slots=True)
class VerifiedJws:
    """A JWS whose signature was verified. Made only by ``verify_jws``.

    Attributes:
        header: the protected header.
        payload: the payload, as signed.
    """

    header: Mapping[str, Any]
    payload: bytes

    def claims(self) -> dict[str, Any]:
        """The payload as a JSON object (RFC 7519 section 4); raises ``JoseError`` if it is none."""
        return _json_object(self.payload)


def build_header_segment(header: Mapping[str, Any]) -> bytes:
    """The encoded protected header, for a signer that makes many JWS with the same one. ``alg`` is set to ES256."""
    return b64url_encode_bytes(orjson.dumps({**_ES256, **header, **_ES256}))


def build_jws(header: Mapping[str, Any], payload: Mapping[str, Any] | bytes, sign: Sign) -> str:
    """A signed compact JWS; ``alg`` of the header is always ES256."""
    body = payload if isinstance(payload, bytes) else orjson.dumps(payload)
    return build_jws_from_segments(build_header_segment(header), b64url_encode_bytes(body), sign)


def build_jws_from_segments(header_segment: bytes, payload_segment: bytes, sign: Sign) -> str:
    """A signed compact JWS from its two encoded segments."""
    signing_input = b"%b.%b" % (header_segment, payload_segment)
    return (b"%b.%b" % (signing_input, b64url_encode_bytes(sign(signing_input)))).decode("ascii")


def parse_jws(text: str, *, max_chars: int = DEFAULT_MAX_CHARS) -> UnverifiedJws:
    """The parts of a compact JWS, nothing verified.

    Raises ``JoseError`` when it is too long, has not three canonical base64url parts, or its header is no JSON
    object. A signature of the wrong length is left for verification to refuse.
    """
    if len(text) > max_chars:
        raise JoseError(
            f"签名数据超过 {max_chars} 个字符。", f"The signed object is longer than {max_chars} characters."
        )
    try:
        raw = text.encode("ascii")
    except UnicodeEncodeError as cause:
        raise _not_compact() from cause
    signing_input, dot, signature = raw.rpartition(b".")
    header_segment, other_dot, payload_segment = signing_input.partition(b".")
    if not dot or not other_dot or b"." in payload_segment:
        raise _not_compact()
    return UnverifiedJws(
        header=_header_of(header_segment),
        payload=decode_ascii(payload_segment),
        signing_input=signing_input,
        signature=decode_ascii(signature),
    )


def verify_es256(public_key: ec.EllipticCurvePublicKey, signing_input: bytes, signature: bytes) -> bool:
    """Whether ``signature`` (raw r‖s, 64 bytes) over ``signing_input`` is by the holder of ``public_key`` (P-256)."""
    # Other curves have 256 bits too: secp256k1 and brainpoolP256r1 are not the curve of ES256.
    if len(signature) != SIGNATURE_BYTES or not isinstance(public_key.curve, ec.SECP256R1):
        return False
    der = encode_dss_signature(int.from_bytes(signature[:32], "big"), int.from_bytes(signature[32:], "big"))
    try:
        public_key.verify(der, signing_input, _ECDSA_SHA256)
    except InvalidSignature:
        return False
    return True


def verify_jws(jws: UnverifiedJws, public_key: ec.EllipticCurvePublicKey, *, typ: str | None) -> VerifiedJws:
    """The JWS as verified with ``public_key``.

    Args:
        jws: what was received.
        public_key: a P-256 key that the caller trusts for this purpose.
        typ: the media type that the header must name (RFC 8725 section 3.11), or ``None`` where a standard
            defines none.

    Raises ``SignatureError`` for another algorithm (``none`` included), any critical extension (RFC 7515
    section 4.1.11: none is understood), another type, or a wrong signature.
    """
    header = jws.header
    if header.get("alg") != "ES256":
        raise SignatureError("签名算法不是 ES256。", "The signature algorithm is not ES256.", where="/alg")
    if "crit" in header:
        raise SignatureError(
            "签名含有不认识的关键扩展。",
            "The signature has a critical extension that is not understood.",
            where="/crit",
        )
    if typ is not None and header.get("typ") != typ:
        raise SignatureError(
            f"签名对象的类型应为 {typ}。", f"The signed object is not of type {typ}.", where="/typ"
        )
    if not verify_es256(public_key, jws.signing_input, jws.signature):
        raise SignatureError("签名无效。", "The signature is not valid.")
    return VerifiedJws(header, jws.payload)


def _header_of(segment: bytes) -> Mapping[str, Any]:
    if len(segment) > _REMEMBERED_HEADER_CHARS:
        return _json_object(decode_ascii(segment))
    return _remembered_header(segment)


@lru_cache(maxsize=_REMEMBERED_HEADERS)
def _remembered_header(segment: bytes) -> Mapping[str, Any]:
    """Shared by all who read the same header: to be read, never changed."""
    return _json_object(decode_ascii(segment))


def _json_object(data: bytes) -> dict[str, Any]:
    value = parse_json(data, error=JoseError)
    if not isinstance(value, dict):
        raise JoseError("内容应为 JSON 对象。", "The content is not a JSON object.")
    return value


def _not_compact() -> JoseError:
    return JoseError("不是紧凑格式的 JWS。", "This is not a JWS in compact form.")
