"""An exported record at the window: whose decision it is, and whether it still holds. Nothing is kept."""

from __future__ import annotations

from flask import render_template

from standards.text import Text
from standards.verification_report import Indication
from verifier.acceptance.check_file import CheckedRecord, check_record_content
from verifier.acceptance.reasons import DECISION_NAMES
from verifier.node import current_node
from verifier.window.presentation import Pending
from verifier.window.recognised_pages import frame_of
from verifier.window.verdict import SIGNS, STEP_NAMES, text_of


def render_record_file(content: bytes, waiting: Pending | None) -> str:
    """The report, and what was decided where the seal holds."""
    checked = check_record_content(current_node(), content)
    decisive = checked.report.decisive
    return render_template(
        "verifier/window/record_file.html",
        report=checked.report.to_json(),
        sentence=_sentence(checked),
        following=decisive.next_step if decisive else None,
        told=checked.told,
        decision=DECISION_NAMES[checked.told.decision] if checked.told else None,
        step_names=STEP_NAMES,
        signs=SIGNS,
        text_of=text_of,
        **frame_of(waiting),
    )


def _sentence(checked: CheckedRecord) -> Text:
    decisive = checked.report.decisive
    if checked.report.indication is not Indication.PASSED and decisive is not None:
        return decisive.message
    return Text(
        "记录属实：未被改动，封存签名成立。",
        "The record is genuine: nothing in it was changed, and its seal holds.",
    )
