"""The ``c_nonce`` of key proofs (OpenID4VCI 1.0 section 7): made with a MAC, so that only its *use* is stored.

Shape: base64url of ``expiry ‖ random ‖ tag``: expiry is 8 bytes, seconds since the epoch, big-endian; random is 16
bytes; tag is HMAC-SHA-256 over the issuer's identifier and the two before, cut to 16 bytes.
"""

from __future__ import annotations

import hashlib
import hmac
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any, Final

from standards.errors import InvalidInputError
from standards.jose import JoseError, b64url_decode, b64url_encode
from standards.json_reader import Reader
from standards.openid4vci.errors import InvalidNonceError

RANDOM_BYTES: Final = 16
"""Length of the random part, bytes."""

_EXPIRY_BYTES: Final = 8
_TAG_BYTES: Final = 16
_NONCE_BYTES: Final = _EXPIRY_BYTES + RANDOM_BYTES + _TAG_BYTES
_MAX_NONCE_CHARS: Final = 128


@dataclass(frozen=True, slots=True)
class FreshNonce:
    """A nonce that we made and that has not expired; whether it was used is for the store to say.

    Made only by :func:`verify_c_nonce`.
    """

    value: str
    expires_at: datetime


class InvalidNonceResponseError(InvalidInputError):
    """A nonce endpoint answered with something else than a nonce."""

    code = "openid4vci-invalid-nonce-response"


def build_c_nonce(mac_key: bytes, *, issuer: str, random: bytes, at: datetime, lifetime: timedelta) -> str:
    """A nonce for the issuer identified by ``issuer``.

    Args:
        mac_key: 32 bytes, used for nothing else.
        issuer: credential issuer identifier.
        random: :data:`RANDOM_BYTES` fresh random bytes.
        at: now.
        lifetime: how long proofs with it are accepted.
    """
    if len(random) != RANDOM_BYTES:
        raise ValueError(f"{RANDOM_BYTES} random bytes are needed")
    body = int((at + lifetime).timestamp()).to_bytes(_EXPIRY_BYTES, "big") + random
    return b64url_encode(body + _tag(mac_key, issuer, body))


def verify_c_nonce(nonce: str, mac_key: bytes, *, issuer: str, at: datetime) -> FreshNonce:
    """Check that ``nonce`` was made for this issuer and has not expired.

    Raises:
        InvalidNonceError: it is not one of ours, or too old: the wallet fetches another (section 8.3.1.2).
    """
    try:
        raw = b64url_decode(nonce) if len(nonce) <= _MAX_NONCE_CHARS else b""
    except JoseError:
        raw = b""
    body, tag = raw[:-_TAG_BYTES], raw[-_TAG_BYTES:]
    if len(raw) != _NONCE_BYTES or not hmac.compare_digest(tag, _tag(mac_key, issuer, body)):
        raise InvalidNonceError("随机数不是本机构所发。", "The nonce is not one of this issuer.")
    expires_at = datetime.fromtimestamp(int.from_bytes(body[:_EXPIRY_BYTES], "big"), UTC)
    if expires_at <= at:
        raise InvalidNonceError("随机数已过期。", "The nonce has expired.")
    return FreshNonce(nonce, expires_at)


def build_nonce_response(nonce: str) -> dict[str, Any]:
    """Body of the nonce response; it goes out with ``Cache-Control: no-store`` (section 7.2)."""
    return {"c_nonce": nonce}


def parse_nonce_response(document: Any) -> str:
    """The ``c_nonce`` of a nonce response.

    Raises:
        InvalidNonceResponseError: there is none.
    """
    return Reader(document, error=InvalidNonceResponseError).text("c_nonce", max_chars=1_024)


def _tag(mac_key: bytes, issuer: str, body: bytes) -> bytes:
    message = hashlib.sha256(issuer.encode("utf-8")).digest() + body
    return hmac.digest(mac_key, message, "sha256")[:_TAG_BYTES]
