"""A case as other systems see it: codes, dates and numbers; who it is about stays inside."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from verifier.cases.case import Case


def case_json(case: Case) -> dict[str, Any]:
    """The case without its history."""
    return {
        "id": case.id,
        "number": case.number,
        "service_item": case.item,
        "item_version": case.item_version,
        "stage": case.stage.value,
        "state": case.state.value,
        "channel": case.channel.value,
        "opened_at": _moment(case.opened_at),
        "visits": len(case.visits),
        "presentation": case.presentation,
        "records": list(case.records),
        "due_on": case.due_on.isoformat() if case.due_on else None,
        "materials": [
            {
                "id": material,
                "state": slot.state.value,
                "presentation": slot.presentation,
                "reason": slot.reason,
                "due_on": slot.due_on.isoformat() if slot.due_on else None,
                "due_provisional": slot.due_provisional,
            }
            for material, slot in case.slots.items()
        ],
    }


def events_json(case: Case) -> list[dict[str, Any]]:
    """Its history, oldest first."""
    return [
        {
            "at": _moment(event.at),
            "step": event.step,
            "by": event.by,
            "terminal": event.terminal,
            "detail": dict(event.detail),
        }
        for event in case.events
    ]


def _moment(at: datetime) -> str:
    return at.astimezone(UTC).isoformat(timespec="milliseconds")
