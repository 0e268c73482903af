"""The form of a case as it stands: what its licences say, and what was typed in."""

from __future__ import annotations

from verifier.cases.case import Case
from verifier.cases.find_case import item_of_case
from verifier.cases.tick_slots import earlier_claims
from verifier.forms.fill_form import FilledForm, fill_form
from verifier.node import VerifierNode


def form_of_case(node: VerifierNode, case: Case) -> FilledForm:
    """The form; raises ``UnknownServiceItemError`` when the item is not in the register any more."""
    return fill_form(item_of_case(node.items, case), earlier_claims(node, case), node.cases.form_of(case))
