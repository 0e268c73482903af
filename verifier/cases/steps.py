"""The steps of a case: each takes the case before, and returns the one after or says why not. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from typing import Final

from standards.text import Text
from verifier.cases.case import (
    STATE_NAMES,
    Case,
    CaseEvent,
    Channel,
    Holder,
    Slot,
    SlotState,
    Stage,
    State,
    Visit,
)
from verifier.cases.errors import CaseStateError, SamePersonError, SupplementNotAllowedError
from verifier.cases.working_days import DueDay
from verifier.items.service_item import Subject

MAX_EVENTS: Final = 200
"""Longest history; a case that goes round more often is broken off rather than growing without end."""


@dataclass(frozen=True, slots=True)
class Actor:
    """Who takes a step: id of the member of staff or name of a system, ``None`` for the applicant; at which terminal; when."""

    by: str | None
    at: datetime
    terminal: str | None = None


@dataclass(frozen=True, slots=True)
class Ticked:
    """What one presentation adds to a case.

    Attributes:
        presentation: its id.
        satisfied: material id → query id of the licence that satisfies it.
        people: subject → holder, of what was shown.
        acting: who showed it for the holder, if somebody did.
        failed: material id → code of the finding that stands against the licence shown for it.
    """

    presentation: str
    satisfied: Mapping[str, str]
    people: Mapping[str, Holder]
    acting: Holder
    failed: Mapping[str, str] = field(default_factory=dict)


def opened(actor: Actor, channel: Channel) -> CaseEvent:
    """The first line of a case's history."""
    return CaseEvent(actor.at, "opened", actor.by, actor.terminal, {"channel": channel.value})


def asked(case: Case, presentation: str, actor: Actor) -> Case:
    """A wallet is asked for the materials of the case."""
    _only(case, State.OPEN, State.ACCEPTED_PROVISIONALLY)
    stage = Stage.APPLICATION if case.stage is Stage.CONSULT else case.stage
    return _with(case, actor, "asked", presentation=presentation, stage=stage)


def ticked(case: Case, what: Ticked, actor: Actor) -> Case:
    """Something was shown: the slots that it satisfies tick themselves.

    What is of another person than the case so far is not taken: the use case refuses it before.
    """
    _only(case, State.OPEN, State.ACCEPTED_PROVISIONALLY)
    slots = {
        material: Slot(SlotState.SATISFIED, what.presentation, what.satisfied[material])
        if material in what.satisfied
        else _failed(slot, what.failed.get(material))
        for material, slot in case.slots.items()
    }
    people = dict(case.people)
    for subject, holder in what.people.items():
        people[subject] = people.get(subject, Holder()).joined_with(holder)
    online = case.state is State.OPEN and not case.visits and case.channel is not Channel.WINDOW
    return _with(
        case,
        actor,
        "shown",
        {"presentation": what.presentation, "satisfied": ",".join(what.satisfied)},
        slots=slots,
        people=people,
        acting=what.acting if what.acting.is_known else case.acting,
        presentation=what.presentation,
        stage=Stage.PRE_CHECK if online else case.stage,
    )


def nothing_shown(case: Case, presentation: str, applicant: Holder, actor: Actor) -> Case:
    """The applicant has no licence to show: what is there is on paper, and so is who the applicant is."""
    _only(case, State.OPEN)
    stage = Stage.APPLICATION if case.stage in {Stage.CONSULT, Stage.PRE_CHECK} else case.stage
    return _with(
        case,
        actor,
        "nothing-shown",
        {"presentation": presentation},
        presentation=presentation,
        people={**case.people, Subject.APPLICANT.value: applicant},
        stage=stage,
    )


def is_open(case: Case) -> bool:
    """Whether reception has not decided yet."""
    return case.state is State.OPEN


def shown_mixed(case: Case, presentation: str, actor: Actor) -> Case:
    """Licences of different people were shown: nothing ticks, and the history says so."""
    _only(case, State.OPEN, State.ACCEPTED_PROVISIONALLY)
    return _with(case, actor, "shown-mixed", {"presentation": presentation}, presentation=presentation)


def unticked(case: Case, materials: Iterable[str], actor: Actor, reason: str) -> Case:
    """What was shown earlier does not hold any more when it was judged again."""
    _only(case, State.OPEN)
    gone = [material for material in materials if case.slots[material].state is SlotState.SATISFIED]
    if not gone:
        return case
    slots = {
        material: Slot(reason=reason) if material in gone else slot for material, slot in case.slots.items()
    }
    return _with(case, actor, "to-show-again", {"materials": ",".join(gone), "reason": reason}, slots=slots)


def visited(case: Case, actor: Actor) -> Case:
    """The applicant is there. A second scan on the same day at the same window is the same visit."""
    last = case.visits[-1] if case.visits else None
    if last is not None and last.at.date() == actor.at.date():
        return case
    stage = Stage.APPLICATION if case.stage in {Stage.CONSULT, Stage.PRE_CHECK} else case.stage
    return _with(
        case,
        actor,
        "visited",
        visits=(*case.visits, Visit(actor.at, actor.terminal, actor.by)),
        stage=stage,
    )


def on_paper(case: Case, material: str, reason: str, actor: Actor) -> Case:
    """A material was handed in on paper; ``reason`` is a code of the closed table of reasons for paper."""
    _only(case, State.OPEN, State.ACCEPTED_PROVISIONALLY)
    slots = {**case.slots, _material(case, material): Slot(SlotState.PAPER, reason=reason)}
    after = _with(case, actor, "on-paper", {"material": material, "reason": reason}, slots=slots)
    return completed(after, actor)


