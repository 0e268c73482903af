"""What a case tells the acceptance record about itself."""

from __future__ import annotations

from typing import Final

from verifier.acceptance.circumstances import LICENCE, PAPER, SUPPLEMENT, Circumstances, MaterialTaken
from verifier.cases.case import Case, Channel, Slot, SlotState
from verifier.cases.item_terms import may_follow
from verifier.cases.steps import Actor
from verifier.items import ServiceItem

_BY: Final = {
    SlotState.SATISFIED: LICENCE,
    SlotState.PAPER: PAPER,
    SlotState.SUPPLEMENT_DUE: SUPPLEMENT,
    SlotState.MISSING: None,
}


def circumstances_of(item: ServiceItem, case: Case, actor: Actor, *, provisionally: bool) -> Circumstances:
    """The case, the terminal, and how each material is satisfied at the moment of the decision.

    Args:
        item: of the case.
        case: before the step that the decision makes.
        actor: who decides, and where.
        provisionally: whether what is missing and may follow is about to be agreed on.
    """
    follow = {material.id for material in may_follow(item, case)} if provisionally else set()
    return Circumstances(
        case=case.id,
        terminal=actor.terminal,
        channel="api" if case.channel is Channel.SYSTEM else "desk",
        materials=tuple(
            MaterialTaken(
                material.id,
                SUPPLEMENT if material.id in follow else _BY[case.slots[material.id].state],
                material.paper_baseline,
                _paper_reason(case.slots[material.id]),
            )
            for material in item.materials
        ),
    )


def _paper_reason(slot: Slot) -> str | None:
    return slot.reason if slot.state is SlotState.PAPER else None
