"""Telling a department's systems how a complaint stands."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Final

from service.complaints import Complaint
from standards.complaints import ComplaintState
from verifier.webhooks import EventType, emit

if TYPE_CHECKING:
    from verifier.node import VerifierNode

_EVENTS: Final = {
    ComplaintState.RECEIVED: EventType.COMPLAINT_RECEIVED,
    ComplaintState.ANSWERED: EventType.COMPLAINT_ANSWERED,
    ComplaintState.WITHDRAWN: EventType.COMPLAINT_ENDED,
    ComplaintState.CLOSED: EventType.COMPLAINT_ENDED,
}


LOOK_BACK: Final = timedelta(minutes=15)
"""How far back complaints are looked for that nobody told of."""


def sweep_complaints(node: VerifierNode, at: datetime) -> int:
    """Tell of complaints that a killed process left untold; how many new messages there are. Safe to repeat."""
    return sum(
        tell_of_complaint(node, complaint)
        for department in node.webhooks.departments()
        for complaint in node.complaints.changed_since(department, at - LOOK_BACK, at)
    )


def tell_of_complaint(node: VerifierNode, complaint: Complaint) -> int:
    """Tell of the state that a complaint is in: never what was written; how many new messages there are."""
    at = complaint.ended_at or complaint.answered_at or complaint.received_at
    return emit(
        node,
        _EVENTS[complaint.state],
        complaint.department,
        {
            "complaint": complaint.complaint_id,
            "state": complaint.state.value,
            "cause": complaint.cause.value,
            "finding": None if complaint.finding is None else complaint.finding.value,
        },
        at=at,
        key=f"{complaint.complaint_id} {complaint.state.value}",
    )
