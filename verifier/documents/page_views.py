"""``/check``: anybody drops a PDF and reads what it is worth. Nobody signs in; nothing is kept, nothing of it is logged."""

from __future__ import annotations

from typing import Any, Final

from flask import Blueprint, render_template, request

from standards.verification_report import Indication
from verifier.checking.policy import VerificationPolicy
from verifier.documents.check_document import CheckedDocument
from verifier.documents.check_file import check_file
from verifier.documents.page_words import NO_DOCUMENT, NO_FILE, TOO_LARGE, sentence_of
from verifier.documents.rate import Rate
from verifier.documents.recognise_document import is_pdf
from verifier.node import current_node
from verifier.scanning.recognise import MAX_FILE_BYTES
from verifier.window.verdict import SIGNS, STEP_NAMES, text_of

MAX_CHECKS: Final = 30
"""A minute, from one address: a clerk with a pile of papers is slower."""

_FORM_OVERHEAD_BYTES: Final = 64 * 1024
_POLICY: Final = VerificationPolicy()
_rate = Rate(MAX_CHECKS, 60.0)

blueprint = Blueprint(
    "check", __name__, template_folder="templates", static_folder="static", static_url_path="/check/static"
)


@blueprint.url_value_preprocessor
def _let_files_in(endpoint: str | None, _values: dict[str, Any] | None) -> None:
    """Before the form is read."""
    if endpoint == "check.check" and request.method == "POST":
        request.max_content_length = MAX_FILE_BYTES + _FORM_OVERHEAD_BYTES


@blueprint.get("/check")
def page() -> str:
    """The place to drop a file."""
    return render_template("verifier/documents/check.html", problem=None)


@blueprint.post("/check")
def check() -> str | tuple[str, int]:
    """The answer about a file."""
    _rate.take(request.remote_addr or "")
    uploaded = request.files.get("file")
    content = uploaded.stream.read() if uploaded is not None else b""
    problem = _problem(content)
    if problem is not None:
        return render_template("verifier/documents/check.html", problem=problem), 400
    node = current_node()
    checked = check_file(node, content, policy=_POLICY, at=node.clock.now(), public=True)
    return _answer(checked, uploaded.filename if uploaded is not None else None)


@blueprint.errorhandler(413)
def _too_large(_refused: Exception) -> tuple[str, int]:
    """More than is read at all: said where the file can be chosen again."""
    return render_template("verifier/documents/check.html", problem=TOO_LARGE), 413


def _problem(content: bytes) -> Any:
    if not content:
        return NO_FILE
    if len(content) > MAX_FILE_BYTES:
        return TOO_LARGE
    return None if is_pdf(content) else NO_DOCUMENT


def _answer(checked: CheckedDocument, name: str | None) -> str:
    report = checked.report.to_json()
    return render_template(
        "verifier/documents/checked.html",
        name=(name or "")[-80:],
        report=report,
        indication=report["indication"],
        sentence=sentence_of(checked),
        following=checked.report.decisive.next_step if checked.report.decisive else None,
        checked=checked,
        seals=checked.pdf.seals if checked.pdf else (),
        differing=[one for one in checked.fields if not one.agrees],
        step_names=STEP_NAMES,
        signs=SIGNS,
        text_of=text_of,
        passed=checked.report.indication is Indication.PASSED,
    )
