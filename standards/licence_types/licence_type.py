"""The values of the licence catalogue: a type, its fields and its rules (GB/T 36902 catalogue entry).

A type says what stands on the face of a licence, how sensitive each field is, how long the licence holds and how it
is numbered. All of it is data (``data/*.json``), read once by ``data_file`` into these frozen values.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import IntEnum, StrEnum
from typing import Final

from standards.licence_types.coding import CodingRule
from standards.licence_types.departments import HOLDER_DEPARTMENTS
from standards.licence_types.masking import Mask
from standards.licence_types.validity import ValidityRule
from standards.text import Text


class FieldKind(StrEnum):
    """What a field's value is, on the wire and to a person."""

    TEXT = "text"
    """One line."""

    LONG_TEXT = "long_text"
    """Several lines."""

    DATE = "date"
    """``YYYY-MM-DD``."""

    TIME = "time"
    """``HH:MM``, local time of the event."""

    INTEGER = "integer"
    """A JSON integer."""

    DECIMAL = "decimal"
    """A decimal number as text, so that no digit is lost."""

    CHOICE = "choice"
    """One of the field's choices."""

    CITIZEN_NUMBER = "citizen_number"
    """GB 11643."""

    USCC = "uscc"
    """GB 32100."""

    DIVISION = "division"
    """GB/T 2260, six digits."""

    IMAGE = "image"
    """A JPEG or PNG picture in base64 (``image_value``), such as a portrait."""


class Sensitivity(IntEnum):
    """Sensitivity grade of a field (GB/T 43697 idea of levels; R32)."""

    PUBLIC = 1
    """Published by law anyway."""

    INTERNAL = 2
    """Of use to departments; harmless to most."""

    PERSONAL = 3
    """Personal data or a business secret."""

    SENSITIVE = 4
    """Sensitive personal data (Personal Information Protection Law article 28): separate consent."""


class HolderCategory(StrEnum):
    """Who can hold a licence of the type (GB/T 36902)."""

    NATURAL_PERSON = "natural_person"
    LEGAL_ENTITY = "legal_entity"
    MIXED = "mixed"
    OTHER = "other"


class AuthorityLevel(StrEnum):
    """Level of an authority (GB/T 36902)."""

    NATION = "nation"
    PROVINCE = "province"
    CITY = "city"
    COUNTY = "county"
    TOWNSHIP = "township"
    OTHER = "other"


class ShareClass(StrEnum):
    """How data of the type are shared between departments (R19, R27)."""

    UNCONDITIONAL = "unconditional"
    CONDITIONAL = "conditional"
    NOT_SHARED = "not_shared"


class CodeOrigin(StrEnum):
    """How sure the type code is: taken from public catalogues, or assumed until somebody corrects the data."""

    PUBLISHED = "published"
    ASSUMED = "assumed"


@dataclass(frozen=True, slots=True)
class Choice:
    """One allowed value of a choice field: the value on the wire is the Chinese text printed on the face."""

    value: str
    label: Text


@dataclass(frozen=True, slots=True)
class LicenceField:
    """One field on the face of a licence.

    Attributes:
        name: snake_case; the claim's name in a credential.
        label: what is printed beside it.
        kind: what its value is.
        grade: sensitivity.
        order: place in print, from 1.
        required: whether a licence without it is incomplete.
        common: the value belongs to every licence record (holder, authority, dates, number) and is taken from
            there; it is not repeated among the licence's own fields.
        mask: how the value is shown until it is touched, or ``None`` for openly.
        choices: allowed values of a choice field.
        pattern: a full match is required of a text field, or ``None``.
        hint: what the pattern asks for, in words.
        max_chars: longest text value.
        source: function of the authoritative department where the type's data name one; ask ``LicenceType.source_of``.
        printed: whether it stands on the licence's face; what is not is for systems and is disclosed only when asked for.
    """

    name: str
    label: Text
    kind: FieldKind
    grade: Sensitivity
    order: int
    required: bool
    common: bool = False
    mask: Mask | None = None
    choices: tuple[Choice, ...] = ()
    pattern: re.Pattern[str] | None = None
    hint: Text | None = None
    max_chars: int = 200
    source: str | None = None
    printed: bool = True


class RepresentativeRole(StrEnum):
    """In which capacity somebody whom a licence names acts for its holder."""

    LEGAL_REPRESENTATIVE = "legal_representative"
    """Of a legal entity (Civil Code article 61)."""

    GUARDIAN = "guardian"
    """Of a child (Civil Code article 27)."""


