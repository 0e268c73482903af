"""The one field of the window: what a scanner types or a clerk pastes is recognised and checked at once."""

from __future__ import annotations

from dataclasses import replace
from typing import Any, Final, assert_never

from flask import Blueprint, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from keys.signer import Signer
from verifier.acceptance.record_file import is_record_file
from verifier.cases.case import State as CaseState
from verifier.cases.note_answer import note_answer, shown_before
from verifier.cases.open_case import ask_in_case
from verifier.cases.scan_case import resume
from verifier.cases.staff_actor import staff_actor
from verifier.checking import check_text, gather_evidence
from verifier.departments.department import DepartmentNotCertifiedError, Permission
from verifier.departments.guard import current_desk, find_desk, for_staff
from verifier.documents.recognise_document import is_document
from verifier.node import current_node
from verifier.offline.policy import policy_of
from verifier.scanning.check_response import check_response
from verifier.scanning.foreign_kind import ForeignKind
from verifier.scanning.notes import notes_on, with_notes
from verifier.scanning.recognise import MAX_FILE_BYTES, recognise
from verifier.scanning.recognised import (
    AnyRecognised,
    Carrier,
    CaseCode,
    Claim169,
    Credential,
    DocumentCode,
    Foreign,
    PdfFile,
    PresentationResponse,
    Several,
    Sheet,
    ShowCode,
    TerminalCode,
)
from verifier.scanning.scan_code import Purpose, scan_code
from verifier.window.code_view import answer_of_code, verdict_of_code, view_code, view_compact
from verifier.window.cut_off_answer import answer_of_unredeemed
from verifier.window.describe_shown import with_description
from verifier.window.document_pages import render_document
from verifier.window.errors import UnknownPresentationError
from verifier.window.find_presentation import find_presentation, item_of
from verifier.window.material_rule_of import material_rule_of
from verifier.window.note_lists import list_json, note_lists
from verifier.window.page_views import matching_items, render_home
from verifier.window.presentation import Pending, Received
from verifier.window.print_code_page import render_print_code
from verifier.window.receive_response import shown_licence
from verifier.window.recognised_pages import frame_of, render_identity, render_not_ours, render_several
from verifier.window.record_file_page import render_record_file
from verifier.window.relying_party import signer_of
from verifier.window.shown_view import view_licences
from verifier.window.verdict import SIGNS, STEP_NAMES, text_of, verdict_of

_MAX_SEARCH_CHARS: Final = 80

_FORM_OVERHEAD_BYTES: Final = 320 * 1024
"""Room for the text field beside a file."""


blueprint = Blueprint("scan", __name__, template_folder="templates")


@blueprint.url_value_preprocessor
def _let_staff_send_pictures(endpoint: str | None, _values: dict[str, Any] | None) -> None:
    """Before the form is read for its proof against forgery: a picture of staff at a desk may be large, nobody else's."""
    if endpoint == "scan.scan" and request.method == "POST":
        desk = find_desk()
        if desk is not None and desk.member.may(Permission.ASK):
            request.max_content_length = MAX_FILE_BYTES + _FORM_OVERHEAD_BYTES


@blueprint.post("/window/scan")
@for_staff(Permission.ASK)
def scan() -> str | Response:
    """Whatever was scanned, pasted, chosen or dropped: recognised, then checked, or told what it is."""
    content, waiting = _content(), _waiting(request.form.get("presentation", ""))
    if isinstance(content, bytes) and len(content) <= MAX_FILE_BYTES and is_document(content):
        return render_document(content, waiting)
    written = content.encode() if isinstance(content, str) else content
    if is_record_file(written):
        return render_record_file(written, waiting)
    found = _as_it_came(recognise(content))
    match found:
        case ShowCode() | Sheet():
            return _scanned_code(found, waiting or _asked_anew(request.form.get("presentation", "")))
        case DocumentCode():
            return render_print_code(found, waiting)
        case Credential() | PresentationResponse():
            return _checked(found)
        case Claim169():
            return render_identity(found, waiting)
        case Several():
            return render_several(found, waiting)
        case CaseCode():
            return resume(found.text)
        case TerminalCode() | PdfFile():
            return render_not_ours(found, waiting)
        case Foreign():
            return _not_ours(found, waiting)
        case _:
            assert_never(found)


def _content() -> str | bytes:
    """A file, where one came with something in it; else the text of the field."""
    file = request.files.get("file")
    content = b""
    if file is not None:
        with file.stream as stream:
            content = stream.read(MAX_FILE_BYTES + 1)
    return content or request.form.get("text", "")


def _as_it_came(found: AnyRecognised) -> AnyRecognised:
    """One of several codes of a picture, chosen by the clerk, still is of that picture."""
    came = request.form.get("carrier", "")
    return replace(found, carrier=Carrier(came)) if came in set(Carrier) else found


