"""Whether what a licence's document says follows from its history."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final, NamedTuple

from issuer.chain.findings import Finding, standing_wrong, state_wrong
from issuer.library.event import EventOutcome, Operation
from issuer.library.licence import LicenceState
from issuer.library.lifecycle import state_after
from standards.codes.licence_identifier import parse_licence_identifier
from standards.text import Text

_SUCCESSOR: Final = Text("后续版本", "successor")
_PROPOSAL: Final = Text("待审批操作", "open proposal")
_INSPECTION: Final = Text("检验情况", "inspection")


class _Step(NamedTuple):
    number: int
    operation: Operation
    outcome: EventOutcome


def check_licence(document: Mapping[str, Any]) -> Finding | None:
    """What of state, successor, open proposal and inspection its events do not lead to; ``None`` when all is right.

    Whether the events themselves are genuine is the chain's business.
    """
    identifier = document["_id"]
    events = document["events"]
    steps = [
        _Step(event["number"], Operation(event["operation"]), EventOutcome(event["outcome"]))
        for event in events
    ]
    expected = state_after(steps)
    if document["state"] != expected.value:
        return state_wrong(identifier, document["state"], expected)
    successor = (
        str(parse_licence_identifier(identifier).next_version())
        if expected is LicenceState.REPLACED
        else None
    )
    if document["superseded_by"] != successor:
        return standing_wrong(identifier, _SUCCESSOR)
    if document["proposal"] != _open_proposal(events):
        return standing_wrong(identifier, _PROPOSAL)
    inspections = [event["inspection"] for event in events if "inspection" in event]
    # A licence from before events told of inspections says nothing of its first standing.
    if inspections and document["inspection"] != inspections[-1]:
        return standing_wrong(identifier, _INSPECTION)
    return None


def _open_proposal(events: list[Mapping[str, Any]]) -> int | None:
    answered = {event["answers"] for event in events}
    waiting = [
        event["number"]
        for event in events
        if event["outcome"] == EventOutcome.PROPOSED.value and event["number"] not in answered
    ]
    return waiting[-1] if waiting else None
