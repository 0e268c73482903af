"""A service item as the interface tells it."""

from __future__ import annotations

from typing import Any

from standards.dcql import DcqlQuery
from verifier.items.service_item import FormField, Material, ServiceItem


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
        "version": item.version,
        "effective_from": item.effective_from.isoformat(),
        "effective_until": item.effective_until.isoformat() if item.effective_until else None,
        "region": item.region,
        "stages": [stage.value for stage in item.stages],
        "visits_allowed": item.visits_allowed,
        "delivery": item.delivery,
        "own_forms": item.own_forms,
        "paper_baseline": item.paper_baseline,
        "materials": [_material_json(material) for material in item.materials],
        "conditions": [
            {"id": condition.id, "label": condition.label.to_json()} for condition in item.conditions
        ],
        "form": [_field_json(field) for field in item.form],
        "offline": {
            "trust_max_age_hours": int(item.offline.trust_max_age.total_seconds() // 3600),
            "status_max_age_hours": int(item.offline.status_max_age.total_seconds() // 3600),
            "unredeemed": item.offline.unredeemed,
        },
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
        "paper_baseline": material.paper_baseline,
        "supplement_days": material.supplement_days,
        "options": [list(option) for option in material.options],
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


def _field_json(field: FormField) -> dict[str, Any]:
    return {
        "id": field.id,
        "label": field.label.to_json(),
        "kind": field.kind.value,
        "required": field.required,
        "sources": [{"query": query, "claim": claim} for query, claim in field.sources],
    }
