"""Encrypted messages: compact JWE with ECDH-ES on P-256 (RFC 7516, RFC 7518 section 4.6).

What OpenID4VP 1.0 section 8.3 (``direct_post.jwt``) and OpenID4VCI 1.0 section 10 (credential response encryption)
need under HAIP 1.0 section 5: direct key agreement, AES-GCM with 128 or 256 bits, no compression.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.kdf.concatkdf import ConcatKDFHash
from joserfc import jwe as rfc7516
from joserfc.jwk import ECKey

from standards.errors import InvalidInputError
from standards.jose import b64url_decode, parse_public_jwk, public_jwk_of
from standards.jose.errors import JoseError
from standards.json_reader import Reader, parse_json

ALGORITHM: Final = "ECDH-ES"
ENCRYPTIONS: Final = ("A128GCM", "A256GCM")
"""Content encryption algorithms that are offered and accepted."""

DEFAULT_MAX_CHARS: Final = 256 * 1024
"""Longest encrypted message that is read unless the caller says otherwise, in characters."""

_COMPACT_PARTS: Final = 5
_KEY_BYTES: Final = {"A128GCM": 16, "A256GCM": 32}
_NONCE_BYTES: Final = 12
_TAG_BYTES: Final = 16
_MAX_HEADER_CHARS: Final = 4096


class JweError(InvalidInputError):
    """An encrypted message that cannot be read: malformed, for another key, altered, or of another algorithm."""

    code = "invalid-jwe"


@dataclass(frozen=True, slots=True)
class EphemeralKey:
    """A key pair made for one request, to which the answer is encrypted.

    Attributes:
        kid: names the key in the answer's header (OpenID4VP 1.0 section 8.3: echoed by the wallet).
        private_key: never leaves the process unsealed.
    """

    kid: str
    private_key: ec.EllipticCurvePrivateKey

    def __repr__(self) -> str:
        return f"EphemeralKey(kid={self.kid!r})"

    @classmethod
    def generate(cls, kid: str) -> EphemeralKey:
        """A new key pair on P-256."""
        return cls(kid, ec.generate_private_key(ec.SECP256R1()))

    @classmethod
    def from_private_bytes(cls, kid: str, der: bytes) -> EphemeralKey:
        """The pair from what ``private_bytes`` gave; raises ``JweError`` for anything else."""
        try:
            key = serialization.load_der_private_key(der, password=None)
        except (ValueError, TypeError) as cause:
            raise JweError("解密密钥已损坏。", "The decryption key is damaged.") from cause
        if not isinstance(key, ec.EllipticCurvePrivateKey) or not isinstance(key.curve, ec.SECP256R1):
            raise JweError("解密密钥不在 P-256 曲线上。", "The decryption key is not on P-256.")
        return cls(kid, key)

    def private_bytes(self) -> bytes:
        """PKCS #8 DER, unencrypted: to be sealed under a master key before it is stored."""
        return self.private_key.private_bytes(
            serialization.Encoding.DER, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
        )

    def public_jwk(self) -> dict[str, str]:
        """JWK to publish, with ``kid``, ``alg`` and ``use`` (OpenID4VP 1.0 section 5.1, ``jwks``)."""
        jwk = public_jwk_of(self.private_key.public_key())
        return {**jwk.to_dict(), "kid": self.kid, "alg": ALGORITHM, "use": "enc"}


def encrypt(plaintext: bytes, recipient_jwk: Mapping[str, Any], enc: str = "A128GCM") -> str:
    """``plaintext`` as compact JWE for the holder of ``recipient_jwk``.

    Args:
        plaintext: the message.
        recipient_jwk: untrusted public P-256 JWK; its ``kid``, where there is one, is echoed in the header.
        enc: one of ``ENCRYPTIONS``.

    Raises ``JweError`` for a key that is not usable with ECDH-ES on P-256.
    """
    if enc not in ENCRYPTIONS:
        raise JweError("不支持的加密算法。", "The content encryption is not supported.", where="/enc")
    if recipient_jwk.get("alg", ALGORITHM) != ALGORITHM:
        raise JweError("不支持的密钥协商算法。", "The key agreement is not supported.", where="/alg")
    try:
        public_key = parse_public_jwk(recipient_jwk)
    except JoseError as cause:
        raise JweError(cause.message.zh, cause.message.en, where="/jwk") from cause
    header = {"alg": ALGORITHM, "enc": enc}
    kid = recipient_jwk.get("kid")
    if isinstance(kid, str):
        header["kid"] = kid
    return rfc7516.encrypt_compact(
        header, plaintext, ECKey.import_key(dict(public_key.to_dict())), algorithms=[ALGORITHM, enc]
    )


