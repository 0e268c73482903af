"""Find what happened and was not told: decisions from the records' chain, answers to requests from the last minutes.

Decisions are told from here alone: the chain has them all in order, so a decision costs no further write, and none is
lost. Answers and complaints are told when they happen; what a killed process left untold of the answers is found here.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from functools import partial
from typing import TYPE_CHECKING, Final

import structlog

from verifier.acceptance.record import AcceptanceRecord
from verifier.webhooks.emit import emit
from verifier.webhooks.event import EventType
from verifier.window.presentation import Received, Refused

if TYPE_CHECKING:
    from verifier.node import VerifierNode

_LOG = structlog.get_logger(__name__)

AT_ONCE: Final = 200
"""Records of one department read at a time."""

LOOK_BACK: Final = timedelta(minutes=15)
"""How far back answers are looked for; a worker that was away longer has told of those that were told at once."""


def sweep_records(node: VerifierNode) -> int:
    """Tell of the decisions since the last time, those of window nodes when their records come; how many new messages.

    Safe to repeat and to kill.
    """
    entered = 0
    wanting = node.webhooks.departments()
    for department in wanting:
        cursor = node.webhooks.cursor(department)
        if cursor is None:
            cursor = node.records.head(department)
            node.webhooks.advance(department, cursor)
        entered += _follow(node, department, cursor, partial(node.records.after, department, limit=AT_ONCE))
    for department, window in node.window_records.chains() if wanting else ():
        if department in wanting:
            name = f"{department} {window}"
            after = partial(node.window_records.after, department, window, limit=AT_ONCE)
            entered += _follow(node, name, node.webhooks.cursor(name) or 0, after)
    return entered


def _follow(
    node: VerifierNode, chain: str, cursor: int, after: Callable[[int], tuple[AcceptanceRecord, ...]]
) -> int:
    entered = 0
    while records := after(cursor):
        for record in records:
            try:
                entered += _tell(node, record)
            except (KeyError, TypeError, ValueError, AttributeError) as error:
                # A window node's record comes from another machine: what is no record is left out, and the rest goes on.
                _LOG.warning("record-not-told", sequence=record.sequence, reason=type(error).__name__)
        cursor = records[-1].sequence
        node.webhooks.advance(chain, cursor)
    return entered


def _tell(node: VerifierNode, record: AcceptanceRecord) -> int:
    facts = record.facts()
    report = facts.get("report") or {}
    return emit(
        node,
        EventType.DECISION_TAKEN,
        facts["department"],
        {
            "record": facts["id"],
            "presentation": facts["presentation"] or None,
            "case": facts.get("case"),
            "service_item": facts["service_item"],
            "decision": facts["decision"],
            "reason": facts["reason"],
            "indication": report.get("indication"),
        },
        at=datetime.fromisoformat(facts["decided_at"]),
        key=facts["id"],
    )


def sweep_answers(node: VerifierNode, at: datetime) -> int:
    """Tell of answers to requests that nobody told of; how many new messages there are. Safe to repeat."""
    since = at - LOOK_BACK
    return sum(
        tell_of_answer(node, result)
        for department in node.webhooks.departments()
        for result in node.presentations.settled_since(department, since)
    )


def tell_of_answer(node: VerifierNode, result: Received | Refused) -> int:
    """Tell that a wallet answered; how many new messages there are."""
    asked = result.asked
    data = {"presentation": asked.id, "service_item": asked.item, "case": getattr(asked, "case", None)}
    if isinstance(result, Refused):
        return emit(
            node,
            EventType.PRESENTATION_REFUSED,
            asked.department,
            data,
            at=result.refused_at,
            key=asked.id,
        )
    answer = result.answer
    data |= {
        "indication": answer.report["indication"],
        "sub_indication": answer.report.get("sub_indication"),
    }
    return emit(
        node, EventType.PRESENTATION_RECEIVED, asked.department, data, at=answer.received_at, key=asked.id
    )
