"""Use case: the result of an approved case is handed over, to the applicant or who may act for them (R8)."""

from __future__ import annotations

from typing import Final

from standards.text import Text
from verifier.cases import steps
from verifier.cases.case import Case, Holder
from verifier.cases.errors import CaseStateError, WrongCollectorError
from verifier.cases.note_answer import tell
from verifier.cases.steps import Actor
from verifier.node import VerifierNode

MIN_NUMBER_CHARS: Final = 4
"""As much of a number as anybody is told by; where less is known, the name decides."""


def deliver_result(node: VerifierNode, case: Case, collector: Holder, actor: Actor) -> Case:
    """Note the handing over (one durable write).

    Args:
        node: where the case is kept.
        case: approved.
        collector: name and number of the identity document that the collector put on the counter.
        actor: who hands over.

    Raises:
        WrongCollectorError: neither the applicant nor who showed for them.
        CaseStateError: the case is not approved, or nobody was ever shown in it.
        CaseChangedError: somebody took a step meanwhile.
    """
    known = [one for one in (*case.people.values(), case.acting) if one.is_known]
    if not known:
        raise CaseStateError(
            "此办件没有出示过证照，无法核对领取人。",
            "No licence was shown in this case, so the collector cannot be compared with anybody.",
        )
    if not any(is_same_person(collector, one) for one in known):
        raise WrongCollectorError(
            "领取人与本办件的申请人、代办人都不一致。",
            "The collector is neither the applicant nor who acted for them.",
            next_step=Text(
                "请核对身份证件，或请申请人本人领取。", "Compare the document, or let the applicant come."
            ),
        )
    saved = node.cases.save(steps.delivered(case, "identity-document", actor))
    tell(node, saved, actor.at)
    return saved


def is_same_person(given: Holder, known: Holder) -> bool:
    """Whether a document on the counter is that of somebody known: number (or as much of it as is known) and name."""
    name_fits = known.name is None or given.name == known.name
    if known.number is None or len(known.number) < MIN_NUMBER_CHARS:
        return known.name is not None and name_fits
    number = (given.number or "").upper()
    return name_fits and len(number) >= len(known.number) and number.endswith(known.number.upper())
