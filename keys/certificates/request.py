"""Certificate requests (PKCS#10, RFC 2986): a department asks, the region's authority decides what it certifies."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from cryptography import x509
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec

from keys.algorithms import CERTIFICATE_ALGORITHM_OIDS, ES256, is_permitted_key
from keys.certificates.issue import CertificateAuthority, issue_leaf
from keys.certificates.subject import CertificateSubject, subject_of_name
from keys.certificates.wire import UNREADABLE
from keys.certificates.x509_signing import SigningOnlyKey
from keys.errors import CertificateError
from keys.signer import Signer

MAX_REQUEST_CHARS: Final = 16 * 1024
"""Longest PEM request that is read, in characters."""


@dataclass(frozen=True, slots=True)
class CertificateRequest:
    """What a department asks for; its possession of the key is proven, nothing else is. Made by ``parse_request``."""

    subject: CertificateSubject
    public_key: ec.EllipticCurvePublicKey
    dns_names: tuple[str, ...]
    uris: tuple[str, ...]


def build_request(
    signer: Signer, subject: CertificateSubject, *, dns_names: Iterable[str] = (), uris: Iterable[str] = ()
) -> str:
    """A PEM request for the signer's key."""
    builder = x509.CertificateSigningRequestBuilder().subject_name(subject.to_name())
    names: list[x509.GeneralName] = [x509.DNSName(name) for name in dns_names]
    names += [x509.UniformResourceIdentifier(uri) for uri in uris]
    if names:
        builder = builder.add_extension(x509.SubjectAlternativeName(names), critical=False)
    request = builder.sign(SigningOnlyKey(signer), ES256.hash_algorithm)  # type: ignore[arg-type]
    return request.public_bytes(serialization.Encoding.PEM).decode("ascii")


def parse_request(pem: str) -> CertificateRequest:
    """A request whose self-signature holds; raises ``CertificateError`` for anything else.

    Of the extensions only subject alternative names are read: usages and constraints are for the authority to say.
    """
    if len(pem) > MAX_REQUEST_CHARS:
        raise CertificateError("证书请求过长。", "The certificate request is too long.")
    try:
        request = x509.load_pem_x509_csr(pem.encode())
        public_key = request.public_key()
        algorithm = request.signature_algorithm_oid
        proven = (
            is_permitted_key(public_key)
            and algorithm in CERTIFICATE_ALGORITHM_OIDS
            and request.is_signature_valid
        )
        dns_names, uris = _alternative_names(request)
        name = request.subject
    except UNREADABLE as cause:
        raise CertificateError("证书请求格式不正确。", "The certificate request is malformed.") from cause
    if not proven:
        raise CertificateError(
            "证书请求不是用 P-256 密钥正确自签的。",
            "The certificate request is not properly signed by a P-256 key of its own.",
        )
    assert isinstance(public_key, ec.EllipticCurvePublicKey)
    return CertificateRequest(subject_of_name(name), public_key, dns_names, uris)


def sign_request(
    request: CertificateRequest,
    issuer: CertificateAuthority,
    *,
    valid_from: datetime,
    valid_until: datetime,
    crl_uri: str | None = None,
) -> x509.Certificate:
    """The certificate for a request that the registrar has approved, with the names of the request."""
    return issue_leaf(
        request.subject,
        request.public_key,
        issuer,
        valid_from=valid_from,
        valid_until=valid_until,
        dns_names=request.dns_names,
        uris=request.uris,
        crl_uri=crl_uri,
    )


def _alternative_names(request: x509.CertificateSigningRequest) -> tuple[tuple[str, ...], tuple[str, ...]]:
    try:
        names = request.extensions.get_extension_for_class(x509.SubjectAlternativeName).value
    except x509.ExtensionNotFound:
        return (), ()
    return (
        tuple(names.get_values_for_type(x509.DNSName)),
        tuple(names.get_values_for_type(x509.UniformResourceIdentifier)),
    )
