"""``/cases`` and ``/window/cases``: the queues of reception, approval and delivery, and the page of one case."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from flask import Blueprint, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from standards.errors import ElicenceError
from standards.text import Text
from verifier.acceptance.reasons import Decision, paper_reason, reasons_for
from verifier.cases import steps
from verifier.cases.case import STAGE_NAMES, STATE_NAMES, Case, Holder, Stage, State
from verifier.cases.case_view import STEP_WORDS, view_slots
from verifier.cases.deliver_result import deliver_result
from verifier.cases.errors import InvalidCaseError
from verifier.cases.find_case import find_case, item_of_case
from verifier.cases.item_terms import has_result
from verifier.cases.note_answer import note_answer, tell
from verifier.cases.nothing_shown import may_show_nothing, show_nothing
from verifier.cases.open_case import ask_in_case
from verifier.cases.staff_actor import staff_actor
from verifier.departments.department import Permission
from verifier.departments.guard import current_desk, for_staff
from verifier.items.material_rule import CHINA_TIME
from verifier.node import current_node
from verifier.window.lists_state import lists_state
from verifier.window.presentation import Presentation

blueprint = Blueprint("cases", __name__, template_folder="templates")

QUEUES: Final[Mapping[str, tuple[Text, tuple[State, ...]]]] = {
    "reception": (Text("待受理", "Reception"), (State.OPEN,)),
    "supplement": (Text("待补交", "Supplement due"), (State.ACCEPTED_PROVISIONALLY,)),
    "approval": (Text("待审批", "Approval"), (State.ACCEPTED,)),
    "delivery": (Text("待出件", "Delivery"), (State.APPROVED,)),
    "over": (
        Text("已办结", "Over"),
        (State.DELIVERED, State.NOT_APPROVED, State.REFUSED, State.WITHDRAWN, State.LAPSED),
    ),
}
"""Name in the address → heading, and the states that wait there."""


@blueprint.get("/cases")
@for_staff(Permission.ASK)
def queue() -> str | Response:
    """The cases that wait at one place; by a number, that case."""
    node, desk = current_node(), current_desk()
    number = request.args.get("number", "").strip()[:40]
    found = node.cases.by_number(desk.department.uscc, number.upper()) if number else None
    if found is not None:
        return redirect(url_for("cases.show", case_id=found.id), code=303)
    name = request.args.get("queue", "")
    if name not in QUEUES:
        name = _first_queue()
    cases = node.cases.in_states(desk.department.uscc, QUEUES[name][1])
    return render_template(
        "verifier/cases/queue.html",
        desk=desk,
        name=name,
        queues=QUEUES,
        counts={
            key: node.cases.count(desk.department.uscc, states)
            for key, (_, states) in QUEUES.items()
            if key != "over"
        },
        cases=[(case, item_of_case(node.items, case)) for case in cases],
        state_names=STATE_NAMES,
        today=node.clock.now().astimezone(CHINA_TIME).date(),
        number=number,
        lists=lists_state(node.trust, node.clock.now()),
    )


@blueprint.get("/window/cases/<case_id>")
@for_staff(Permission.ASK)
def show(case_id: str) -> str:
    """One case: how far, its materials, its history, and what this person may do with it."""
    return _page(_case(case_id))


@blueprint.post("/window/cases/<case_id>/ask")
@for_staff(Permission.ASK)
def ask(case_id: str) -> Response:
    """Ask a wallet for what is still missing, or for one of it: the rest is on paper, or follows."""
    _, pending = ask_in_case(
        current_node(),
        _case(case_id),
        current_desk().department,
        staff_actor(),
        materials=request.form.getlist("material") or None,
    )
    return redirect(url_for("window.show", presentation_id=pending.asked.id), code=303)


@blueprint.post("/window/cases/<case_id>/paper")
@for_staff(Permission.DECIDE)
def take_paper(case_id: str) -> Response | tuple[str, int]:
    """A material is taken on paper; a satisfied one only with a reason that the law gives, and it is counted (R12)."""
    node, case = current_node(), _case(case_id)
    material = request.form.get("material", "")
    slot = case.slots.get(material)
    reason = paper_reason(request.form.get("reason", ""), in_spite=slot is not None and slot.locked)
    if slot is None or reason is None:
        return _page(
            case, InvalidCaseError("请选择收取纸质材料的理由。", "Choose the reason for paper.")
        ), 400
    saved = node.cases.save(steps.on_paper(case, material, reason.code, staff_actor()))
    tell(node, saved, node.clock.now())
    if saved.state is State.OPEN and saved.presentation is not None and request.form.get("back") == "verdict":
        return redirect(url_for("window.show", presentation_id=saved.presentation), code=303)
    return _to(saved)


@blueprint.post("/window/cases/<case_id>/nothing-shown")
@for_staff(Permission.DECIDE)
def nothing_shown(case_id: str) -> Response | tuple[str, int]:
    """The applicant has no licence to show: on to the decision on what was handed in."""
    case = _case(case_id)
    try:
        received = show_nothing(
            current_node(),
            case,
            _newest(case),
            applicant=_person_on_the_counter(),
            department=current_desk().department,
            actor=staff_actor(),
        )
    except InvalidCaseError as error:
        return _page(case, error), 400
    return redirect(url_for("window.show", presentation_id=received.asked.id), code=303)


@blueprint.post("/window/cases/<case_id>/withdraw")
@for_staff(Permission.DECIDE)
def withdraw(case_id: str) -> Response:
    """The applicant takes the application back."""
    return _take(steps.withdrawn(_case(case_id), staff_actor()))


@blueprint.post("/window/cases/<case_id>/lapse")
@for_staff(Permission.DECIDE)
def lapse(case_id: str) -> Response:
    """What was due did not come in time."""
    actor = staff_actor()
    return _take(steps.lapsed(_case(case_id), actor.at.astimezone(CHINA_TIME).date(), actor))


@blueprint.post("/window/cases/<case_id>/approve")
@for_staff(Permission.APPROVE)
def approve(case_id: str) -> Response:
    """The back office approves; never who received it."""
    case = _case(case_id)
    item = item_of_case(current_node().items, case)
    return _take(steps.approved(case, staff_actor(), delivered=has_result(item)))


@blueprint.post("/window/cases/<case_id>/disapprove")
@for_staff(Permission.APPROVE)
def disapprove(case_id: str) -> Response | tuple[str, int]:
    """The back office does not approve, and says why."""
    case, code = _case(case_id), request.form.get("reason", "")
    if code not in {reason.code for reason in reasons_for(Decision.REFUSE)}:
        return _page(case, InvalidCaseError("请选择理由。", "Choose a reason.")), 400
    return _take(steps.not_approved(case, code, staff_actor()))


@blueprint.post("/window/cases/<case_id>/deliver")
@for_staff(Permission.DELIVER)
def deliver(case_id: str) -> Response | tuple[str, int]:
    """The result is handed over to whom the document on the counter names."""
    case = _case(case_id)
    try:
        return _to(deliver_result(current_node(), case, _person_on_the_counter(), staff_actor()))
    except ElicenceError as error:
        return _page(case, error), 409


def _person_on_the_counter() -> Holder:
    """Name and number that the clerk typed from a document."""
    return Holder(
        request.form.get("number", "").strip()[:40] or None,
        request.form.get("name", "").strip()[:100] or None,
    )


def _take(case: Case) -> Response:
    node = current_node()
    saved = node.cases.save(case)
    tell(node, saved, node.clock.now())
    return _to(saved)


def _to(case: Case) -> Response:
    return redirect(url_for("cases.show", case_id=case.id), code=303)


def _case(case_id: str) -> Case:
    """The department's own case, with what a wallet answered meanwhile."""
    node, department = current_node(), current_desk().department
    case = find_case(node.cases, department, case_id)
    found = node.presentations.find(case.presentation) if case.presentation is not None else None
    return case if found is None else (note_answer(node, found, node.clock.now()) or case)


