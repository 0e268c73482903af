"""Which values of a licence's face go into the compact form, and how they are packed by kind.

A type's data name its most important short fields (``compact``); a type without them gets its first short ones. What is
sensitive personal data (grade 4) never goes: a code is read by whoever stands behind the holder.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date
from typing import Any, Final

from standards.licence_types.licence_type import FieldKind, LicenceField, LicenceType, Sensitivity

MAX_FIELDS: Final = 6
MAX_VALUE_CHARS: Final = 40
"""A longer value is left out, never cut."""

_CARRIED_ANYWAY: Final = frozenset(
    {
        "licence_identifier",
        "holder_name",
        "holder_code_type",
        "holder_number",
        "issuing_authority",
        "issuing_authority_code",
        "valid_until",
    }
)
_SHORT_KINDS: Final = frozenset(
    {
        FieldKind.TEXT,
        FieldKind.DATE,
        FieldKind.TIME,
        FieldKind.INTEGER,
        FieldKind.DECIMAL,
        FieldKind.CHOICE,
        FieldKind.USCC,
        FieldKind.DIVISION,
    }
)


def may_be_compact(field: LicenceField) -> bool:
    """Whether a field may stand in the compact form at all."""
    return (
        field.grade < Sensitivity.SENSITIVE
        and field.kind in _SHORT_KINDS
        and field.name not in _CARRIED_ANYWAY
    )


def compact_fields(licence_type: LicenceType) -> tuple[LicenceField, ...]:
    """At most :data:`MAX_FIELDS` face fields, the most important first."""
    allowed = {field.name: field for field in licence_type.fields if may_be_compact(field)}
    names: Iterable[str] = licence_type.compact if licence_type.compact is not None else allowed
    return tuple(allowed[name] for name in names if name in allowed)[:MAX_FIELDS]


def pack_face(licence_type: LicenceType, claims: Mapping[str, Any]) -> dict[int, str | int]:
    """The packed values of the type's compact fields, by their place in print, the most important first."""
    packed: dict[int, str | int] = {}
    for field in compact_fields(licence_type):
        value = _pack(field, claims.get(field.name))
        if value is not None:
            packed[field.order] = value
    return packed


def unpack_face(licence_type: LicenceType, packed: Mapping[int, str | int]) -> dict[str, Any]:
    """Values by field name, in printed order; what does not fit its field is left out."""
    values = {
        field.name: _unpack(field, packed[field.order])
        for field in licence_type.fields
        if field.order in packed and may_be_compact(field)
    }
    return {name: value for name, value in values.items() if value is not None}


def _pack(field: LicenceField, value: Any) -> str | int | None:
    if isinstance(value, int) and not isinstance(value, bool):
        return value if field.kind is FieldKind.INTEGER else None
    if not isinstance(value, str) or not 0 < len(value) <= MAX_VALUE_CHARS:
        return None
    if field.kind is FieldKind.DATE:
        return int(date.fromisoformat(value).strftime("%Y%m%d"))
    if field.kind is FieldKind.CHOICE:
        return next((n for n, choice in enumerate(field.choices, start=1) if choice.value == value), None)
    return value


def _unpack(field: LicenceField, value: str | int) -> str | int | None:
    if field.kind is FieldKind.INTEGER:
        return value if isinstance(value, int) else None
    if isinstance(value, str):
        return None if field.kind in (FieldKind.DATE, FieldKind.CHOICE) else value
    if field.kind is FieldKind.DATE:
        try:
            return date(value // 10_000, value // 100 % 100, value % 100).isoformat()
        except ValueError:
            return None
    if field.kind is FieldKind.CHOICE and 0 < value <= len(field.choices):
        return field.choices[value - 1].value
    return None
