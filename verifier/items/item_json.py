"""A service item as the interface tells it."""

from __future__ import annotations

from typing import Any

from standards.dcql import DcqlQuery
from verifier.items.service_item import Material, ServiceItem


def item_json(item: ServiceItem, query: DcqlQuery) -> dict[str, Any]:
    """The wire shape: names, materials with what satisfies them, conditions, and the query that will be asked."""
    return {
        "code": item.code,
        "name": item.name.to_json(),
        "purpose": item.purpose.to_json(),
        "basis": item.basis.kind.value,
        "legal_basis": _law(item),
        "retention": item.retention.to_json(),
        "level": item.level.value,
        "paper_baseline": item.paper_baseline,
        "materials": [_material_json(material) for material in item.materials],
        "conditions": [
            {"id": condition.id, "label": condition.label.to_json()} for condition in item.conditions
        ],
        "dcql_query": query.to_json(),
    }


def _law(item: ServiceItem) -> dict[str, str] | None:
    return None if item.basis.law is None else item.basis.law.to_json()


def _material_json(material: Material) -> dict[str, Any]:
    return {
        "id": material.id,
        "name": material.name.to_json(),
        "of": material.subject.value,
        "required": material.required,
        "accepts": [
            {
                "query": accepted.query,
                "type": accepted.licence_type.code,
                "name": accepted.licence_type.name.to_json(),
                "vct": accepted.licence_type.vct,
                "claims": list(accepted.claims),
                "claims_if_present": list(accepted.claims_if_present),
                "optional": list(accepted.optional),
            }
            for accepted in material.accepts
        ],
    }
