"""The P-256 keys of certificates, loaded once each: loading one costs as much as verifying a signature."""

from __future__ import annotations

from functools import lru_cache

from cryptography.hazmat.primitives.asymmetric import ec

from keys.certificates import load_certificate
from keys.certificates.wire import UNREADABLE

_CACHED_KEYS = 1024


@lru_cache(maxsize=_CACHED_KEYS)
def leaf_key(leaf_der: bytes) -> ec.EllipticCurvePublicKey | None:
    """The key of a certificate, or ``None`` when it is not on P-256; raises ``CertificateError``.

    Says nothing of whether the certificate may be trusted.
    """
    try:
        key = load_certificate(leaf_der).public_key()
    except UNREADABLE:
        return None
    on_p256 = isinstance(key, ec.EllipticCurvePublicKey) and isinstance(key.curve, ec.SECP256R1)
    return key if on_p256 and isinstance(key, ec.EllipticCurvePublicKey) else None
