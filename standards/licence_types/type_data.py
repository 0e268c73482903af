"""A licence type as the data from which it was read: the reverse of ``data_file``, for a next version of it."""

from __future__ import annotations

from typing import Any

from standards.licence_types.coding import CodingRule, Part, PartKind
from standards.licence_types.licence_type import LicenceField, LicenceType
from standards.licence_types.masking import Mask
from standards.licence_types.validity import ValidityKind, ValidityRule


def type_data(licence_type: LicenceType) -> dict[str, Any]:
    """The JSON object that describes the type; reading it again gives an equal type."""
    inspection = licence_type.inspection
    data: dict[str, Any] = {
        "code": licence_type.code,
        "version": licence_type.version,
        "code_origin": licence_type.code_origin.value,
        "name": licence_type.name.to_json(),
        "description": licence_type.description.to_json(),
        "defining_authority": {
            "uscc": licence_type.defining_authority.uscc,
            "name": licence_type.defining_authority.name.to_json(),
            "level": licence_type.defining_authority.level.value,
        },
        "issuing_level": licence_type.issuing_level.value,
        "issuing_function": licence_type.issuing_function.to_json(),
        "department": licence_type.department,
        "service_item": licence_type.service_item.to_json(),
        "holder": {
            "category": licence_type.holder.category.value,
            "code_types": list(licence_type.holder.code_types),
            "minimum": licence_type.holder.minimum,
            "maximum": licence_type.holder.maximum,
        },
        "validity": _validity(licence_type.validity),
        "coding": _coding(licence_type.coding),
        "share_class": licence_type.share_class.value,
        "appearance": {
            "background": licence_type.appearance.background,
            "text": licence_type.appearance.text,
        },
        "fields": [_field(field) for field in licence_type.fields],
    }
    if licence_type.compact is not None:
        data["compact"] = list(licence_type.compact)
    if licence_type.representatives:
        data["representatives"] = [
            {"role": one.role.value, "name_field": one.name_field, "number_field": one.number_field}
            for one in licence_type.representatives
        ]
    if inspection is not None:
        data["inspection"] = {
            "name": inspection.name.to_json(),
            "every_months": inspection.every_months,
            "overdue_invalidates": inspection.overdue_invalidates,
        }
    return data


def mask_data(mask: Mask) -> dict[str, int]:
    """A mask as data."""
    if mask.hide_from:
        return {"hide_from": mask.hide_from, "hide_to": mask.hide_to}
    return {"show_first": mask.show_first, "show_last": mask.show_last}


def _validity(rule: ValidityRule) -> dict[str, Any]:
    data: dict[str, Any] = {"kind": rule.kind.value, "description": rule.description.to_json()}
    if rule.kind is ValidityKind.YEARS:
        data["years"] = rule.years
    if rule.bands:
        data["bands"] = [
            {"from_age": band.from_age} | ({} if band.years is None else {"years": band.years})
            for band in rule.bands
        ]
    if rule.or_long_term:
        data["or_long_term"] = True
    return data


def _coding(rule: CodingRule) -> dict[str, Any]:
    return {
        "description": rule.description.to_json(),
        "pattern": rule.pattern.pattern,
        "parts": [_part(part) for part in rule.parts],
    }


def _part(part: Part) -> dict[str, Any]:
    data: dict[str, Any] = {"kind": part.kind.value}
    if part.kind in {PartKind.LITERAL, PartKind.FIELD}:
        data["value"] = part.value
    if part.kind is PartKind.SEQUENCE:
        data["digits"] = part.digits
    if part.codes:
        data["codes"] = dict(part.codes)
    return data


def _field(field: LicenceField) -> dict[str, Any]:
    data: dict[str, Any] = {"name": field.name, "label": field.label.to_json(), "grade": int(field.grade)}
    if field.mask is not None:
        data["mask"] = mask_data(field.mask)
    if field.source is not None:
        data["source"] = field.source
    if field.common:
        return data
    data |= {"kind": field.kind.value, "required": field.required, "max_chars": field.max_chars}
    if not field.printed:
        data["printed"] = False
    if field.choices:
        data["choices"] = [choice.label.to_json() for choice in field.choices]
    if field.pattern is not None and field.hint is not None:
        data |= {"pattern": field.pattern.pattern, "hint": field.hint.to_json()}
    return data
