"""Certificates between bytes and values."""

from __future__ import annotations

from hashlib import sha256
from typing import Final

from cryptography import x509
from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives import serialization

from keys.errors import CertificateError
from standards.jose import b64url_encode

MAX_CERTIFICATE_BYTES: Final = 8 * 1024
"""Longest DER certificate that is read, in bytes."""

UNREADABLE: Final = (
    TypeError,
    ValueError,
    UnsupportedAlgorithm,
    x509.DuplicateExtension,
    x509.InvalidVersion,
    x509.UnsupportedGeneralNameType,
)
"""What the library raises while it reads a stranger's certificate, request or list; half of it is no ``ValueError``."""


def load_certificate(data: bytes) -> x509.Certificate:
    """An unverified certificate from DER or PEM whose names can be read; raises ``CertificateError``."""
    if len(data) > 2 * MAX_CERTIFICATE_BYTES:
        raise CertificateError("证书过长。", "The certificate is too long.")
    try:
        if data.lstrip().startswith(b"-----BEGIN"):
            certificate = x509.load_pem_x509_certificate(data)
        else:
            certificate = x509.load_der_x509_certificate(data)
        # The library reads a name when it is asked for, and keeps it: no later question may fail.
        _ = certificate.subject, certificate.issuer
    except UNREADABLE as cause:
        raise CertificateError("证书格式不正确。", "The certificate is malformed.") from cause
    return certificate


def certificate_to_der(certificate: x509.Certificate) -> bytes:
    """DER of a certificate, as signed."""
    return certificate.public_bytes(serialization.Encoding.DER)


def certificate_to_pem(certificate: x509.Certificate) -> str:
    """PEM of a certificate (RFC 7468 section 5)."""
    return certificate.public_bytes(serialization.Encoding.PEM).decode("ascii")


def certificate_thumbprint(certificate_der: bytes) -> str:
    """SHA-256 over the DER, base64url: the ``x509_hash`` of OpenID4VP 1.0 section 5.9.3, and ``x5t#S256``."""
    return b64url_encode(sha256(certificate_der).digest())
