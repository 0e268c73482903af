"""Issuing certificates under the profile of this project (RFC 5280; key usages per section 4.2.1.3)."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import ObjectIdentifier

from keys.algorithms import ES256, is_permitted_key
from keys.certificates.subject import CertificateSubject
from keys.certificates.wire import certificate_to_der
from keys.certificates.x509_signing import SigningOnlyKey
from keys.errors import CertificateError
from keys.signer import Signer

TRUST_LIST_SIGNING: Final = ObjectIdentifier("0.4.0.2231.3.0")
"""Extended key usage of a key that signs trust lists and nothing else (ETSI TS 119 612 clause 5.7.1)."""

_AUTHORITY_USAGE: Final = x509.KeyUsage(
    digital_signature=False,
    content_commitment=False,
    key_encipherment=False,
    data_encipherment=False,
    key_agreement=False,
    key_cert_sign=True,
    crl_sign=True,
    encipher_only=False,
    decipher_only=False,
)


def _leaf_usage(*, content_commitment: bool) -> x509.KeyUsage:
    return x509.KeyUsage(
        digital_signature=True,
        content_commitment=content_commitment,
        key_encipherment=False,
        data_encipherment=False,
        key_agreement=False,
        key_cert_sign=False,
        crl_sign=False,
        encipher_only=False,
        decipher_only=False,
    )


@dataclass(frozen=True, slots=True)
class CertificateAuthority:
    """A certificate authority that can sign: its certificate and the signer of that certificate's key."""

    certificate: x509.Certificate
    signer: Signer

    def __post_init__(self) -> None:
        if self.certificate.public_key() != self.signer.public_key:
            raise CertificateError(
                "证书与签名密钥不匹配。", "The certificate does not belong to the signing key."
            )


def issue_root(
    subject: CertificateSubject,
    signer: Signer,
    *,
    valid_from: datetime,
    valid_until: datetime,
    path_length: int = 2,
) -> x509.Certificate:
    """A self-signed root: the anchor of a nation. ``path_length`` counts the authorities allowed below it."""
    builder = _builder(subject, signer.public_key, valid_from, valid_until)
    builder = builder.issuer_name(subject.to_name())
    builder = _with_key_identifiers(builder, signer.public_key, signer.public_key)
    builder = builder.add_extension(x509.BasicConstraints(ca=True, path_length=path_length), critical=True)
    builder = builder.add_extension(_AUTHORITY_USAGE, critical=True)
    return _sign(builder, signer)


def issue_ca(
    subject: CertificateSubject,
    public_key: ec.EllipticCurvePublicKey,
    issuer: CertificateAuthority,
    *,
    valid_from: datetime,
    valid_until: datetime,
    path_length: int = 0,
    crl_uri: str | None = None,
) -> x509.Certificate:
    """A certificate authority below ``issuer``: a region. With ``path_length`` 0 it certifies only leaves."""
    builder = _issued_builder(
        subject, public_key, issuer, valid_from=valid_from, valid_until=valid_until, crl_uri=crl_uri
    )
    builder = builder.add_extension(x509.BasicConstraints(ca=True, path_length=path_length), critical=True)
    builder = builder.add_extension(_AUTHORITY_USAGE, critical=True)
    return _sign(builder, issuer.signer)


