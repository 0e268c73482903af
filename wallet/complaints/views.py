"""Complaining about a line of the log, and seeing how each complaint stands; as pages and under ``/api/v1``."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, make_response, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from service.web.json_body import read_json_body
from service.web.language import t
from standards.complaints import (
    CAUSE_NAMES,
    FINDING_NAMES,
    STATE_NAMES,
    Cause,
    InvalidComplaintError,
    check_words,
)
from standards.json_reader import Reader
from standards.single_line import is_single_line
from standards.text import Text
from wallet.accounts.acting import Deed
from wallet.accounts.current import require_deed
from wallet.complaints.complaint import UNSENT, FiledComplaint
from wallet.complaints.follow_complaint import (
    close_complaint,
    desk_of,
    file_complaint,
    look_at_complaint,
    send_complaint,
    withdraw_complaint,
)
from wallet.history.read_use import read_use, use_named
from wallet.history.sentences import sentence_of
from wallet.node import current_node

blueprint = Blueprint("complaints", __name__, template_folder="templates")
api = Blueprint("wallet_complaints_api", __name__)

_NAMES = {
    "causes": CAUSE_NAMES,
    "states": {
        **{state.value: name for state, name in STATE_NAMES.items()},
        UNSENT: Text("尚未送达", "Not sent yet"),
    },
    "findings": FINDING_NAMES,
}


@blueprint.get("/complaints")
def mine() -> str:
    """The holder's complaints, newest first."""
    found = current_node().complaints.all_of(require_deed(Deed.SEE_LOG))
    return render_template("wallet/complaints/complaints.html", complaints=found, **_NAMES)


@blueprint.get("/complaints/refused")
def refused() -> Response:
    """Where the code on a window's refusal leads: to the form about that very use, with the cause and first words in it.

    ``use`` is the window's own name of the request. Nothing else of the address is taken: a stranger's link must not put
    words into a complaint.
    """
    node, holder = current_node(), require_deed(Deed.SEE_LOG)
    entry = use_named(node, holder, request.args.get("use", ""))
    return redirect(url_for("complaints.write", entry_id=entry.entry_id, refused=1), code=303)


@blueprint.get("/log/<entry_id>/complaint")
def write(entry_id: str) -> str | Response:
    """The form, prefilled from the line; the complaint itself once there is one."""
    node, holder = current_node(), require_deed(Deed.SEE_LOG)
    known = node.complaints.about(holder, entry_id)
    if known is not None:
        return redirect(url_for("complaints.show", complaint_id=known.complaint_id), code=303)
    return _form(entry_id, _about_a_refusal() if request.args.get("refused") == "1" else {}, None)


@blueprint.post("/log/<entry_id>/complaint")
def file(entry_id: str) -> Response:
    """Send it; a second click finds the same complaint."""
    node, holder = current_node(), require_deed(Deed.SEE_LOG)
    try:
        cause, words, contact = _parse(Reader(dict(request.form), error=InvalidComplaintError))
    except InvalidComplaintError as error:
        return make_response(_form(entry_id, request.form, error.where), 400)
    complaint = file_complaint(node, holder, entry_id, cause=cause, words=words, contact=contact)
    return redirect(url_for("complaints.show", complaint_id=complaint.complaint_id), code=303)


@blueprint.get("/complaints/<complaint_id>")
def show(complaint_id: str) -> str:
    """How it stands, asked at its desk now."""
    node, holder = current_node(), require_deed(Deed.SEE_LOG)
    complaint = look_at_complaint(node, holder, node.complaints.get(holder, complaint_id))
    return render_template(
        "wallet/complaints/complaint.html", complaint=complaint, at=node.clock.now(), **_NAMES
    )


@blueprint.post("/complaints/<complaint_id>/sending")
def send(complaint_id: str) -> Response:
    """Try once more to send it."""
    node, holder = current_node(), require_deed(Deed.SEE_LOG)
    send_complaint(node, holder, node.complaints.get(holder, complaint_id))
    return _back(complaint_id)


@blueprint.post("/complaints/<complaint_id>/withdrawal")
def withdraw(complaint_id: str) -> Response:
    """Withdraw it."""
    withdraw_complaint(current_node(), require_deed(Deed.SEE_LOG), complaint_id)
    return _back(complaint_id)


@blueprint.post("/complaints/<complaint_id>/closure")
def close(complaint_id: str) -> Response:
    """Close it, content or not."""
    satisfied = request.form.get("satisfied") == "yes"
    close_complaint(current_node(), require_deed(Deed.SEE_LOG), complaint_id, satisfied=satisfied)
    return _back(complaint_id)


@api.get("/api/v1/complaints")
def list_complaints() -> dict[str, Any]:
    """The holder's complaints, newest first, as they were last told."""
    found = current_node().complaints.all_of(require_deed(Deed.SEE_LOG))
    return {"complaints": [complaint_json(one) for one in found]}


@api.post("/api/v1/complaints")
def post_complaint() -> tuple[dict[str, Any], int]:
    """Complain about a line of the log: ``{"use", "cause", "words", "contact"}``."""
    holder, reader = require_deed(Deed.SEE_LOG), Reader(read_json_body(), error=InvalidComplaintError)
    cause, words, contact = _parse(reader)
    entry_id = reader.text("use", max_chars=100)
    complaint = file_complaint(current_node(), holder, entry_id, cause=cause, words=words, contact=contact)
    return complaint_json(complaint), 201


def complaint_json(complaint: FiledComplaint) -> dict[str, Any]:
    """The schema ``Complaint`` of the OpenAPI document."""
    return {
        "id": complaint.complaint_id,
        "use": complaint.entry_id,
        "number": complaint.filing.number,
        "state": complaint.state,
        "cause": complaint.filing.cause.value,
        "words": complaint.filing.words,
        "party": complaint.party.to_json(),
        "filed_at": complaint.filed_at.isoformat(),
        "standing": None if complaint.standing is None else complaint.standing.to_json(),
    }


def _about_a_refusal() -> dict[str, str]:
    words = t(
        "窗口对这次出示作出了不予受理的决定。证照有效，我认为应当受理。",
        "The window refused what I showed. The licence is valid, and I think it had to be accepted.",
    )
    return {"cause": Cause.NOT_ACCEPTED.value, "words": words}


def _parse(reader: Reader) -> tuple[Cause, str, str]:
    cause = Cause(reader.choice("cause", tuple(Cause)))
    words = (
        check_words(reader, "words", min_chars=5 if cause is Cause.OTHER else 0) if "words" in reader else ""
    )
    contact = reader.optional_text("contact", min_chars=0, max_chars=100, strip=True) or ""
    if not is_single_line(contact):
        raise reader.fail("contact", "含有不可打印的字符。", "It has characters that cannot be printed.")
    return cause, words, contact


def _form(entry_id: str, given: dict[str, str], wrong: str | None) -> str:
    use = read_use(current_node(), require_deed(Deed.SEE_LOG), entry_id)
    return render_template(
        "wallet/complaints/form.html",
        use=use,
        about=sentence_of(use),
        desk=desk_of(use.entry),
        given=given,
        wrong=wrong,
        **_NAMES,
    )


def _back(complaint_id: str) -> Response:
    return redirect(url_for("complaints.show", complaint_id=complaint_id), code=303)
