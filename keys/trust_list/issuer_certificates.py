"""Certificates of issuers beside the lists: a compact licence names its issuer's certificate by thumbprint only.

Nothing vouches for them but the lists: a certificate counts when the list of its region names its thumbprint for an issuer.
Whether its path holds, and what it may sign, is asked each time like for any other.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from hashlib import sha256
from typing import Final

from cryptography import x509
from cryptography.exceptions import InvalidSignature

from keys.certificates import certificate_thumbprint, certificate_to_pem, load_certificate
from keys.certificates.wire import UNREADABLE, certificate_to_der
from keys.errors import CertificateError, TrustListError
from keys.trust_list.entry import Role
from keys.trust_list.store import TrustStore

MEDIA_TYPE: Final = "application/pem-certificate-chain"
"""Certificates as concatenated PEM (RFC 8555 section 9.1), in no particular order."""

MAX_CERTIFICATES_BYTES: Final = 32 * 1024 * 1024
"""Largest file read: some ten thousand certificates."""


def build_certificates(ders: Iterable[bytes]) -> bytes:
    """The file ``GET /trust/certificates/{division}``."""
    return "".join(certificate_to_pem(load_certificate(der)) for der in ders).encode("ascii")


def parse_certificates(content: bytes) -> tuple[bytes, ...]:
    """DER of the certificates in an untrusted file; raises ``TrustListError``."""
    if len(content) > MAX_CERTIFICATES_BYTES:
        raise TrustListError("证书文件过大。", "The file of certificates is too large.")
    if not content.strip():
        return ()
    try:
        return tuple(map(certificate_to_der, x509.load_pem_x509_certificates(content)))
    except UNREADABLE as cause:
        raise TrustListError("证书文件格式不正确。", "The file of certificates is malformed.") from cause


def wanted_thumbprints(store: TrustStore, division: str) -> frozenset[str]:
    """Thumbprints (base64url) of the issuers' certificates that the list of a region names."""
    held = store.regions.get(division)
    entries = held.value.entries if held is not None else ()
    return frozenset(
        thumbprint for entry in entries if entry.role is Role.ISSUER for thumbprint in entry.certificates
    )


def listed_certificates(store: TrustStore, division: str, ders: Iterable[bytes]) -> tuple[bytes, ...]:
    """Those of ``ders`` that the list of the region names for an issuer; the rest is let go."""
    wanted = wanted_thumbprints(store, division)
    return tuple(der for der in dict.fromkeys(ders) if certificate_thumbprint(der) in wanted)


def issuer_chains(store: TrustStore, ders: Iterable[bytes]) -> Mapping[bytes, tuple[bytes, ...]]:
    """Chains by SHA-256 of their leaf: each listed certificate with the authority of its region that signed it.

    Args:
        store: lists in hand; what no list names has no chain.
        ders: certificates, untrusted.
    """
    given = tuple(ders)
    chains: dict[bytes, tuple[bytes, ...]] = {}
    for region in store.nation.value.regions if store.nation else ():
        authorities = tuple(map(load_certificate, region.authorities))
        for der in listed_certificates(store, region.division, given):
            signer = _signer_of(der, authorities)
            if signer is not None:
                chains[sha256(der).digest()] = (der, certificate_to_der(signer))
    return chains


def _signer_of(der: bytes, authorities: Iterable[x509.Certificate]) -> x509.Certificate | None:
    try:
        leaf = load_certificate(der)
    except CertificateError:
        return None
    for authority in authorities:
        try:
            leaf.verify_directly_issued_by(authority)
        except (InvalidSignature, *UNREADABLE):
            continue
        return authority
    return None
