"""Whose certificate it is: the organisation's name, its code, its division.

``organizationIdentifier`` (ITU-T X.520 clause 6.4.4, OID 2.5.4.97) holds the unified social credit code (GB 32100)
as it stands; ``stateOrProvinceName`` the division code (GB/T 2260).
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Final

from cryptography import x509
from cryptography.x509.oid import NameOID

from keys.errors import CertificateError

COUNTRY: Final = "CN"
MAX_NAME_CHARS: Final = 64
"""Upper bound of a common name (RFC 5280 appendix A.1, ub-common-name)."""

_READ_ATTRIBUTES: Final = frozenset(
    {NameOID.COMMON_NAME, NameOID.ORGANIZATION_IDENTIFIER, NameOID.STATE_OR_PROVINCE_NAME}
)
_USCC: Final = re.compile(r"[0-9A-HJ-NPQRTUWXY]{18}")
_DIVISION: Final = re.compile(r"[0-9]{6}")


@dataclass(frozen=True, slots=True)
class CertificateSubject:
    """The holder of a certificate.

    Attributes:
        name: the organisation's name in Chinese, at most 64 characters.
        uscc: its unified social credit code, or ``None`` (certificate authorities and list signers).
        division: its division code, 6 digits, or ``None``.
    """

    name: str
    uscc: str | None = None
    division: str | None = None

    def __post_init__(self) -> None:
        if not 0 < len(self.name) <= MAX_NAME_CHARS:
            raise CertificateError(
                f"证书主体名称应为 1 至 {MAX_NAME_CHARS} 个字符。",
                f"The name of a certificate's subject has 1 to {MAX_NAME_CHARS} characters.",
            )
        if self.uscc is not None and not _USCC.fullmatch(self.uscc):
            raise CertificateError(
                "证书中的统一社会信用代码格式不正确。",
                "The unified social credit code in the certificate is malformed.",
            )
        if self.division is not None and not _DIVISION.fullmatch(self.division):
            raise CertificateError(
                "证书中的行政区划代码应为 6 位数字。", "The division code in the certificate has 6 digits."
            )

    def to_name(self) -> x509.Name:
        """The distinguished name: C, ST, O, organizationIdentifier, CN."""
        attributes = [x509.NameAttribute(NameOID.COUNTRY_NAME, COUNTRY)]
        if self.division is not None:
            attributes.append(x509.NameAttribute(NameOID.STATE_OR_PROVINCE_NAME, self.division))
        attributes.append(x509.NameAttribute(NameOID.ORGANIZATION_NAME, self.name))
        if self.uscc is not None:
            attributes.append(x509.NameAttribute(NameOID.ORGANIZATION_IDENTIFIER, self.uscc))
        attributes.append(x509.NameAttribute(NameOID.COMMON_NAME, self.name))
        return x509.Name(attributes)


def certificate_subject(certificate: x509.Certificate) -> CertificateSubject:
    """The subject of a certificate; raises ``CertificateError`` when it breaks the profile."""
    return subject_of_name(certificate.subject)


def subject_of_name(name: x509.Name) -> CertificateSubject:
    """The subject in a distinguished name. An attribute that occurs twice has no one meaning and is refused."""
    values: dict[x509.ObjectIdentifier, str] = {}
    for attribute in name:
        if attribute.oid not in _READ_ATTRIBUTES:
            continue
        if attribute.oid in values or not isinstance(attribute.value, str):
            raise CertificateError(
                "证书主体的属性重复或不是文字。",
                "An attribute of the certificate's subject is repeated or not a text.",
            )
        values[attribute.oid] = attribute.value
    common_name = values.get(NameOID.COMMON_NAME)
    if common_name is None:
        raise CertificateError("证书主体没有名称。", "The subject of the certificate has no common name.")
    return CertificateSubject(
        name=common_name,
        uscc=values.get(NameOID.ORGANIZATION_IDENTIFIER),
        division=values.get(NameOID.STATE_OR_PROVINCE_NAME),
    )
