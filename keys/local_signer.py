"""A signer over a private key in this process's memory."""

from __future__ import annotations

from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature

from keys.algorithms import ES256, is_permitted_key
from keys.errors import SigningKeyError
from standards.jose import PublicJwk, public_jwk_of

_ECDSA_SHA256 = ec.ECDSA(hashes.SHA256())
_HALF = ES256.signature_bytes // 2


class LocalSigner:
    """Implements ``keys.signer.Signer``. The private key is loaded once and has no way out: no copy, no pickle."""

    __slots__ = ("_chain", "_jwk", "_key_id", "_private_key", "_public_key")

    def __init__(
        self, key_id: str, private_key: ec.EllipticCurvePrivateKey, certificate_chain: tuple[bytes, ...] = ()
    ) -> None:
        if not is_permitted_key(private_key.public_key()):
            raise SigningKeyError("签名密钥必须是 P-256。", "A signing key must be on P-256.", where=key_id)
        self._key_id = key_id
        self._private_key = private_key
        self._chain = certificate_chain
        self._public_key = private_key.public_key()
        self._jwk = public_jwk_of(self._public_key)

    def __repr__(self) -> str:
        return f"LocalSigner(key_id={self._key_id!r})"

    def __reduce__(self) -> str:
        raise TypeError("A signer holds a private key and is neither pickled nor copied.")

    @property
    def key_id(self) -> str:
        return self._key_id

    @property
    def public_key(self) -> ec.EllipticCurvePublicKey:
        return self._public_key

    @property
    def public_jwk(self) -> PublicJwk:
        return self._jwk

    @property
    def certificate_chain(self) -> tuple[bytes, ...]:
        return self._chain

    def sign(self, message: bytes) -> bytes:
        r, s = decode_dss_signature(self._private_key.sign(message, _ECDSA_SHA256))
        return r.to_bytes(_HALF, "big") + s.to_bytes(_HALF, "big")

    def with_chain(self, certificate_chain: tuple[bytes, ...]) -> LocalSigner:
        """The same key under another certificate chain."""
        return LocalSigner(self._key_id, self._private_key, certificate_chain)
