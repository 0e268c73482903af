"""Until when a node stands by each algorithm of a time stamp: policy, as data.

Elliptic curves and RSA of at least 128 bits of security end with 2035 (NIST IR 8547, initial public draft of 2024, table 2; a draft may
change). RSA of 112 bits (2048) ends with 2030 (NIST SP 800-57 part 1 revision 5, table 4). SHA-256 has no published end; 2050 is this
project's own choice, so that nothing is taken to last for ever. A stamp is renewed before the day of anything that it stands on.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Final

from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec, rsa

AlgorithmEnds = Mapping[str, datetime]
"""Name of an algorithm → the first instant at which nothing new stands on it."""

ENDS: Final[AlgorithmEnds] = {
    "sha256": datetime(2051, 1, 1, tzinfo=UTC),
    "secp256r1": datetime(2036, 1, 1, tzinfo=UTC),
    "secp384r1": datetime(2036, 1, 1, tzinfo=UTC),
    "rsa-2048": datetime(2031, 1, 1, tzinfo=UTC),
    "rsa-3072": datetime(2036, 1, 1, tzinfo=UTC),
}
"""What is not named here counts as ended."""

_NOTHING: Final = datetime.min.replace(tzinfo=UTC)


def end_of_certificate(certificate: x509.Certificate, ends: AlgorithmEnds) -> datetime:
    """When a certificate ends, or what it was signed with or certifies, whichever is first."""
    key = certificate.public_key()
    if isinstance(key, ec.EllipticCurvePublicKey):
        name = key.curve.name
    elif isinstance(key, rsa.RSAPublicKey):
        name = "rsa-3072" if key.key_size >= 3072 else "rsa-2048" if key.key_size >= 2048 else "rsa"
    else:
        name = "unknown"
    digest = certificate.signature_hash_algorithm
    return min(
        certificate.not_valid_after_utc,
        ends.get(name, _NOTHING),
        ends.get(digest.name if digest else "none", _NOTHING),
    )


def protected_until(
    chain: tuple[x509.Certificate, ...], ends: AlgorithmEnds = ENDS, digest: str = "sha256"
) -> datetime:
    """Until when a time stamp under ``chain`` proves what it covers.

    Args:
        chain: of the time-stamp authority, its own certificate first, up to the anchor.
        ends: the policy.
        digest: of the time stamp.
    """
    return min(ends.get(digest, _NOTHING), *(end_of_certificate(one, ends) for one in chain))
