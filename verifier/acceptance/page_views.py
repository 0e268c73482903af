"""The records of a department, for reading and for printing."""

from __future__ import annotations

from datetime import datetime
from typing import Any, Final
from urllib.parse import urlencode

from flask import Blueprint, Response, render_template, request
from markupsafe import Markup

from standards.qr import build_qr, write_svg
from verifier.acceptance.export_record import export_record, record_file
from verifier.acceptance.find_record import find_record
from verifier.acceptance.reasons import DECISION_NAMES, Decision
from verifier.acceptance.record import AcceptanceRecord
from verifier.acceptance.store import PAGE_SIZE
from verifier.departments.department import Permission
from verifier.departments.guard import current_desk, for_staff
from verifier.node import current_node
from verifier.window.lists_state import lists_state
from verifier.window.shown_view import view_licences
from verifier.window.verdict import SIGNS, STEP_NAMES, text_of

blueprint = Blueprint("records", __name__, template_folder="templates")

DECISION_SIGNS = {
    "accept": "success",
    "accept-provisionally": "warning",
    "refuse": "danger",
    "supplement": "warning",
}
"""Decision → sign of the web kit."""


_MAX_SEQUENCE: Final = 2**31 - 1
"""Largest place in a chain; the store compares whole numbers of at most 64 bits."""


@blueprint.get("/records")
@for_staff(Permission.READ_RECORDS)
def newest() -> str:
    """The newest records, a page at a time."""
    node, desk = current_node(), current_desk()
    before = request.args.get("before", type=int)
    if before is not None and not 0 < before <= _MAX_SEQUENCE:
        before = None
    found = node.records.newest(desk.department.uscc, before=before)
    return render_template(
        "verifier/acceptance/records.html",
        desk=desk,
        records=[_line(record) for record in found],
        older=found[-1].sequence if len(found) == PAGE_SIZE and found[-1].sequence > 1 else None,
        before=before,
        lists=lists_state(node.trust, node.clock.now()),
    )


@blueprint.get("/records/<record_id>")
@for_staff(Permission.READ_RECORDS)
def show(record_id: str) -> str:
    """One record: what was asked, what was shown, what the check said, what was decided."""
    node, desk = current_node(), current_desk()
    record = find_record(node.records, desk.department, record_id)
    evidence = record.evidence
    return render_template(
        "verifier/acceptance/record.html",
        desk=desk,
        record=_line(record),
        licences=view_licences(evidence.licences) if evidence else (),
        note=evidence.note if evidence else "",
        item=node.items.find(record.facts()["service_item"] or ""),
        complaint=_complaint_code(record, node.settings.wallet_url),
        step_names=STEP_NAMES,
        signs=SIGNS,
        text_of=text_of,
        lists=lists_state(node.trust, node.clock.now()),
    )


def _complaint_code(record: AcceptanceRecord, wallet_url: str) -> dict[str, Any] | None:
    """For the applicant of a refusal: an address of the wallet, and the same as a code to scan (R38)."""
    facts = record.facts()
    if facts["decision"] != Decision.REFUSE.value or facts["state"] != "received":
        return None
    address = f"{wallet_url}/complaints/refused?{urlencode({'use': facts['presentation']})}"
    # Every character of the picture is ours, none is the content's.
    return {"address": address, "code": Markup(write_svg(build_qr(address)))}  # noqa: S704


@blueprint.get("/records/<record_id>/export")
@for_staff(Permission.READ_RECORDS)
def export(record_id: str) -> Response:
    """The record as one file, for the archive, an appeal or a court."""
    node, desk = current_node(), current_desk()
    record = find_record(node.records, desk.department, record_id)
    return record_file(record, export_record(node, desk.department, record, node.clock.now()))


def _line(record: AcceptanceRecord) -> dict[str, Any]:
    """A record for a template: its facts, with the moment parsed and names for decision and sign."""
    facts = record.to_json()
    decision = Decision(facts["decision"])
    return {
        **facts,
        "moment": datetime.fromisoformat(facts["decided_at"]),
        "decision_name": DECISION_NAMES[decision],
        "sign": DECISION_SIGNS[decision.value],
    }
