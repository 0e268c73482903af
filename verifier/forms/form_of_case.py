"""The form of a case as it stands: what its licences say, and what was typed in."""

from __future__ import annotations

from collections.abc import Mapping

from verifier.cases.case import Case, State
from verifier.cases.errors import CaseStateError
from verifier.cases.find_case import item_of_case
from verifier.cases.note_answer import note_answer
from verifier.cases.tick_slots import earlier_claims
from verifier.forms.fill_form import FilledForm, fill_form
from verifier.node import VerifierNode

_OPEN = frozenset({State.OPEN, State.ACCEPTED_PROVISIONALLY})


def keep_typed(node: VerifierNode, case: Case, values: Mapping[str, str]) -> None:
    """Keep what was typed in (one durable write).

    Raises:
        CaseStateError: it was decided on: what was decided on does not change afterwards.
    """
    if case.state not in _OPEN:
        raise CaseStateError(
            "办件已受理或已结束，申请表不能再改。",
            "The case was decided on, so its form cannot be changed any more.",
            where=case.number,
        )
    node.cases.keep_form(case, values)


def form_of_case(node: VerifierNode, case: Case) -> FilledForm:
    """The form; raises ``UnknownServiceItemError`` when the item is not in the register any more."""
    presentation = node.presentations.find(case.presentation) if case.presentation is not None else None
    if presentation is not None:
        case = note_answer(node, presentation, node.clock.now()) or case
    return fill_form(item_of_case(node.items, case), earlier_claims(node, case), node.cases.form_of(case))
