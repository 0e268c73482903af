"""A source on the wire of the management interface."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from issuer.sources.source import SourceStanding
from standards.licence_types import DEPARTMENTS


def source_json(standing: SourceStanding, at: datetime) -> dict[str, Any]:
    """The source with its deliveries and its staleness as last measured."""
    source, deliveries, staleness = standing.source, standing.deliveries, standing.staleness
    age = standing.age(at)
    return {
        "code": source.code,
        "name": source.name,
        "department": source.department,
        "department_name": DEPARTMENTS[source.department].to_json(),
        "contact": source.contact,
        "expected_every_hours": int(source.expected_every.total_seconds() // 3600),
        "types": list(source.type_codes),
        "system": source.system,
        "applies": source.applies,
        "deliveries": {
            "count": deliveries.count,
            "last_at": deliveries.last_at and instant(deliveries.last_at),
            "last_rows": deliveries.last_rows,
            "age_seconds": None if age is None else int(age.total_seconds()),
            "timeliness": standing.timeliness(at).value,
        },
        "staleness": None
        if staleness is None
        else {
            "licences": staleness.licences,
            "confirmed": staleness.confirmed,
            "share": staleness.share,
            "measured_at": instant(staleness.measured_at),
        },
    }


def instant(at: datetime) -> str:
    """RFC 3339, UTC, to the second."""
    return at.isoformat(timespec="seconds").replace("+00:00", "Z")
