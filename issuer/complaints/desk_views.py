"""The desk as wallets call it, and the pages on which an authority's auditor answers."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from flask import Blueprint, make_response, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from issuer.complaints.prove_use import check_filing
from issuer.console.desk import current_desk, staff_only
from issuer.node import current_node
from issuer.staff import StaffRole
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

desk = build_desk_blueprint(
    "complaints_desk",
    lambda: current_node().complaints,
    lambda: current_node().clock,
    lambda filing: check_filing(current_node().search_log, current_node().issuance.lookup, filing),
)

blueprint = Blueprint("complaints", __name__, template_folder="templates")

_NAMES: Final = {"causes": CAUSE_NAMES, "states": STATE_NAMES, "findings": FINDING_NAMES}


@blueprint.get("/complaints")
@staff_only(StaffRole.AUDITOR)
def newest() -> str:
    """The authority's complaints, the most urgent first."""
    node, at = current_node(), current_node().clock.now()
    return render_template(
        "issuer/complaints/complaints.html",
        desk=current_desk(),
        complaints=node.complaints.list_of(current_desk().authority.uscc, at),
        deadlines=node.complaints.deadlines,
        at=at,
        **_NAMES,
    )


@blueprint.get("/complaints/<complaint_id>")
@staff_only(StaffRole.AUDITOR)
def show(complaint_id: str) -> str:
    """One complaint, with the search that it is about."""
    return _page(_complaint(complaint_id), {}, None)


@blueprint.post("/complaints/<complaint_id>")
@staff_only(StaffRole.AUDITOR)
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
    return redirect(url_for("complaints.show", complaint_id=complaint_id), code=303)


def _complaint(complaint_id: str) -> Complaint:
    node = current_node()
    return node.complaints.get(current_desk().authority.uscc, complaint_id, node.clock.now())


def _page(complaint: Complaint, given: Mapping[str, str], wrong: str | None) -> str:
    node = current_node()
    return render_template(
        "issuer/complaints/complaint.html",
        desk=current_desk(),
        complaint=complaint,
        search=node.search_log.find(complaint.department, complaint.reference),
        given=given,
        wrong=wrong,
        at=node.clock.now(),
        **_NAMES,
    )