def accepted(case: Case, record: str, actor: Actor) -> Case:
    """The window received the case (受理)."""
    _only(case, State.OPEN)
    return _received(case, State.ACCEPTED, record, actor)


def accepted_provisionally(case: Case, record: str, due: Mapping[str, DueDay], actor: Actor) -> Case:
    """The window received the case though something is missing that may follow (容缺受理).

    Raises:
        SupplementNotAllowedError: something required is missing that may not follow; ``due`` names all that may.
    """
    _only(case, State.OPEN)
    if not due:
        raise SupplementNotAllowedError(
            "没有可以容后补交的材料。", "There is no material that may follow later."
        )
    slots = dict(case.slots)
    for material, day in due.items():
        slots[_material(case, material)] = Slot(
            SlotState.SUPPLEMENT_DUE, due_on=day.day, due_provisional=day.provisional
        )
    return _received(replace(case, slots=slots), State.ACCEPTED_PROVISIONALLY, record, actor)


def completed(case: Case, actor: Actor) -> Case:
    """Once nothing is due any more, what was received provisionally is received."""
    still_due = any(slot.state is SlotState.SUPPLEMENT_DUE for slot in case.slots.values())
    if case.state is not State.ACCEPTED_PROVISIONALLY or still_due:
        return case
    return _with(case, actor, "completed", state=State.ACCEPTED)


def refused(case: Case, record: str | None, reason: str, actor: Actor) -> Case:
    """The window does not receive it (不予受理)."""
    _only(case, State.OPEN)
    records = case.records if record is None else (*case.records, record)
    return _with(
        case,
        actor,
        "refused",
        {"reason": reason},
        state=State.REFUSED,
        stage=Stage.FEEDBACK,
        records=records,
        received_by=actor.by,
    )


def supplement_asked(case: Case, record: str, reason: str, actor: Actor) -> Case:
    """The applicant has to bring more before the window receives it (补正)."""
    _only(case, State.OPEN)
    return _with(case, actor, "supplement-asked", {"reason": reason}, records=(*case.records, record))


def approved(case: Case, actor: Actor, *, delivered: bool) -> Case:
    """The back office approves (审批); ``delivered``: the item has a result that somebody collects.

    Raises:
        SamePersonError: by who received it.
    """
    _only(case, State.ACCEPTED)
    _not_the_same(case, actor)
    state = State.APPROVED if delivered else State.DELIVERED
    return _with(case, actor, "approved", state=state, stage=Stage.FEEDBACK, approved_by=actor.by)


def not_approved(case: Case, reason: str, actor: Actor) -> Case:
    """The back office does not approve, and says why.

    Raises:
        SamePersonError: by who received it.
    """
    _only(case, State.ACCEPTED)
    _not_the_same(case, actor)
    return _with(
        case,
        actor,
        "not-approved",
        {"reason": reason},
        state=State.NOT_APPROVED,
        stage=Stage.FEEDBACK,
        approved_by=actor.by,
    )


def delivered(case: Case, how: str, actor: Actor) -> Case:
    """The result was handed over; ``how`` says by what the collector was known."""
    _only(case, State.APPROVED)
    return _with(case, actor, "delivered", {"how": how}, state=State.DELIVERED)


def withdrawn(case: Case, actor: Actor) -> Case:
    """The applicant takes the application back, as long as nothing is approved."""
    _only(case, State.OPEN, State.ACCEPTED, State.ACCEPTED_PROVISIONALLY)
    return _with(case, actor, "withdrawn", state=State.WITHDRAWN, stage=Stage.FEEDBACK)


def lapsed(case: Case, today: date, actor: Actor) -> Case:
    """What was due did not come; the due day itself still counts."""
    _only(case, State.ACCEPTED_PROVISIONALLY)
    due = case.due_on
    if due is None or due >= today:
        raise CaseStateError("补交期限尚未届满。", "There is still time for the supplement.")
    return _with(case, actor, "lapsed", state=State.LAPSED, stage=Stage.FEEDBACK)


def _failed(slot: Slot, code: str | None) -> Slot:
    return replace(slot, reason=code) if code is not None and slot.state is SlotState.MISSING else slot


def _received(case: Case, state: State, record: str, actor: Actor) -> Case:
    return _with(
        case,
        actor,
        state.value.replace("_", "-"),
        state=state,
        stage=Stage.HANDLING,
        received_by=actor.by,
        records=(*case.records, record),
    )


def _not_the_same(case: Case, actor: Actor) -> None:
    if actor.by is None or actor.by == case.received_by:
        raise SamePersonError(
            "受理人不能审批自己受理的办件。",
            "Who received a case may not approve it.",
            next_step=Text("请由其他审批人员办理。", "Leave it to another colleague in approval."),
        )


def _only(case: Case, *states: State) -> None:
    if case.state in states:
        return
    name = STATE_NAMES[case.state]
    raise CaseStateError(
        f"此办件当前为「{name.zh}」，不能进行此操作。",
        f"This case is “{name.en}”; this step cannot be taken now.",
        next_step=Text("请重新打开此办件。", "Open the case again."),
    )


def _material(case: Case, material: str) -> str:
    if material not in case.slots:
        raise SupplementNotAllowedError("此办件没有这项材料。", "The case has no such material.")
    return material


def _with(
    case: Case, actor: Actor, step: str, detail: Mapping[str, str] | None = None, **changes: object
) -> Case:
    if len(case.events) >= MAX_EVENTS:
        raise CaseStateError(
            "此办件的经过过长，请终止后重新受理。",
            "This case has gone round too often. End it and begin anew.",
        )
    event = CaseEvent(actor.at, step, actor.by, actor.terminal, detail or {})
    return replace(case, events=(*case.events, event), **changes)  # type: ignore[arg-type]
