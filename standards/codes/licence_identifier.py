"""Electronic licence identifier (GB/T 36904-2018): ``1.2.156.3005.2.<type>.<authority>.<serial>.<version>.<check>``.

The check character is ISO 7064 MOD 37,36 (GB/T 17710) over type, authority, serial and version, without the dots
and without the root. Some provinces use another check dialect: it is never issued here, and an identifier that
carries it is not called wrong, only unknown.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from standards.errors import InvalidInputError
from standards.text import Text

ROOT: Final = "1.2.156.3005.2"
"""Object identifier arc of electronic licences (GB/T 36904 clause 5)."""

MAX_CHARS: Final = 160
"""Longest identifier that is read, in characters; the standard leaves the serial's length open."""

LAST_VERSION: Final = 999

_ALPHABET: Final = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ"
_VALUES: Final = {char: value for value, char in enumerate(_ALPHABET)}

_FORM: Final = re.compile(
    r"1\.2\.156\.3005\.2"
    r"\.(?P<type>[0-9A-Z]{18}[0-9]{3})"
    r"\.(?P<authority>[0-9A-Z]{18}|[0-9]{6})"
    r"\.(?P<serial>[0-9A-Z]{1,64})"
    r"\.(?P<version>[0-9]{3})"
    r"\.(?P<check>[0-9A-Z])",
    re.ASCII,
)


class InvalidLicenceIdentifierError(InvalidInputError):
    """A text that is no licence identifier."""

    code = "invalid-licence-identifier"


class CheckDialect(StrEnum):
    """How the check character came about."""

    STANDARD = "standard"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class LicenceIdentifier:
    """One licence in one version.

    Attributes:
        type_code: 21 characters: USCC of the defining authority and 3 digits.
        authority: USCC of the issuing authority, or a 6-digit division code.
        serial: digits and capital letters, given by the authority.
        version: 1 to 999.
        check: the check character as read or computed.
    """

    type_code: str
    authority: str
    serial: str
    version: int
    check: str

    def __str__(self) -> str:
        return f"{ROOT}.{self.type_code}.{self.authority}.{self.serial}.{self.version:03d}.{self.check}"

    @property
    def dialect(self) -> CheckDialect:
        """STANDARD if the check character follows the standard, else UNKNOWN; never "forged"."""
        body = f"{self.type_code}{self.authority}{self.serial}{self.version:03d}"
        return CheckDialect.STANDARD if _check_character(body) == self.check else CheckDialect.UNKNOWN

    def next_version(self) -> LicenceIdentifier:
        """The identifier of the following version of the same licence.

        Raises:
            InvalidLicenceIdentifierError: after version 999.
        """
        return build_licence_identifier(self.type_code, self.authority, self.serial, self.version + 1)


def parse_licence_identifier(text: str, *, where: str | None = None) -> LicenceIdentifier:
    """The identifier in ``text``. An unknown check dialect is no error; ask ``dialect``.

    Raises:
        InvalidLicenceIdentifierError: not of the form of GB/T 36904.
    """
    match = _FORM.fullmatch(text) if len(text) <= MAX_CHARS else None
    if match is None or match["version"] == "000":
        raise InvalidLicenceIdentifierError(
            "电子证照标识的格式不对。",
            "The licence identifier does not have the right form.",
            where=where,
            next_step=Text(
                "应为 1.2.156.3005.2.类型代码.颁发机构代码.流水号.版本号.校验位。",
                "It is 1.2.156.3005.2.<type>.<authority>.<serial>.<version>.<check>.",
            ),
        )
    return LicenceIdentifier(
        match["type"], match["authority"], match["serial"], int(match["version"]), match["check"]
    )


def build_licence_identifier(type_code: str, authority: str, serial: str, version: int) -> LicenceIdentifier:
    """The identifier of these parts, with the check character of the standard.

    Raises:
        InvalidLicenceIdentifierError: a part that the standard does not allow.
    """
    if not 1 <= version <= LAST_VERSION:
        raise InvalidLicenceIdentifierError(
            "版本号应在 001 至 999 之间。", "The version must be from 001 to 999."
        )
    unchecked = parse_licence_identifier(f"{ROOT}.{type_code}.{authority}.{serial}.{version:03d}.0")
    body = f"{type_code}{authority}{serial}{version:03d}"
    return LicenceIdentifier(unchecked.type_code, authority, serial, version, _check_character(body))


def _check_character(body: str) -> str:
    """ISO 7064 MOD 37,36 over digits and capital letters; one is computed for every row of an import."""
    product = 36
    for char in body:
        total = (product + _VALUES[char]) % 36 or 36
        product = total * 2 % 37
    return _ALPHABET[(37 - product) % 36]
