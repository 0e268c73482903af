"""Use case: reception decides on what was shown in a case: the record first, then the step that follows from it."""

from __future__ import annotations

from typing import Final

from verifier.acceptance.decide import Decider, decide
from verifier.acceptance.decision import ACCEPTANCES, Verdict
from verifier.acceptance.errors import NotAcceptableError
from verifier.acceptance.reasons import Decision
from verifier.acceptance.record import AcceptanceRecord
from verifier.cases import steps
from verifier.cases.case import Case, SlotState, State
from verifier.cases.circumstances_of import circumstances_of
from verifier.cases.errors import CaseChangedError, CaseStateError, SupplementNotAllowedError
from verifier.cases.find_case import item_of_case
from verifier.cases.item_terms import due_days, excused, may_follow
from verifier.cases.note_answer import note_answer, tell
from verifier.cases.steps import Actor
from verifier.cases.tick_slots import require_one_holder
from verifier.items import ServiceItem
from verifier.items.material_rule import CHINA_TIME
from verifier.node import VerifierNode
from verifier.window.presentation import Presentation, Received

_TRIES: Final = 3


def decide_in_case(
    node: VerifierNode, presentation: Presentation, verdict: Verdict, decider: Decider, actor: Actor
) -> AcceptanceRecord:
    """Take down a decision on the newest presentation of a case (three durable writes).

    The record is the truth. Should the process end before the case has taken its step, the next look at the case
    takes it (:func:`follow_record`).

    Raises:
        CaseStateError: the case is past reception, or something newer was asked for in it.
        MixedHoldersError: licences of different people were shown.
        SupplementNotAllowedError: something is missing that may not follow, or nothing is.
        StillPendingError, NotAcceptableError, AlreadyDecidedError: as of :func:`verifier.acceptance.decide.decide`.
    """
    case = note_answer(node, presentation, actor.at)
    if case is None:
        raise CaseStateError("此出示不属于任何办件。", "This presentation belongs to no case.")
    item = item_of_case(node.items, case)
    _check(case, item, presentation, verdict)
    provisionally = verdict.decision is Decision.ACCEPT_PROVISIONALLY
    department = node.departments.find(case.department, actor.at)
    record = decide(
        presentation,
        verdict,
        item=item,
        decider=decider,
        records=node.records,
        presentations=node.presentations,
        evidence=node.evidence,
        at=actor.at,
        excused=excused(item, case, provisionally=provisionally),
        circumstances=circumstances_of(item, case, actor, provisionally=provisionally),
        division=department.division if department is not None else None,
    )
    for _ in range(_TRIES):
        try:
            saved = node.cases.save(_step(case, item, verdict, record.record_id, actor))
        except CaseChangedError:
            case = node.cases.find(case.id) or case
            continue
        tell(node, saved, actor.at)
        break
    return record


def follow_record(node: VerifierNode, case: Case, presentation: Presentation) -> Case:
    """Take the step of a record that was written when the process ended, or the store failed, before the case moved."""
    record = None if case.state is not State.OPEN else _record_of(node, presentation)
    if record is None or record.record_id in case.records:
        return case
    facts = record.facts()
    decided_by, item = facts["decided_by"]["id"], item_of_case(node.items, case)
    verdict_decision = Decision(facts["decision"])
    actor = Actor(decided_by, node.clock.now())
    try:
        return node.cases.save(
            _after(
                case,
                item,
                verdict_decision,
                reason=facts["reason"] or "",
                record_id=record.record_id,
                actor=actor,
            )
        )
    except (CaseChangedError, CaseStateError):
        return node.cases.find(case.id) or case


def _record_of(node: VerifierNode, presentation: Presentation) -> AcceptanceRecord | None:
    return node.records.of_presentation(presentation.asked.department, presentation.asked.id)


def _check(case: Case, item: ServiceItem, presentation: Presentation, verdict: Verdict) -> None:
    if case.state is not State.OPEN or case.presentation != presentation.asked.id:
        raise CaseStateError(
            "此办件已有新的进展，请在办件页面操作。",
            "The case has gone on since. Decide on the page of the case.",
        )
    if isinstance(presentation, Received) and verdict.decision in ACCEPTANCES:
        require_one_holder(case, item, presentation)
    if verdict.decision is Decision.ACCEPT_PROVISIONALLY:
        _check_supplements(case, item)
    if (
        verdict.decision is Decision.ACCEPT
        and _required_missing(case, item)
        and isinstance(presentation, Received)
    ):
        raise NotAcceptableError(
            "尚有必需材料未满足，不能受理。",
            "A required material is still missing, so it cannot be accepted.",
        )


def _check_supplements(case: Case, item: ServiceItem) -> None:
    follow = {material.id for material in may_follow(item, case)}
    never = [one for one in _required_missing(case, item) if one not in follow]
    if never or not follow:
        raise SupplementNotAllowedError(
            "缺少的材料中有不允许容后补交的。" if never else "没有缺少的材料，请直接受理。",
            "A material is missing that may not follow later."
            if never
            else "Nothing is missing; accept it outright.",
        )


def _required_missing(case: Case, item: ServiceItem) -> tuple[str, ...]:
    return tuple(
        material.id
        for material in item.materials
        if material.required and case.slots[material.id].state is SlotState.MISSING
    )


def _step(case: Case, item: ServiceItem, verdict: Verdict, record_id: str, actor: Actor) -> Case:
    reason = verdict.reason.code if verdict.reason else ""
    return _after(case, item, verdict.decision, reason=reason, record_id=record_id, actor=actor)


def _after(
    case: Case, item: ServiceItem, decision: Decision, *, reason: str, record_id: str, actor: Actor
) -> Case:
    match decision:
        case Decision.ACCEPT:
            return steps.accepted(case, record_id, actor)
        case Decision.ACCEPT_PROVISIONALLY:
            today = actor.at.astimezone(CHINA_TIME).date()
            return steps.accepted_provisionally(case, record_id, due_days(item, case, today), actor)
        case Decision.REFUSE:
            return steps.refused(case, record_id, reason, actor)
        case _:
            return steps.supplement_asked(case, record_id, reason, actor)
