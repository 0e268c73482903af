"""A presentation as the interface tells it (DESIGN section 6)."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from verifier.acceptance.record import AcceptanceRecord
from verifier.window.presentation import Presentation, Received, Refused


def presentation_json(presentation: Presentation, record: AcceptanceRecord | None) -> dict[str, Any]:
    """The wire shape: state, and what the state has to say.

    Args:
        presentation: as it is now.
        record: what was decided on it, or ``None``.
    """
    asked = presentation.asked
    wire: dict[str, Any] = {
        "id": asked.id,
        "state": presentation.name.value,
        "service_item": asked.item,
        "created_at": _moment(asked.asked_at),
        "expires_at": _moment(asked.expires_at),
    }
    if isinstance(presentation, Received):
        answer = presentation.answer
        wire["received_at"] = _moment(answer.received_at)
        wire["report"] = answer.report
        wire["claims"] = answer.claims()
        wire["lists"] = [used for used in answer.lists if used["kind"] in {"trust", "status"}]
        if shown_by := answer.shown_by():
            wire["shown_by"] = shown_by
        if answer.response_code is not None:
            wire["response_code"] = answer.response_code
    if isinstance(presentation, Refused):
        wire["error"] = presentation.error
    if record is not None:
        facts = record.facts()
        wire["decision"] = {
            "record": facts["id"],
            "decision": facts["decision"],
            "reason": facts["reason"],
            "decided_at": facts["decided_at"],
        }
    return wire


def _moment(moment: datetime) -> str:
    return moment.isoformat(timespec="seconds")
