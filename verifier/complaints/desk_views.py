"""The desk as wallets call it, and the pages on which a department answers."""

from __future__ import annotations

from collections.abc import Mapping

from flask import Blueprint, make_response, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from service.complaints import Complaint, answer_complaint
from service.complaints.public_views import build_desk_blueprint
from standards.complaints import (
    CAUSE_NAMES,
    FINDING_NAMES,
    STATE_NAMES,
    ComplaintState,
    Finding,
    InvalidComplaintError,
    check_words,
)
from standards.json_reader import Reader
from verifier.complaints.find_use import check_filing, use_of
from verifier.complaints.tell import tell_of_complaint
from verifier.departments.department import Permission
from verifier.departments.guard import current_desk, for_staff
from verifier.node import current_node
from verifier.window.lists_state import lists_state

desk = build_desk_blueprint(
    "complaints_desk",
    lambda: current_node().complaints,
    lambda: current_node().clock,
    lambda filing: check_filing(current_node(), filing),
    lambda complaint: tell_of_complaint(current_node(), complaint),
)

blueprint = Blueprint("complaints", __name__, template_folder="templates")

_NAMES = {"causes": CAUSE_NAMES, "states": STATE_NAMES, "findings": FINDING_NAMES}


@blueprint.get("/complaints")
@for_staff(Permission.ANSWER_COMPLAINTS)
def newest() -> str:
    """The department's complaints, the most urgent first."""
    node, at = current_node(), current_node().clock.now()
    found = node.complaints.list_of(current_desk().department.uscc, at)
    return render_template(
        "verifier/complaints/complaints.html",
        desk=current_desk(),
        complaints=found,
        deadlines=node.complaints.deadlines,
        at=at,
        lists=lists_state(node.trust, at),
        **_NAMES,
    )


@blueprint.get("/complaints/<complaint_id>")
@for_staff(Permission.ANSWER_COMPLAINTS)
def show(complaint_id: str) -> str:
    """One complaint, with what the department has of the use."""
    return _page(_complaint(complaint_id), {}, None)


@blueprint.post("/complaints/<complaint_id>")
@for_staff(Permission.ANSWER_COMPLAINTS)
def answer(complaint_id: str) -> Response:
    """Answer it, once, with a finding and a reason."""
    node, complaint = current_node(), _complaint(complaint_id)
    reader = Reader(dict(request.form), error=InvalidComplaintError)
    try:
        finding = Finding(reader.choice("finding", tuple(Finding)))
        words = check_words(reader, "answer", min_chars=5)
    except InvalidComplaintError as error:
        return make_response(_page(complaint, request.form, error.where), 400)
    member = current_desk().member
    answered = answer_complaint(complaint, finding, words, by=member.name, at=node.clock.now())
    node.complaints.move(answered, before=ComplaintState.RECEIVED)
    tell_of_complaint(node, answered)
    return redirect(url_for("complaints.show", complaint_id=complaint_id), code=303)


def _complaint(complaint_id: str) -> Complaint:
    node = current_node()
    return node.complaints.get(current_desk().department.uscc, complaint_id, node.clock.now())


def _page(complaint: Complaint, given: Mapping[str, str], wrong: str | None) -> str:
    node = current_node()
    presentation, record = use_of(node, complaint.department, complaint.reference)
    item = None if presentation is None else presentation.asked.item
    if item is None and record is not None:
        item = record.facts()["service_item"]
    return render_template(
        "verifier/complaints/complaint.html",
        desk=current_desk(),
        complaint=complaint,
        record=record,
        item=None if item is None else node.items.find(item),
        given=given,
        wrong=wrong,
        at=node.clock.now(),
        lists=lists_state(node.trust, node.clock.now()),
        **_NAMES,
    )
