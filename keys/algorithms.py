"""The algorithms that this project signs and seals with: frozen data, decided here and never by a message.

RFC 8725 section 3.1: the verifier decides the algorithm. A new algorithm is a row here and the code behind it.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import ObjectIdentifier, SignatureAlgorithmOID


@dataclass(frozen=True, slots=True)
class SignatureAlgorithm:
    """One signature algorithm under its names on the various wires.

    Attributes:
        jose: name in JOSE (RFC 7518 section 3.1).
        cose: number in COSE (RFC 9053 section 2.1).
        certificate_oid: signature algorithm of certificates and CRLs (RFC 5758 section 3.2).
        curve: the one elliptic curve of its keys.
        hash_algorithm: digest over the message.
        signature_bytes: length of the raw signature r‖s, in bytes.
    """

    jose: str
    cose: int
    certificate_oid: ObjectIdentifier
    curve: ec.EllipticCurve
    hash_algorithm: hashes.HashAlgorithm
    signature_bytes: int


ES256: Final = SignatureAlgorithm(
    jose="ES256",
    cose=-7,
    certificate_oid=SignatureAlgorithmOID.ECDSA_WITH_SHA256,
    curve=ec.SECP256R1(),
    hash_algorithm=hashes.SHA256(),
    signature_bytes=64,
)

SIGNATURE_ALGORITHMS: Final = (ES256,)
"""Every algorithm that may sign a credential, a list or a certificate, the default first (HAIP 1.0 section 7)."""

CERTIFICATE_ALGORITHM_OIDS: Final = frozenset(row.certificate_oid for row in SIGNATURE_ALGORITHMS)
"""Signature algorithms that certificates of a path may carry."""


def is_permitted_key(public_key: object) -> bool:
    """Whether ``public_key`` is an elliptic-curve key on a curve of the table."""
    return isinstance(public_key, ec.EllipticCurvePublicKey) and any(
        public_key.curve.name == row.curve.name for row in SIGNATURE_ALGORITHMS
    )
