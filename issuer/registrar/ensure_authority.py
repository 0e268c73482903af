"""Enrolling an issuing authority: a key at this node, a certificate of its region, an entry with its licence types."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Final

from cryptography import x509

from issuer.registrar.authority import Authority, authority_key_id
from issuer.registrar.ensure_publishers import begin_under, end_under
from issuer.registrar.errors import InvalidRegistrationError, PublicationBusyError
from issuer.registrar.registrar import Registrar
from issuer.registrar.registration import Registration, changed_grants, start_of_day
from issuer.registrar.store import CertificateRow
from keys.certificates import (
    CertificateAuthority,
    CertificateSubject,
    RevocationReason,
    certificate_thumbprint,
    issue_leaf,
    load_certificate,
)
from keys.certificates.issue import chain_below_anchor
from keys.trust_list import Role, TrustEntry
from standards.codes.uscc import parse_uscc
from standards.text import Text

AUTHORITY_VALIDITY: Final = timedelta(days=5 * 365)
RENEW_BEFORE: Final = timedelta(days=365)
"""A certificate that ends sooner than this is renewed when the authority is enrolled again."""


def ensure_authority(
    registrar: Registrar,
    *,
    uscc: str,
    name: Text,
    division: str,
    level: str,
    issuer_identifier: str,
    licence_types: Iterable[str],
    at: datetime,
) -> Authority:
    """The authority with exactly these rights; enrolled, changed, or left as it is.

    The change reaches verifiers with the next ``publish_all``.

    Args:
        registrar: of a node that holds the authority of the region.
        uscc: unified social credit code, with a right check digit.
        name: for people; the Chinese one goes into the certificate.
        division: code of its area.
        level: nation, province, city, county, township or other.
        issuer_identifier: credential issuer identifier, a URL; goes into the certificate.
        licence_types: codes of what it may issue from now on.
        at: now.

    Raises ``InvalidInputError`` for a wrong code, ``RegionNotFoundError``, ``PublicationBusyError``, and
    ``InvalidRegistrationError`` when the authority's key was revoked as compromised.
    """
    parse_uscc(uscc, where="uscc")
    region = registrar.region_of(division)
    certificate = _current_certificate(
        registrar, region, CertificateSubject(name.zh, uscc, division), issuer_identifier, at
    )
    before = registrar.store.registration(Role.ISSUER, uscc)
    # An authority that comes back after its withdrawal begins anew: what it signed in between stays refused.
    standing = before if before is not None and before.entry.covers(at) else None
    entry = (
        standing.entry
        if standing is not None
        else TrustEntry(Role.ISSUER, uscc, name, division, (), since=start_of_day(at))
    )
    now = with_certificate(
        Registration(
            region,
            level,
            replace(
                entry,
                name=name,
                division=division,
                issuer_identifier=issuer_identifier,
                licence_types=changed_grants(entry.licence_types, frozenset(licence_types), at),
            ),
            standing.serials if standing is not None else (),
        ),
        certificate,
    )
    if now != before and not registrar.store.put_registration(before, now):
        raise PublicationBusyError(
            f"机构 {uscc} 正被另一进程修改，请重试。",
            f"Authority {uscc} is being changed elsewhere; try again.",
        )
    authority = now.to_authority(at)
    assert authority is not None
    return authority


def _current_certificate(
    registrar: Registrar, region: str, subject: CertificateSubject, issuer_identifier: str, at: datetime
) -> x509.Certificate:
    """The certificate of the authority's key: the one in hand while it fits and lasts, else a new one."""
    assert subject.uscc is not None
    key_id = authority_key_id(subject.uscc)
    signer = registrar.keys.ensure(key_id)
    issuer = registrar.certificate_authority(region)
    if signer.certificate_chain:
        held = load_certificate(signer.certificate_chain[0])
        if not is_revoked(registrar, region, held) and _still_fits(
            held, subject, issuer, issuer_identifier, at
        ):
            return held
    certificate = issue_leaf(
        subject,
        signer.public_key,
        issuer,
        valid_from=begin_under(issuer.certificate, at),
        valid_until=end_under(issuer.certificate, at + AUTHORITY_VALIDITY),
        uris=(issuer_identifier,),
        crl_uri=registrar.crl_uri(region),
    )
    # The key store keeps the newest only; licences name the one that signed them by its thumbprint.
    registrar.store.add_certificate(CertificateRow.of(region, certificate))
    registrar.keys.attach_certificates(key_id, chain_below_anchor(certificate, issuer.certificate))
    return certificate


def is_revoked(registrar: Registrar, region: str, held: x509.Certificate) -> bool:
    """Whether the certificate was revoked.

    Raises ``InvalidRegistrationError`` for a key that was compromised: it is never certified again.
    """
    row = next((r for r in registrar.store.revoked(region) if r.serial == held.serial_number), None)
    if row is not None and row.reason is RevocationReason.KEY_COMPROMISE:
        raise InvalidRegistrationError(
            "该密钥已因泄露被吊销，不能再认证。",
            "The key was revoked as compromised and is not certified again.",
            next_step=Text(
                "将旧密钥文件移出密钥目录，再次登记时会生成新密钥。",
                "Move the old key file out of the key directory; enrolling again makes a new key.",
            ),
        )
    return row is not None


def _still_fits(
    held: x509.Certificate,
    subject: CertificateSubject,
    issuer: CertificateAuthority,
    issuer_identifier: str,
    at: datetime,
) -> bool:
    names = held.extensions.get_extension_for_class(x509.SubjectAlternativeName).value
    return (
        held.subject == subject.to_name()
        and held.issuer == issuer.certificate.subject
        and issuer_identifier in names.get_values_for_type(x509.UniformResourceIdentifier)
        and held.not_valid_after_utc - at > RENEW_BEFORE
    )


def with_certificate(registration: Registration, certificate: x509.Certificate) -> Registration:
    """The registration that names ``certificate`` too; earlier ones stay, for what they have signed."""
    thumbprint = certificate_thumbprint(chain_below_anchor(certificate)[0])
    if thumbprint in registration.entry.certificates:
        return registration
    return replace(
        registration,
        entry=replace(registration.entry, certificates=(*registration.entry.certificates, thumbprint)),
        serials=(*registration.serials, certificate.serial_number),
    )
