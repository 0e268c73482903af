"""Certificates of the trust hierarchy: nation root → region → authority or relying party (RFC 5280, DESIGN section 4).

Only P-256 with SHA-256. An organisation's certificate carries its unified social credit code as
``organizationIdentifier`` (2.5.4.97) and its name; a credential issuer's also its identifier as SAN URI, a relying
party's its host as SAN dNSName (OpenID4VP 1.0 section 5.9.3).
"""

from keys.certificates.issue import (
    TRUST_LIST_SIGNING,
    CertificateAuthority,
    issue_ca,
    issue_leaf,
    issue_root,
)
from keys.certificates.request import (
    CertificateRequest,
    build_request,
    parse_request,
    sign_request,
)
from keys.certificates.revocation import (
    RevocationList,
    RevocationReason,
    RevokedSerial,
    issue_crl,
    parse_crl,
    verify_crl,
    verify_crl_by_any,
)
from keys.certificates.subject import CertificateSubject, certificate_subject
from keys.certificates.wire import certificate_thumbprint, certificate_to_pem, load_certificate

__all__ = [
    "TRUST_LIST_SIGNING",
    "CertificateAuthority",
    "CertificateRequest",
    "CertificateSubject",
    "RevocationList",
    "RevocationReason",
    "RevokedSerial",
    "build_request",
    "certificate_subject",
    "certificate_thumbprint",
    "certificate_to_pem",
    "issue_ca",
    "issue_crl",
    "issue_leaf",
    "issue_root",
    "load_certificate",
    "parse_crl",
    "parse_request",
    "sign_request",
    "verify_crl",
    "verify_crl_by_any",
]
