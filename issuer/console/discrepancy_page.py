"""What the pages of the discrepancy queue show: both values as people read them, and who is to deal with it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Any, Final

from issuer.console.licence_page import NO_PICTURE
from issuer.discrepancies.discrepancy import Discrepancy
from issuer.sources.judgement import HOLDER_NAME, HOLDERS
from standards.codes.holder_code import HolderKind, holder_code_type
from standards.licence_types import (
    COMMON_CLAIMS,
    DEPARTMENTS,
    Catalogue,
    FieldKind,
    LicenceField,
    LicenceType,
    shown_image,
)
from standards.licence_types.masking import NUMBER_MASK
from standards.text import Text

_HOLDERS_LABEL: Final = Text("持证主体", "Holders")


@dataclass(frozen=True, slots=True)
class ShownValue:
    """A value as it is shown.

    Attributes:
        text: in words; empty for no value.
        masked: with its middle hidden, or ``None`` for openly.
        is_date: to be written as a date of the reader's language.
        holders: (name, number, masked number) of each, where the value is the holders.
        image: ``data:`` URI of the picture that the value is, or ``None``.
    """

    text: str | Text = ""
    masked: str | None = None
    is_date: bool = False
    holders: tuple[tuple[str, str, str | None], ...] = ()
    image: str | None = None


@dataclass(frozen=True, slots=True)
class DiscrepancyRow:
    """A discrepancy as a list or its page shows it; ``labelled`` is the field by whose rules its values are shown."""

    one: Discrepancy
    type_name: Text
    field: Text
    department: Text
    library: ShownValue
    source: ShownValue
    owner: str | None
    labelled: LicenceField | None


def discrepancy_row(one: Discrepancy, catalogue: Catalogue, staff: Mapping[str, str]) -> DiscrepancyRow:
    """The row of a discrepancy.

    Args:
        one: the discrepancy.
        catalogue: knows the labels.
        staff: member id → name.
    """
    licence_type = catalogue.find(one.type_code)
    field = _field(one, licence_type)
    label = _HOLDERS_LABEL if one.field == HOLDERS else field.label if field else Text(one.field, one.field)
    return DiscrepancyRow(
        one=one,
        type_name=licence_type.name if licence_type else Text(one.type_code, one.type_code),
        field=label,
        department=DEPARTMENTS[one.department],
        library=shown_value(field, one.current),
        source=shown_value(field, one.incoming),
        owner=None if one.owner is None else staff.get(one.owner, one.owner),
        labelled=field,
    )


def shown_value(field: LicenceField | None, value: Any) -> ShownValue:
    """A JSON value of a field as people read it."""
    if value is None:
        return ShownValue()
    if isinstance(value, list):
        return ShownValue(holders=tuple(_holder(holder) for holder in value))
    if field is None:
        return ShownValue(str(value))
    if field.kind is FieldKind.CHOICE:
        label = next((choice.label for choice in field.choices if choice.value == value), None)
        return ShownValue(label or str(value))
    if field.kind is FieldKind.IMAGE:
        return ShownValue(NO_PICTURE, image=shown_image(value))
    masked = field.mask.apply(str(value)) if field.mask is not None else None
    return ShownValue(str(value), masked, is_date=field.kind is FieldKind.DATE)


def interval(hours: int) -> Text:
    """An interval in words, in the largest unit that fits."""
    for size, zh, en in ((24 * 7, "周", "week"), (24, "天", "day"), (1, "小时", "hour")):
        if hours % size == 0:
            count = hours // size
            if count == 1:
                return Text(f"每{zh}", f"every {en}")
            return Text(f"每 {count} {zh}", f"every {count} {en}s")
    raise AssertionError  # every number of hours is one of hours


def age(passed: timedelta) -> Text:
    """How long ago, in one unit, rounded down."""
    minutes = int(passed.total_seconds() // 60)
    for size, zh, en in ((24 * 60, "天", "day"), (60, "小时", "hour"), (1, "分钟", "minute")):
        if minutes >= size:
            count = minutes // size
            return Text(f"{count} {zh}前", f"{count} {en}{'s' if count > 1 else ''} ago")
    return Text("刚刚", "just now")


def _field(one: Discrepancy, licence_type: LicenceType | None) -> LicenceField | None:
    face = licence_type.field(one.field) if licence_type else None
    return face or COMMON_CLAIMS.get(HOLDER_NAME if one.field == HOLDER_NAME else one.field)


def _holder(holder: Mapping[str, str]) -> tuple[str, str, str | None]:
    is_person = holder_code_type(holder["code_type"]).kind is not HolderKind.LEGAL_ENTITY
    number = holder["number"]
    return holder["name"], number, NUMBER_MASK.apply(number) if is_person else None
