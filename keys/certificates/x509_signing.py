"""Lets a ``Signer`` sign certificates, requests and revocation lists.

``cryptography`` builds X.509 structures only with a private key object. This one answers the single call that
building makes, ``sign``, and refuses all that would need the key's bytes; so a key behind a hardware module can sign
certificates as well.
"""

from __future__ import annotations

from typing import Any, NoReturn

from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.utils import encode_dss_signature

from keys.algorithms import ES256
from keys.signer import Signer

_HALF = ES256.signature_bytes // 2


class SigningOnlyKey(ec.EllipticCurvePrivateKey):
    """A private key of which only the signature comes out."""

    def __init__(self, signer: Signer) -> None:
        self._signer = signer

    def sign(self, data: Any, signature_algorithm: ec.EllipticCurveSignatureAlgorithm) -> bytes:
        """ECDSA with SHA-256 over ``data``, DER encoded (RFC 3279 section 2.2.3)."""
        if not isinstance(signature_algorithm.algorithm, type(ES256.hash_algorithm)):
            raise TypeError("Only ECDSA with SHA-256 is signed here.")
        raw = self._signer.sign(bytes(data))
        return encode_dss_signature(int.from_bytes(raw[:_HALF], "big"), int.from_bytes(raw[_HALF:], "big"))

    def public_key(self) -> ec.EllipticCurvePublicKey:
        return self._signer.public_key

    @property
    def curve(self) -> ec.EllipticCurve:
        return self._signer.public_key.curve

    @property
    def key_size(self) -> int:
        return self._signer.public_key.key_size

    def exchange(self, algorithm: ec.ECDH, peer_public_key: ec.EllipticCurvePublicKey) -> NoReturn:  # noqa: ARG002
        raise TypeError("A signing key agrees on no secrets.")

    def private_numbers(self) -> NoReturn:
        raise TypeError("The private key stays where it is.")

    def private_bytes(self, encoding: Any, format: Any, encryption_algorithm: Any) -> NoReturn:  # noqa: A002, ARG002
        raise TypeError("The private key stays where it is.")

    def __copy__(self) -> SigningOnlyKey:
        return self

    def __deepcopy__(self, memo: dict[Any, Any]) -> SigningOnlyKey:
        return self
