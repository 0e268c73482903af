"""Keys that are for documents only: an authority's seal, and the node's own time-stamp authority.

A key that seals documents is another one than the key that signs credentials: what a signature was made for cannot be
confused, and each is replaced by itself. Both certificates name the same authority (unified social credit code and name).
"""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta
from typing import Final

from cryptography import x509
from cryptography.x509.oid import ExtendedKeyUsageOID, ObjectIdentifier

from issuer.registrar.authority import Authority
from issuer.registrar.ensure_authority import is_revoked, with_certificate
from issuer.registrar.ensure_publishers import begin_under, end_under
from issuer.registrar.errors import PublicationBusyError
from issuer.registrar.publish import publish
from issuer.registrar.registrar import Registrar
from issuer.registrar.registration import Registration, start_of_day
from issuer.registrar.store import CertificateRow
from keys.certificates import CertificateSubject, issue_leaf, load_certificate
from keys.certificates.issue import chain_below_anchor
from keys.signer import Signer
from keys.trust_list import NATION, Role, TrustEntry

SEAL_VALIDITY: Final = timedelta(days=5 * 365)
CLOCK_VALIDITY: Final = timedelta(days=10 * 365)
RENEW_BEFORE: Final = timedelta(days=365)

TIME_STAMP_KEY: Final = "tsa-node"
TIME_STAMP_NAME: Final = "本节点时间戳服务（非第三方）"
"""Said in the certificate itself: nobody else vouches for this clock."""


def seal_key_id(uscc: str) -> str:
    """Name of an authority's sealing key in the key store."""
    return f"seal-{uscc.lower()}"


def ensure_sealing_key(registrar: Registrar, authority: Authority, *, at: datetime) -> Signer:
    """The authority's sealing key with a certificate that lasts, and its entry on the list of its region.

    Made, certified anew, or as it is; a change is published at once.

    Raises ``RegionNotFoundError`` on a node that does not hold the authority of the region, ``InvalidRegistrationError`` when
    the sealing key was revoked as compromised, ``PublicationBusyError``.
    """
    subject = CertificateSubject(authority.name.zh, authority.uscc, authority.division)
    region = registrar.region_of(authority.division)
    signer = _ensure(
        registrar,
        seal_key_id(authority.uscc),
        region,
        subject,
        validity=SEAL_VALIDITY,
        at=at,
        content_commitment=True,
    )
    _enter(registrar, region, authority, signer, at)
    return signer


def _enter(registrar: Registrar, region: str, authority: Authority, signer: Signer, at: datetime) -> None:
    """Name the certificate on the region's list, in a role of its own: what it seals is no credential."""
    before = registrar.store.registration(Role.SEAL, authority.uscc)
    standing = before if before is not None and before.entry.covers(at) else None
    entry = (
        standing.entry
        if standing is not None
        else TrustEntry(
            Role.SEAL, authority.uscc, authority.name, authority.division, (), since=start_of_day(at)
        )
    )
    now = with_certificate(
        Registration(
            region,
            authority.level,
            replace(entry, name=authority.name, division=authority.division),
            standing.serials if standing is not None else (),
        ),
        load_certificate(signer.certificate_chain[0]),
    )
    if now == before:
        return
    if not registrar.store.put_registration(before, now):
        raise PublicationBusyError(
            f"机构 {authority.uscc} 的印章正被另一进程登记，请重试。",
            f"The seal of authority {authority.uscc} is being entered elsewhere; try again.",
        )
    publish(registrar, region, at=at)


def ensure_time_stamp_authority(registrar: Registrar, *, at: datetime) -> Signer:
    """The key of the node's own time-stamp authority (RFC 3161 section 2.3: a key for this alone).

    Raises ``RegionNotFoundError`` on a node without any certificate authority.
    """
    held = [publisher.division for publisher in registrar.store.publishers()]
    division = NATION if NATION in held or not held else held[0]
    return _ensure(
        registrar,
        TIME_STAMP_KEY,
        division,
        CertificateSubject(TIME_STAMP_NAME),
        validity=CLOCK_VALIDITY,
        at=at,
        usages=(ExtendedKeyUsageOID.TIME_STAMPING,),
    )


def _ensure(
    registrar: Registrar,
    key_id: str,
    division: str,
    subject: CertificateSubject,
    *,
    validity: timedelta,
    at: datetime,
    usages: tuple[ObjectIdentifier, ...] = (),
    content_commitment: bool = False,
) -> Signer:
    signer = registrar.keys.ensure(key_id)
    issuer = registrar.certificate_authority(division)
    if signer.certificate_chain:
        held = load_certificate(signer.certificate_chain[0])
        if not is_revoked(registrar, division, held) and _still_fits(held, subject, issuer.certificate, at):
            return signer
    certificate = issue_leaf(
        subject,
        signer.public_key,
        issuer,
        valid_from=begin_under(issuer.certificate, at),
        valid_until=end_under(issuer.certificate, at + validity),
        crl_uri=registrar.crl_uri(division),
        extended_key_usages=usages,
        content_commitment=content_commitment,
    )
    registrar.store.add_certificate(CertificateRow.of(division, certificate))
    registrar.keys.attach_certificates(key_id, chain_below_anchor(certificate, issuer.certificate))
    return registrar.keys.signer(key_id)


def _still_fits(
    held: x509.Certificate, subject: CertificateSubject, issuer: x509.Certificate, at: datetime
) -> bool:
    return (
        held.subject == subject.to_name()
        and held.issuer == issuer.subject
        and held.not_valid_after_utc - at > RENEW_BEFORE
    )