def issue_leaf(
    subject: CertificateSubject,
    public_key: ec.EllipticCurvePublicKey,
    issuer: CertificateAuthority,
    *,
    valid_from: datetime,
    valid_until: datetime,
    dns_names: Iterable[str] = (),
    uris: Iterable[str] = (),
    crl_uri: str | None = None,
    extended_key_usages: Iterable[ObjectIdentifier] = (),
    content_commitment: bool = False,
) -> x509.Certificate:
    """A signing certificate of an issuing authority, a relying party or a trust list signer.

    Args:
        subject: the organisation.
        public_key: its P-256 key.
        issuer: the region's (or the nation's) certificate authority.
        valid_from: start of validity, UTC.
        valid_until: end of validity, UTC, not after the issuer's own.
        dns_names: host names of a relying party (``x509_san_dns``).
        uris: identifiers of a credential issuer.
        crl_uri: where the issuer's revocation list is.
        extended_key_usages: only for a list signer, ``TRUST_LIST_SIGNING``, and a time-stamp authority, ``timeStamping``
            (RFC 3161 section 2.3: alone, and critical); marked critical.
        content_commitment: for a document seal: its key stands for what it signs (RFC 5280 section 4.2.1.3).

    Raises ``CertificateError`` for another kind of key or a validity beyond the issuer's.
    """
    builder = _issued_builder(
        subject, public_key, issuer, valid_from=valid_from, valid_until=valid_until, crl_uri=crl_uri
    )
    builder = builder.add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
    builder = builder.add_extension(_leaf_usage(content_commitment=content_commitment), critical=True)
    names: list[x509.GeneralName] = [x509.DNSName(name) for name in dns_names]
    names += [x509.UniformResourceIdentifier(uri) for uri in uris]
    if names:
        builder = builder.add_extension(x509.SubjectAlternativeName(names), critical=False)
    usages = list(extended_key_usages)
    if usages:
        builder = builder.add_extension(x509.ExtendedKeyUsage(usages), critical=True)
    return _sign(builder, issuer.signer)


def chain_below_anchor(leaf: x509.Certificate, *authorities: x509.Certificate) -> tuple[bytes, ...]:
    """DER chain for ``x5c``: leaf first, then its authorities upward, without the self-signed anchor (HAIP 1.0)."""
    return tuple(
        certificate_to_der(certificate)
        for certificate in (leaf, *authorities)
        if certificate.subject != certificate.issuer
    )


def _builder(
    subject: CertificateSubject,
    public_key: ec.EllipticCurvePublicKey,
    valid_from: datetime,
    valid_until: datetime,
) -> x509.CertificateBuilder:
    if not is_permitted_key(public_key):
        raise CertificateError("证书密钥必须是 P-256。", "The key of a certificate must be on P-256.")
    if valid_from >= valid_until:
        raise CertificateError("证书有效期的起止颠倒。", "The certificate would end before it begins.")
    return (
        x509.CertificateBuilder()
        .subject_name(subject.to_name())
        .public_key(public_key)
        .serial_number(x509.random_serial_number())
        .not_valid_before(valid_from)
        .not_valid_after(valid_until)
    )


def _issued_builder(
    subject: CertificateSubject,
    public_key: ec.EllipticCurvePublicKey,
    issuer: CertificateAuthority,
    *,
    valid_from: datetime,
    valid_until: datetime,
    crl_uri: str | None,
) -> x509.CertificateBuilder:
    if valid_until > issuer.certificate.not_valid_after_utc:
        raise CertificateError(
            "证书有效期超出其签发机构证书的有效期。",
            "The certificate would outlive the certificate of its issuer.",
        )
    builder = _builder(subject, public_key, valid_from, valid_until).issuer_name(issuer.certificate.subject)
    builder = _with_key_identifiers(builder, public_key, issuer.signer.public_key)
    if crl_uri is not None:
        point = x509.DistributionPoint([x509.UniformResourceIdentifier(crl_uri)], None, None, None)
        builder = builder.add_extension(x509.CRLDistributionPoints([point]), critical=False)
    return builder


def _with_key_identifiers(
    builder: x509.CertificateBuilder, own: ec.EllipticCurvePublicKey, issuers: ec.EllipticCurvePublicKey
) -> x509.CertificateBuilder:
    own_identifier = x509.SubjectKeyIdentifier.from_public_key(own)
    issuers_identifier = x509.AuthorityKeyIdentifier.from_issuer_public_key(issuers)
    return builder.add_extension(own_identifier, critical=False).add_extension(
        issuers_identifier, critical=False
    )


def _sign(builder: x509.CertificateBuilder, signer: Signer) -> x509.Certificate:
    return builder.sign(SigningOnlyKey(signer), ES256.hash_algorithm)  # type: ignore[arg-type]
