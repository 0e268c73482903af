"""A discrepancy on the wire of the management interface."""

from __future__ import annotations

from typing import Any

from issuer.discrepancies.discrepancy import Discrepancy
from issuer.node import IssuerNode
from issuer.sources.source_json import instant
from standards.licence_types import DEPARTMENTS


def discrepancy_json(node: IssuerNode, one: Discrepancy) -> dict[str, Any]:
    """Both values, where it stands, and what happened to it."""
    return {
        "id": one.id,
        "licence": f"{node.settings.issuer_url}/api/v1/licences/{one.identifier}",
        "identifier": one.identifier,
        "type": one.type_code,
        "field": one.field,
        "holder": one.place,
        "source": {"code": one.source, "name": one.source_name},
        "department": one.department,
        "department_name": DEPARTMENTS[one.department].to_json(),
        "authoritative": one.authoritative,
        "library_value": one.current,
        "source_value": one.incoming,
        "state": one.state.value,
        "owner": one.owner,
        "seen": one.seen,
        "first_seen": instant(one.first_seen),
        "last_seen": instant(one.last_seen),
        "reason": one.reason and one.reason.value,
        "reasons": [reason.value for reason in one.reasons],
        "history": [
            {
                "step": entry.step.value,
                "at": instant(entry.at),
                "by": entry.by,
                "reason": entry.reason and entry.reason.value,
                "note": entry.note,
            }
            for entry in one.history
        ],
        "revision": one.revision,
    }
