"""Certifying an organisation that keeps its own key: a verifier's department, a terminal, a wallet provider."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Final

from cryptography import x509

from issuer.registrar.ensure_authority import with_certificate
from issuer.registrar.ensure_publishers import begin_under, end_under
from issuer.registrar.errors import InvalidRegistrationError, PublicationBusyError
from issuer.registrar.registrar import Registrar
from issuer.registrar.registration import Registration, start_of_day
from issuer.registrar.store import CertificateRow
from keys.certificates import (
    CertificateRequest,
    certificate_to_pem,
    load_certificate,
    parse_request,
    sign_request,
)
from keys.trust_list import Role, ServiceItem, TrustEntry
from standards.codes.uscc import parse_uscc
from standards.text import Text

RELYING_PARTY_VALIDITY: Final = timedelta(days=2 * 365)
RENEW_BEFORE: Final = timedelta(days=90)
"""A request for the same key gets the same certificate, until it ends sooner than this."""

_HOST: Final = re.compile(r"(?!-)[a-z0-9-]{1,63}(?<!-)(\.(?!-)[a-z0-9-]{1,63}(?<!-))*")


def certify_relying_party(
    registrar: Registrar,
    request_pem: str,
    *,
    name: Text,
    division: str,
    service_items: Iterable[ServiceItem] = (),
    role: Role = Role.VERIFIER,
    expected_uscc: str | None = None,
    at: datetime,
) -> str:
    """Certify the key of a request and enter the organisation into its region's list.

    The request proves possession of the key, names the organisation (Chinese name, unified social credit code) and,
    for ``x509_san_dns``, its hosts; the operator who calls this has checked that the organisation is who it says.

    Args:
        registrar: of a node that holds the authority of the region.
        request_pem: PKCS#10 request, PEM.
        name: for people; the Chinese one must be the request's.
        division: code of the organisation's area.
        service_items: what it may ask for; takes the place of what it might before.
        role: verifier unless it is something else that keeps its own key.
        expected_uscc: refuse a request that names another organisation.
        at: now.

    Returns:
        The certificate chain, PEM, leaf first, without the anchor.

    Raises ``CertificateError``, ``InvalidRegistrationError``, ``RegionNotFoundError``, ``PublicationBusyError``.
    """
    request = parse_request(request_pem)
    uscc = _check_request(request, name, division, role)
    if expected_uscc not in {None, uscc}:
        raise InvalidRegistrationError(
            "证书请求属于另一机构。", "The request names another organisation.", where="subject"
        )
    region = registrar.region_of(division)
    before = registrar.store.registration(role, uscc)
    standing = before if before is not None and before.entry.covers(at) else None
    certificate = _certificate_for(registrar, region, request, standing, at)
    entry = standing.entry if standing else TrustEntry(role, uscc, name, division, (), since=start_of_day(at))
    now = with_certificate(
        Registration(
            region,
            "other",
            replace(entry, name=name, division=division, service_items=tuple(service_items)),
            standing.serials if standing else (),
        ),
        certificate,
    )
    if now != before and not registrar.store.put_registration(before, now):
        raise PublicationBusyError(
            f"机构 {uscc} 正被另一进程修改，请重试。",
            f"Organisation {uscc} is being changed elsewhere; try again.",
        )
    authority = registrar.certificate_authority(region).certificate
    return certificate_to_pem(certificate) + certificate_to_pem(authority)


def _check_request(request: CertificateRequest, name: Text, division: str, role: Role) -> str:
    if role in {Role.ISSUER, Role.SEAL}:
        raise InvalidRegistrationError(
            "发证机构请用 elicence issuer authority enrol 登记。",
            "An issuing authority is enrolled with elicence issuer authority enrol.",
            where="role",
        )
    if request.subject.uscc is None:
        raise InvalidRegistrationError(
            "证书请求没有统一社会信用代码。",
            "The request names no unified social credit code.",
            where="subject",
        )
    parse_uscc(request.subject.uscc, where="subject")
    if request.subject.name != name.zh or request.subject.division not in {None, division}:
        raise InvalidRegistrationError(
            "证书请求中的名称或区划与登记信息不一致。",
            "Name or division in the request differ from those to be registered.",
            where="subject",
        )
    if not all(_HOST.fullmatch(host) for host in request.dns_names):
        raise InvalidRegistrationError(
            "证书请求中的主机名不正确（不接受通配符）。",
            "A host name in the request is not valid (wildcards are not certified).",
            where="dns_names",
        )
    return request.subject.uscc


def _certificate_for(
    registrar: Registrar,
    region: str,
    request: CertificateRequest,
    standing: Registration | None,
    at: datetime,
) -> x509.Certificate:
    """The certificate that the same request got before, while it lasts; else a new one."""
    revoked = {row.serial for row in registrar.store.revoked(region)}
    for row in registrar.store.certificates(region, standing.serials if standing else ()):
        held = load_certificate(row.certificate)
        if (
            held.public_key() == request.public_key
            and held.subject == request.subject.to_name()
            and _dns_names(held) == request.dns_names
            and held.serial_number not in revoked
            and held.not_valid_after_utc - at > RENEW_BEFORE
        ):
            return held
    issuer = registrar.certificate_authority(region)
    certificate = sign_request(
        request,
        issuer,
        valid_from=begin_under(issuer.certificate, at),
        valid_until=end_under(issuer.certificate, at + RELYING_PARTY_VALIDITY),
        crl_uri=registrar.crl_uri(region),
    )
    registrar.store.add_certificate(CertificateRow.of(region, certificate))
    return certificate


def _dns_names(certificate: x509.Certificate) -> tuple[str, ...]:
    try:
        names = certificate.extensions.get_extension_for_class(x509.SubjectAlternativeName).value
    except x509.ExtensionNotFound:
        return ()
    return tuple(names.get_values_for_type(x509.DNSName))
