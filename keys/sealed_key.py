"""A signing key at rest: PKCS#8 (RFC 5958) sealed in an envelope. The plain form never leaves this module.

For holder keys in a wallet's store, and for the files of ``keys.software_store``.
"""

from __future__ import annotations

from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec

from keys.algorithms import ES256
from keys.envelope import Envelope
from keys.errors import SigningKeyError
from keys.local_signer import LocalSigner


def create_sealed_key(key_id: str, envelope: Envelope, context: str) -> tuple[bytes, LocalSigner]:
    """A new P-256 key: its sealed form to store, and the signer to use at once."""
    private_key = ec.generate_private_key(ES256.curve)
    plain = private_key.private_bytes(
        serialization.Encoding.DER, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    return envelope.seal(plain, context), LocalSigner(key_id, private_key)


def open_sealed_key(
    key_id: str, sealed: bytes, envelope: Envelope, context: str, certificate_chain: tuple[bytes, ...] = ()
) -> LocalSigner:
    """The signer of a sealed key.

    Raises ``SealedDataError`` when it does not open in ``context``, ``SigningKeyError`` when it is no P-256 key.
    """
    plain = envelope.open(sealed, context)
    try:
        private_key = serialization.load_der_private_key(plain, password=None)
    except (ValueError, TypeError) as cause:
        raise SigningKeyError(
            "密封的内容不是签名密钥。", "The sealed content is not a signing key.", where=key_id
        ) from cause
    if not isinstance(private_key, ec.EllipticCurvePrivateKey):
        raise SigningKeyError("签名密钥必须是 P-256。", "A signing key must be on P-256.", where=key_id)
    return LocalSigner(key_id, private_key, certificate_chain)
