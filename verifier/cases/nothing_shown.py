"""Use case: an applicant has nothing electronic. What was handed in on paper is decided on like anything else.

A decision needs something that it rests on. Here that is the statement that nothing was shown: the report names each required
material as missing, and the slots say which of them are there on paper and why. So acceptance follows the same rule as
where one licence is missing, and the reports count the paper (R12).
"""

from __future__ import annotations

from standards.verification_report import VerificationReport
from verifier.cases import steps
from verifier.cases.case import Case, Holder, SlotState
from verifier.cases.deliver_result import MIN_NUMBER_CHARS
from verifier.cases.errors import CaseStateError, InvalidCaseError
from verifier.cases.find_case import item_of_case
from verifier.cases.open_case import pending_for_item
from verifier.cases.steps import Actor
from verifier.departments.department import Department
from verifier.items import check_materials
from verifier.node import VerifierNode
from verifier.window.presentation import Answer, Presentation, Received


def may_show_nothing(case: Case, newest: Presentation | None) -> bool:
    """Whether the case can be decided on what is there on paper: something is, and nothing was shown."""
    on_paper = any(slot.state is SlotState.PAPER for slot in case.slots.values())
    return steps.is_open(case) and on_paper and not isinstance(newest, Received)


def show_nothing(
    node: VerifierNode,
    case: Case,
    newest: Presentation | None,
    *,
    applicant: Holder,
    department: Department,
    actor: Actor,
) -> Received:
    """Note that nothing is shown (three durable writes); the decision follows on what it answers.

    Args:
        node: whose window it is.
        case: with a material on paper.
        newest: its newest presentation, or ``None``; one that still waits is left to run out.
        applicant: name and number as on the document that the clerk saw; the result is handed over to this person.
        department: whose case it is.
        actor: who says so.

    Raises:
        InvalidCaseError: name or number is missing.
        CaseStateError: nothing is on paper, something was shown, or the case is past reception.
        CaseChangedError: somebody took a step meanwhile.
    """
    if not may_show_nothing(case, newest):
        raise CaseStateError(
            "此办件还没有收取纸质材料，或已经出示过证照。",
            "Nothing was taken on paper in this case yet, or licences were shown in it.",
        )
    if not applicant.name or not applicant.number or len(applicant.number) < MIN_NUMBER_CHARS:
        raise InvalidCaseError(
            "请照证件填写申请人的姓名和证件号码。",
            "Give the applicant's name and number as on the document.",
            where="/applicant",
        )
    item = item_of_case(node.items, case)
    pending = pending_for_item(node, case, item, department, actor)
    report = VerificationReport.of(check_materials(item, {}, actor.at))
    answer = Answer(
        report=report.to_json(), lists=(), licences={}, vp_token={}, response_code=None, received_at=actor.at
    )
    received = pending.receive(answer)
    # The case first: a presentation of which no case knows is harmless, and goes by itself.
    node.cases.save(steps.nothing_shown(case, pending.asked.id, applicant, actor))
    node.presentations.settle(received, actor.at)
    return received