def _newest(case: Case) -> Presentation | None:
    return current_node().presentations.find(case.presentation) if case.presentation else None


def _page(case: Case, wrong: ElicenceError | None = None) -> str:
    node, desk = current_node(), current_desk()
    item = item_of_case(node.items, case)
    names = {member.id: member.name for member in node.staff.of_department(desk.department.uscc)}
    terminals = {
        entry.terminal.id: entry.terminal.name for entry in node.terminals.of_department(case.department)
    }
    return render_template(
        "verifier/cases/case.html",
        desk=desk,
        case=case,
        item=item,
        slots=view_slots(item, case),
        stages=[STAGE_NAMES[stage] for stage in Stage],
        stage_at=list(Stage).index(case.stage),
        state_name=STATE_NAMES[case.state],
        step_words=STEP_WORDS,
        refusals=reasons_for(Decision.REFUSE),
        names=names,
        terminals=terminals,
        presentation=_newest(case),
        wrong=wrong,
        form=request.form,
        may=_powers(case),
        lists=lists_state(node.trust, node.clock.now()),
    )


def _powers(case: Case) -> dict[str, Any]:
    """What this person may do now; each view asks once more."""
    member = current_desk().member
    decide = member.may(Permission.DECIDE)
    received_it = case.received_by == member.id
    today = current_node().clock.now().astimezone(CHINA_TIME).date()
    return {
        "ask": bool(case.missing) and case.state in {State.OPEN, State.ACCEPTED_PROVISIONALLY},
        "paper": decide,
        "show_nothing": decide and may_show_nothing(case, _newest(case)),
        "withdraw": decide and case.state in {State.OPEN, State.ACCEPTED, State.ACCEPTED_PROVISIONALLY},
        "lapse": decide
        and case.state is State.ACCEPTED_PROVISIONALLY
        and case.due_on is not None
        and case.due_on < today,
        "approve": member.may(Permission.APPROVE) and case.state is State.ACCEPTED and not received_it,
        "not_own": member.may(Permission.APPROVE) and case.state is State.ACCEPTED and received_it,
        "deliver": member.may(Permission.DELIVER) and case.state is State.APPROVED,
    }


def _first_queue() -> str:
    """Where a person's own work waits."""
    member = current_desk().member
    if member.may(Permission.APPROVE):
        return "approval"
    if member.may(Permission.DELIVER) and not member.may(Permission.DECIDE):
        return "delivery"
    return "reception"
