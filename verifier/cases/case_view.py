"""A case, arranged for a clerk: its materials one by one, what may be done about each, how far it is."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Final

from standards.text import Text
from verifier.acceptance.decision import rests_on
from verifier.acceptance.reasons import PAPER_REASONS, PaperReason
from verifier.cases.case import Case, SlotState, State
from verifier.cases.item_terms import excused, may_follow
from verifier.items import ServiceItem
from verifier.window.presentation import Presentation

_STATE_WORDS: Final[Mapping[SlotState, Text]] = {
    SlotState.MISSING: Text("缺少", "missing"),
    SlotState.SATISFIED: Text("证照已满足", "satisfied by a licence"),
    SlotState.PAPER: Text("已收纸质", "taken on paper"),
    SlotState.SUPPLEMENT_DUE: Text("待补交", "to follow"),
}
_REASON_WORDS: Final[Mapping[str, Text]] = {
    "shown-too-long-ago": Text("出示已超过一天，请重新出示", "shown more than a day ago: to be shown again"),
    "does-not-hold-now": Text("再次核验未通过", "did not pass when it was checked again"),
}
STEP_WORDS: Final[Mapping[str, Text]] = {
    "opened": Text("建立办件", "opened"),
    "asked": Text("请求出示", "asked for licences"),
    "shown": Text("出示证照", "licences shown"),
    "nothing-shown": Text("未出示证照，按纸质材料办理", "no licence shown, decided on paper"),
    "shown-mixed": Text("出示了不同人的证照", "licences of different people shown"),
    "to-show-again": Text("需重新出示", "to be shown again"),
    "visited": Text("申请人到场", "the applicant came"),
    "on-paper": Text("收取纸质材料", "taken on paper"),
    "accepted": Text("受理", "received"),
    "accepted-provisionally": Text("容缺受理", "received, supplement due"),
    "completed": Text("材料补齐", "supplement complete"),
    "refused": Text("不予受理", "refused"),
    "supplement-asked": Text("要求补正", "asked for more"),
    "approved": Text("批准", "approved"),
    "not-approved": Text("不予批准", "not approved"),
    "delivered": Text("出件", "result collected"),
    "withdrawn": Text("撤回", "withdrawn"),
    "lapsed": Text("逾期终止", "lapsed"),
}
"""What the history of a case says, by step."""


@dataclass(frozen=True, slots=True)
class SlotLine:
    """One material of a case.

    Attributes:
        id: of the material.
        name: of the material.
        accepts: names of the licences that can satisfy it.
        required: whether the item needs it.
        state: ``missing``, ``satisfied``, ``paper``, ``supplement_due``.
        word: the state in words.
        note: why, or empty.
        due_on: last day for what is to follow, or ``None``.
        paper_reasons: with which reasons it may be taken on paper now; none where it may not.
        in_spite: whether that would be in spite of a licence that satisfies it (R12).
    """

    id: str
    name: Text
    accepts: tuple[Text, ...]
    required: bool
    state: str
    word: Text
    note: Text | None
    due_on: date | None
    paper_reasons: tuple[PaperReason, ...]
    in_spite: bool


@dataclass(frozen=True, slots=True)
class Offered:
    """What reception may decide on a presentation of a case.

    Attributes:
        accept: everything that is required is there.
        provisionally: what is missing may follow.
    """

    accept: bool
    provisionally: bool


def view_slots(item: ServiceItem, case: Case) -> tuple[SlotLine, ...]:
    """The materials in the item's order."""
    open_for_paper = case.state in {State.OPEN, State.ACCEPTED_PROVISIONALLY}
    lines = []
    for material in item.materials:
        slot = case.slots[material.id]
        reasons = (
            tuple(reason for reason in PAPER_REASONS.values() if reason.in_spite or not slot.locked)
            if open_for_paper and slot.state is not SlotState.PAPER
            else ()
        )
        lines.append(
            SlotLine(
                id=material.id,
                name=material.name,
                accepts=tuple(accepted.licence_type.name for accepted in material.accepts),
                required=material.required,
                state=slot.state.value,
                word=_word(slot.state, required=material.required),
                note=_note(slot.reason),
                due_on=slot.due_on,
                paper_reasons=reasons,
                in_spite=slot.locked,
            )
        )
    return tuple(lines)


def offered(item: ServiceItem, case: Case, presentation: Presentation) -> Offered:
    """What the decision bar shows; the use case looks once more."""
    if case.state is not State.OPEN or case.presentation != presentation.asked.id:
        return Offered(accept=False, provisionally=False)
    missing = {
        material.id
        for material in item.materials
        if material.required and case.slots[material.id].state is SlotState.MISSING
    }
    follow = {material.id for material in may_follow(item, case)}
    return Offered(
        accept=not missing and rests_on(presentation, excused(item, case, provisionally=False)),
        provisionally=bool(missing)
        and missing <= follow
        and rests_on(presentation, excused(item, case, provisionally=True)),
    )


def _word(state: SlotState, *, required: bool) -> Text:
    if state is SlotState.MISSING and not required:
        return Text("可选", "optional")
    return _STATE_WORDS[state]


def _note(reason: str | None) -> Text | None:
    if reason is None:
        return None
    paper = PAPER_REASONS.get(reason)
    return paper.text if paper is not None else _REASON_WORDS.get(reason)