@dataclass(frozen=True, slots=True)
class Representative:
    """The fields of a licence that say who acts for its holder; a licence that lacks the number names nobody.

    Attributes:
        role: in which capacity.
        name_field: own field with the person's name.
        number_field: own field with the person's citizen identity number.
    """

    role: RepresentativeRole
    name_field: str
    number_field: str


@dataclass(frozen=True, slots=True)
class DefiningAuthority:
    """Who defines the type (GB/T 36902)."""

    uscc: str
    name: Text
    level: AuthorityLevel


@dataclass(frozen=True, slots=True)
class HolderRule:
    """Who and how many hold a licence of the type (holders are 1..n)."""

    category: HolderCategory
    code_types: tuple[str, ...]
    minimum: int
    maximum: int


@dataclass(frozen=True, slots=True)
class Inspection:
    """Annual or periodic inspection: a dimension of its own beside the state (DOMAIN section 3).

    Attributes:
        name: what the inspection is called.
        every_months: months from one inspection to the next.
        overdue_invalidates: whether a licence with an overdue inspection is not to be accepted; a business
            licence without its annual report is only flagged.
    """

    name: Text
    every_months: int
    overdue_invalidates: bool


LEAST_CONTRAST: Final = 4.5
"""Text on a card stays readable (WCAG 2.2, 1.4.3)."""


@dataclass(frozen=True, slots=True)
class Appearance:
    """Colours of the licence's card, ``#rrggbb``, at a contrast of 4.5:1 or more (WCAG 2.2, 1.4.3)."""

    background: str
    text: str

    @property
    def contrast(self) -> float:
        """Contrast ratio of the two, 1 to 21 (WCAG 2.2, relative luminance)."""
        low, high = sorted((_luminance(self.background), _luminance(self.text)))
        return (high + 0.05) / (low + 0.05)


def _luminance(colour: str) -> float:
    channels = (int(colour[place : place + 2], 16) / 255 for place in (1, 3, 5))
    linear = (c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in channels)
    return sum(weight * value for weight, value in zip((0.2126, 0.7152, 0.0722), linear, strict=True))


@dataclass(frozen=True, slots=True)
class LicenceType:
    """One licence type in one version; ``department`` is the function that keeps it, a code of ``DEPARTMENTS``."""

    code: str
    version: str
    code_origin: CodeOrigin
    name: Text
    description: Text
    defining_authority: DefiningAuthority
    issuing_level: AuthorityLevel
    issuing_function: Text
    department: str
    service_item: Text
    holder: HolderRule
    validity: ValidityRule
    coding: CodingRule
    inspection: Inspection | None
    share_class: ShareClass
    appearance: Appearance
    fields: tuple[LicenceField, ...]
    representatives: tuple[Representative, ...] = ()
    compact: tuple[str, ...] | None = None
    """Names of the face fields that go into the compact form, the most important first; ``None`` for a rule that fits
    any type (``standards.cwt.face``)."""

    @property
    def vct(self) -> str:
        """Credential type (SD-JWT VC draft -13 section 3.2.2.1), identical for every issuer of the type."""
        return vct_of(self.code, self.version)

    @property
    def holder_category(self) -> HolderCategory:
        """Who can hold it."""
        return self.holder.category

    @property
    def own_fields(self) -> tuple[LicenceField, ...]:
        """The fields whose values a licence record keeps under ``fields``; the rest are common to all records."""
        return tuple(field for field in self.fields if not field.common)

    def field(self, name: str) -> LicenceField | None:
        """The face field called ``name``, or ``None``."""
        return next((field for field in self.fields if field.name == name), None)

    def source_of(self, name: str, holder_code_type: str | None = None) -> str:
        """Function of the one department whose word counts for a field (R24).

        Args:
            name: a face field or a common claim.
            holder_code_type: decides on ``holder_name``: what a number's holder is called is said by the register
                that gave the number.
        """
        field = self.field(name)
        if field is not None and field.source is not None:
            return field.source
        if name == "holder_name" and holder_code_type is not None:
            return HOLDER_DEPARTMENTS.get(holder_code_type, self.department)
        return self.department


def vct_of(code: str, version: str) -> str:
    """``urn:elicence:type:{type code}:{version of the type}``."""
    return f"urn:elicence:type:{code}:{version}"


def type_code_of(vct: str) -> str:
    """The type code in a ``vct`` of :func:`vct_of`, or the whole ``vct`` when it has another form."""
    parts = vct.split(":")
    return parts[3] if len(parts) == 5 and parts[:3] == ["urn", "elicence", "type"] else vct
