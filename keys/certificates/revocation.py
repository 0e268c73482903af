"""Certificate revocation lists (RFC 5280 section 5): issued by a certificate authority, read by every verifier."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Final

from cryptography import x509
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec

from keys.algorithms import CERTIFICATE_ALGORITHM_OIDS, ES256
from keys.certificates.issue import CertificateAuthority
from keys.certificates.wire import UNREADABLE
from keys.certificates.x509_signing import SigningOnlyKey
from keys.errors import CertificateError

MAX_CRL_BYTES: Final = 8 * 1024 * 1024
"""Longest revocation list that is read: about 200,000 serials."""

# What a complete list of one authority carries; any other critical extension narrows the list in a way that we would
# misread as "not revoked" (RFC 5280 section 5.2: issuing distribution point, delta).
_UNDERSTOOD: Final = frozenset(
    {x509.CRLNumber.oid, x509.AuthorityKeyIdentifier.oid},
)


class RevocationReason(StrEnum):
    """Why a certificate was revoked (RFC 5280 section 5.3.1), as far as this project says it."""

    UNSPECIFIED = "unspecified"
    KEY_COMPROMISE = "keyCompromise"
    AFFILIATION_CHANGED = "affiliationChanged"
    SUPERSEDED = "superseded"
    CESSATION_OF_OPERATION = "cessationOfOperation"
    PRIVILEGE_WITHDRAWN = "privilegeWithdrawn"


@dataclass(frozen=True, slots=True)
class RevokedSerial:
    """One revoked certificate.

    Attributes:
        serial: the certificate's serial number.
        since: from when it is not valid: the revocation, or the invalidity date when that is earlier.
        reason: why.
    """

    serial: int
    since: datetime
    reason: RevocationReason = RevocationReason.UNSPECIFIED


@dataclass(frozen=True, slots=True)
class RevocationList:
    """A verified revocation list. Made only by ``verify_crl``.

    Attributes:
        issuer_der: DER of the certificate authority that signed it.
        this_update: when it was made.
        next_update: when the next one is due; past that instant the list is stale.
        revoked: by serial number.
    """

    issuer_der: bytes
    this_update: datetime
    next_update: datetime
    number: int
    revoked: Mapping[int, RevokedSerial]

    def stale_at(self, at: datetime) -> bool:
        """Whether a newer list was due before ``at``."""
        return at > self.next_update


def issue_crl(
    issuer: CertificateAuthority,
    revoked: Iterable[RevokedSerial],
    *,
    number: int,
    at: datetime,
    next_update: datetime,
) -> bytes:
    """DER of a complete revocation list of ``issuer``. ``number`` grows with each list (section 5.2.3)."""
    builder = (
        x509.CertificateRevocationListBuilder()
        .issuer_name(issuer.certificate.subject)
        .last_update(at)
        .next_update(next_update)
        .add_extension(x509.CRLNumber(number), critical=False)
        .add_extension(
            x509.AuthorityKeyIdentifier.from_issuer_public_key(issuer.signer.public_key), critical=False
        )
    )
    for entry in revoked:
        row = x509.RevokedCertificateBuilder().serial_number(entry.serial).revocation_date(entry.since)
        if entry.reason is not RevocationReason.UNSPECIFIED:
            row = row.add_extension(x509.CRLReason(x509.ReasonFlags(entry.reason.value)), critical=False)
        builder = builder.add_revoked_certificate(row.build())
    signed = builder.sign(SigningOnlyKey(issuer.signer), ES256.hash_algorithm)  # type: ignore[arg-type]
    return signed.public_bytes(serialization.Encoding.DER)


def parse_crl(data: bytes) -> x509.CertificateRevocationList:
    """An unverified revocation list from DER or PEM whose issuer can be read; raises ``CertificateError``."""
    if len(data) > MAX_CRL_BYTES:
        raise CertificateError("证书吊销列表过长。", "The revocation list is too long.")
    try:
        if data.lstrip().startswith(b"-----BEGIN"):
            unverified = x509.load_pem_x509_crl(data)
        else:
            unverified = x509.load_der_x509_crl(data)
        _ = unverified.issuer  # read when it is asked for
    except UNREADABLE as cause:
        raise CertificateError("证书吊销列表格式不正确。", "The revocation list is malformed.") from cause
    return unverified


def verify_crl(unverified: x509.CertificateRevocationList, issuer: x509.Certificate) -> RevocationList:
    """The list as signed by ``issuer``, a certificate authority that the caller trusts.

    Raises ``CertificateError`` when the name, the signature or the algorithm is another's, when there is no next
    update, or when a critical extension is not understood.
    """
    try:
        public_key = issuer.public_key()
        genuine = (
            isinstance(public_key, ec.EllipticCurvePublicKey)
            and unverified.issuer == issuer.subject
            and unverified.signature_algorithm_oid in CERTIFICATE_ALGORITHM_OIDS
            and unverified.is_signature_valid(public_key)
        )
        if not genuine:
            raise CertificateError(
                "证书吊销列表不是该证书机构签发的。",
                "The revocation list was not signed by this certificate authority.",
            )
        if any(row.critical and row.oid not in _UNDERSTOOD for row in unverified.extensions):
            raise CertificateError(
                "证书吊销列表含有不认识的关键扩展。",
                "The revocation list has a critical extension that is not understood.",
            )
        revoked = {row.serial_number: _revoked_serial(row) for row in unverified}
        number = _crl_number(unverified)
        next_update = unverified.next_update_utc
    except UNREADABLE as cause:
        raise CertificateError("证书吊销列表格式不正确。", "The revocation list is malformed.") from cause
    if next_update is None:
        raise CertificateError(
            "证书吊销列表没有下次更新时间。", "The revocation list does not say when the next one is due."
        )
    return RevocationList(
        issuer.public_bytes(serialization.Encoding.DER),
        unverified.last_update_utc,
        next_update,
        number,
        revoked,
    )


def verify_crl_by_any(
    unverified: x509.CertificateRevocationList, authorities: Iterable[x509.Certificate]
) -> tuple[RevocationList, ...]:
    """The list as signed by each of ``authorities`` that it verifies under, at least one.

    Several have its name while a key is replaced, and then one of them verifies; several verify while an authority
    holds two certificates for one key, and then the list speaks for both. Raises ``CertificateError`` otherwise.
    """
    verified: list[RevocationList] = []
    problem = CertificateError(
        "证书吊销列表的签发机构不是应当签发它的机构。",
        "The revocation list is by another authority than those that may make it.",
    )
    for authority in authorities:
        if authority.subject != unverified.issuer:
            continue
        try:
            verified.append(verify_crl(unverified, authority))
        except CertificateError as cause:
            problem = cause
    if not verified:
        raise problem
    return tuple(verified)


def _crl_number(unverified: x509.CertificateRevocationList) -> int:
    try:
        return unverified.extensions.get_extension_for_class(x509.CRLNumber).value.crl_number
    except x509.ExtensionNotFound as cause:
        raise CertificateError("证书吊销列表没有编号。", "The revocation list has no number.") from cause


def _revoked_serial(row: x509.RevokedCertificate) -> RevokedSerial:
    since = row.revocation_date_utc
    reason = RevocationReason.UNSPECIFIED
    for extension in row.extensions:
        value = extension.value
        if isinstance(value, x509.InvalidityDate):
            since = min(since, value.invalidity_date_utc)
        elif isinstance(value, x509.CRLReason):
            reason = _reason(value.reason)
        elif extension.critical:
            # An indirect list names other issuers' certificates (section 5.3.3).
            raise CertificateError(
                "证书吊销列表条目含有不认识的关键扩展。",
                "An entry of the revocation list has a critical extension that is not understood.",
            )
    return RevokedSerial(row.serial_number, since, reason)


def _reason(flag: x509.ReasonFlags) -> RevocationReason:
    try:
        return RevocationReason(flag.value)
    except ValueError:
        return RevocationReason.UNSPECIFIED
