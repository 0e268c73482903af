"""Use case: a wallet has answered a request that was asked in a case; the checklist ticks itself."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any, Final

from verifier.cases import steps
from verifier.cases.case import Case, State
from verifier.cases.errors import CaseChangedError, CaseStateError
from verifier.cases.find_case import item_of_case
from verifier.cases.steps import Actor
from verifier.cases.tick_slots import earlier_claims, mixed_holders, what_it_adds
from verifier.node import VerifierNode
from verifier.webhooks import EventType, emit
from verifier.window.presentation import Asked, Presentation, Received

_TRIES: Final = 3


def shown_before(node: VerifierNode, asked: Asked) -> Mapping[str, Mapping[str, Any]]:
    """What the case of a request has from before, for step 9; empty without a case."""
    case = None if asked.case is None else node.cases.find(asked.case)
    return {} if case is None else earlier_claims(node, case)


def note_answer(node: VerifierNode, presentation: Presentation, at: datetime) -> Case | None:
    """Tick what an answer satisfies (one durable write, the first time); a repeat changes nothing.

    Returns:
        The case as it is now; ``None`` when the presentation belongs to none.
    """
    asked = presentation.asked
    for _ in range(_TRIES):
        case = None if asked.case is None else node.cases.find(asked.case)
        if case is None or not isinstance(presentation, Received) or not _is_new(case, presentation):
            return case
        try:
            return _tick(node, case, presentation, at)
        except CaseChangedError:
            continue
        except CaseStateError:
            return case
    return None if asked.case is None else node.cases.find(asked.case)


def tell(node: VerifierNode, case: Case, at: datetime) -> None:
    """Tell the department's systems that a case changed; after the write."""
    emit(
        node,
        EventType.CASE_CHANGED,
        case.department,
        {"case": case.id, "state": case.state.value},
        at=at,
        key=f"{case.id}:{case.revision}",
    )


def _tick(node: VerifierNode, case: Case, received: Received, at: datetime) -> Case:
    item, actor = item_of_case(node.items, case), Actor(None, at)
    if mixed_holders(case, item, received) is not None:
        return node.cases.save(steps.shown_mixed(case, received.asked.id, actor))
    before = case.state
    case = steps.completed(steps.ticked(case, what_it_adds(item, received), actor), actor)
    saved = node.cases.save(case)
    if saved.state is not before or saved.stage.value == "pre_check":
        tell(node, saved, at)
    return saved


def _is_new(case: Case, received: Received) -> bool:
    if case.state not in {State.OPEN, State.ACCEPTED_PROVISIONALLY}:
        return False
    shown = {"shown", "shown-mixed", "nothing-shown"}
    return not any(
        event.step in shown and event.detail.get("presentation") == received.asked.id for event in case.events
    )
