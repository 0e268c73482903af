"""A licence type on the wire of the management interface (catalogue of R27)."""

from __future__ import annotations

from datetime import date
from typing import Any

from issuer.catalogue.examples import example_body
from standards.licence_types import LicenceField, LicenceType


def type_json(licence_type: LicenceType, today: date) -> dict[str, Any]:
    """Everything that a system needs to enter a licence of the type, with a complete fictional ``example``."""
    inspection = licence_type.inspection
    return {
        "code": licence_type.code,
        "version": licence_type.version,
        "vct": licence_type.vct,
        "name": licence_type.name.to_json(),
        "description": licence_type.description.to_json(),
        "defining_authority": {
            "code": licence_type.defining_authority.uscc,
            "name": licence_type.defining_authority.name.to_json(),
        },
        "service_item": licence_type.service_item.to_json(),
        "holder": {
            "category": licence_type.holder.category.value,
            "code_types": list(licence_type.holder.code_types),
            "minimum": licence_type.holder.minimum,
            "maximum": licence_type.holder.maximum,
        },
        "validity": {
            "kind": licence_type.validity.kind.value,
            "description": licence_type.validity.description.to_json(),
        },
        "coding": {
            "pattern": licence_type.coding.pattern.pattern,
            "description": licence_type.coding.description.to_json(),
        },
        "inspection": None
        if inspection is None
        else {
            "name": inspection.name.to_json(),
            "every_months": inspection.every_months,
            "overdue_invalidates": inspection.overdue_invalidates,
        },
        "share_class": licence_type.share_class.value,
        "department": licence_type.department,
        "fields": [_field_json(field, licence_type) for field in licence_type.fields],
        "example": example_body(licence_type, today),
    }


def _field_json(field: LicenceField, licence_type: LicenceType) -> dict[str, Any]:
    wire: dict[str, Any] = {
        "name": field.name,
        "label": field.label.to_json(),
        "kind": field.kind.value,
        "sensitivity": int(field.grade),
        "order": field.order,
        "required": field.required,
        "from_record": field.common,
        "source": licence_type.source_of(field.name),
    }
    if field.choices:
        wire["choices"] = [
            {"value": choice.value, "label": choice.label.to_json()} for choice in field.choices
        ]
    if field.pattern is not None:
        wire["pattern"] = field.pattern.pattern
    return wire