def _not_ours(found: Foreign, waiting: Pending | None) -> str:
    """The name of an item finds the item; anything else is said what it is."""
    text = request.form.get("text", "").strip()[:_MAX_SEARCH_CHARS]
    node, desk = current_node(), current_desk()
    handled = [item for item in node.items if desk.department.handles(item.code)]
    by_name = bool(text) and bool(matching_items(handled, text))
    if (
        by_name
        or found.kind is ForeignKind.EMPTY
        or (text and found.kind is ForeignKind.TEXT and not waiting)
    ):
        return render_home(text, problem=bool(text) and not by_name)
    return render_not_ours(found, waiting)


def _scanned_code(found: ShowCode | Sheet, waiting: Pending | None) -> str | Response:
    """A code or sheet: for the request that waits on this page, or alone."""
    node, desk, at = current_node(), current_desk(), current_node().clock.now()
    item = item_of(node.items, waiting) if waiting else None
    checked = scan_code(
        node,
        found.text,
        Purpose(
            department=desk.department,
            signer=_signer_if_certified(),
            item=item.code if item else None,
            query=waiting.asked.query if waiting else None,
            material_rule=material_rule_of(item, shown_before(node, waiting.asked) if waiting else None),
            nonce=waiting.asked.nonce if waiting else None,
        ),
        at=at,
        policy=lambda: policy_of(item, node.status),
    )
    # How it came belongs to the record too.
    checked = replace(checked, report=with_notes(checked.report, found))
    if waiting is not None and not checked.redeemed and node.status.cut_off:
        answer = answer_of_unredeemed(
            checked,
            item,
            shown_before(node, waiting.asked),
            text=found.text,
            types=node.types,
            lists=note_lists(
                checked.lists,
                trust=node.trust,
                status=node.status,
                kept=node.evidence,
                at=at,
                certificate=checked.issuer_certificate,
            ),
            at=at,
        )
        if answer is not None and node.presentations.settle(waiting.receive(answer), at):
            return redirect(url_for("window.show", presentation_id=waiting.asked.id), code=303)
    # The face is for this moment only: it is looked at on this page and kept nowhere, the decision is the next page.
    answered = (
        waiting is not None
        and checked.redeemed
        and node.presentations.settle(
            waiting.receive(
                answer_of_code(
                    checked,
                    node.types,
                    at,
                    note_lists(
                        checked.lists, trust=node.trust, status=node.status, kept=node.evidence, at=at
                    ),
                )
            ),
            at,
        )
    )
    report = checked.report.to_json()
    return render_template(
        "verifier/window/scanned_code.html",
        notes=notes_on(found),
        checked=checked,
        code=view_code(checked),
        verdict=verdict_of_code(checked),
        answered=answered,
        licences=view_compact(checked),
        report=report,
        used_lists=tuple(map(list_json, checked.lists)),
        step_names=STEP_NAMES,
        signs=SIGNS,
        text_of=text_of,
        **frame_of(waiting),
    )


def _waiting(presentation_id: str) -> Pending | None:
    """The request that the clerk's page waits on, if it is still open and for a service item."""
    if not presentation_id:
        return None
    node = current_node()
    try:
        found = find_presentation(
            node.presentations, current_desk().department, presentation_id, node.clock.now()
        )
    except UnknownPresentationError:
        return None
    return found if isinstance(found, Pending) and found.asked.item and not found.asked.browser else None


def _asked_anew(presentation_id: str) -> Pending | None:
    """A code scanned on the page of a case in which something is missing: asking for that comes first, without a click."""
    node, department, actor = current_node(), current_desk().department, staff_actor()
    try:
        found = find_presentation(node.presentations, department, presentation_id, actor.at)
        case = note_answer(node, found, actor.at)
    except UnknownPresentationError:
        return None
    if not isinstance(found, Received) or case is None or case.presentation != presentation_id:
        return None
    if case.state is not CaseState.OPEN or not case.missing:
        return None
    return ask_in_case(node, case, department, actor)[1]


def _signer_if_certified() -> Signer | None:
    """Without a certificate nothing can be redeemed; a code can be checked all the same."""
    try:
        return signer_of(current_node().keys, current_desk().department)
    except DepartmentNotCertifiedError:
        return None


def _checked(found: Credential | PresentationResponse) -> str:
    """The report on what was handed over without a request. Nothing is kept."""
    node = current_node()
    at = node.clock.now()
    texts = (found.text,) if isinstance(found, Credential) else tuple(text for _, text in found.presentations)
    evidence = gather_evidence(texts, trust=node.trust, status=node.status, at=at)
    if isinstance(found, Credential):
        checked = check_text(found.text, evidence, policy=policy_of(None, node.status), at=at)
    else:
        checked = check_response(found, evidence, policy=policy_of(None, node.status), at=at)
    report = with_notes(checked.report, found).to_json()
    licences = {
        query: tuple(with_description(shown_licence(one), node.types) for one in shown)
        for query, shown in checked.licences.items()
    }
    return render_template(
        "verifier/window/scanned.html",
        notes=notes_on(found),
        verdict=verdict_of(report, presented=False),
        licences=view_licences(licences),
        report=report,
        used_lists=tuple(map(list_json, checked.lists)),
        step_names=STEP_NAMES,
        signs=SIGNS,
        text_of=text_of,
        **frame_of(None),
    )