def recipient_key_id(message: str, *, max_chars: int = DEFAULT_MAX_CHARS) -> str | None:
    """The ``kid`` of an encrypted message, unverified: to find the key to open it with. ``None`` when absent."""
    return _parse_header(message, max_chars).optional_text("kid", max_chars=256)


def decrypt(message: str, key: EphemeralKey, *, max_chars: int = DEFAULT_MAX_CHARS) -> bytes:
    """The plaintext of a compact JWE for ``key``.

    Raises ``JweError`` when the message is too long or malformed, names another key, algorithm, a compression or a
    critical extension, or was altered. The message never says which part failed to authenticate.
    """
    header = _parse_header(message, max_chars)
    header.choice("alg", (ALGORITHM,))
    enc = header.choice("enc", ENCRYPTIONS)
    for refused in ("zip", "crit"):
        if refused in header:
            raise header.fail(refused, "不支持此项。", "This header parameter is not supported.")
    kid = header.optional_text("kid", max_chars=256)
    if kid is not None and kid != key.kid:
        raise header.fail("kid", "数据是为另一密钥加密的。", "The message is encrypted for another key.")
    try:
        sender = parse_public_jwk(header.mapping("epk")).public_key()
        parties = (b64url_decode(header.optional_text(name, min_chars=0) or "") for name in ("apu", "apv"))
        secret = key.private_key.exchange(ec.ECDH(), sender)
        return _open(message, AESGCM(_agreed_key(secret, enc, *parties)))
    except (InvalidTag, JoseError, ValueError) as cause:
        raise JweError("无法解密此数据。", "The message cannot be decrypted.") from cause


def _agreed_key(secret: bytes, enc: str, party_u: bytes, party_v: bytes) -> bytes:
    """The content key of direct agreement: Concat KDF over the shared secret (RFC 7518 section 4.6.2)."""
    key_bytes = _KEY_BYTES[enc]
    info = b"".join(len(part).to_bytes(4, "big") + part for part in (enc.encode(), party_u, party_v))
    info += (8 * key_bytes).to_bytes(4, "big")  # SuppPubInfo: the length of the key in bits
    return ConcatKDFHash(hashes.SHA256(), key_bytes, info).derive(secret)


def _open(message: str, cipher: AESGCM) -> bytes:
    """AES-GCM with the protected header as additional data (RFC 7516 section 5.2, RFC 7518 section 5.3)."""
    protected, encrypted_key, iv, ciphertext, tag = message.split(".")
    nonce, mac = b64url_decode(iv), b64url_decode(tag)
    if encrypted_key or len(nonce) != _NONCE_BYTES or len(mac) != _TAG_BYTES:
        raise ValueError("direct agreement has no encrypted key; nonce and tag have one length each")
    return cipher.decrypt(nonce, b64url_decode(ciphertext) + mac, protected.encode("ascii"))


def _parse_header(message: str, max_chars: int) -> Reader:
    if len(message) > max_chars:
        raise JweError(
            f"加密数据超过 {max_chars} 个字符。", f"The message is longer than {max_chars} characters."
        )
    parts = message.split(".")
    if len(parts) != _COMPACT_PARTS or len(parts[0]) > _MAX_HEADER_CHARS:
        raise JweError("不是紧凑格式的 JWE。", "This is not a JWE in compact form.")
    try:
        for part in parts:
            b64url_decode(part)
        header = b64url_decode(parts[0])
    except JoseError as cause:
        raise JweError("不是紧凑格式的 JWE。", "This is not a JWE in compact form.") from cause
    return Reader(parse_json(header, error=JweError), error=JweError)
