"""A sealed PDF at the window: what it is worth, for the department that stands here. Nothing is kept."""

from __future__ import annotations

from flask import render_template

from verifier.departments.guard import current_desk
from verifier.documents.check_file import check_file
from verifier.documents.page_words import sentence_of
from verifier.node import current_node
from verifier.offline.policy import policy_of
from verifier.window.presentation import Pending
from verifier.window.recognised_pages import frame_of
from verifier.window.verdict import SIGNS, STEP_NAMES, text_of


def render_document(content: bytes, waiting: Pending | None) -> str:
    """The report; a per-use copy is held against the department's name."""
    node, at = current_node(), current_node().clock.now()
    checked = check_file(
        node, content, policy=policy_of(None, node.status), at=at, recipient=current_desk().department.name.zh
    )
    report = checked.report.to_json()
    return render_template(
        "verifier/window/document.html",
        report=report,
        sentence=sentence_of(checked),
        following=checked.report.decisive.next_step if checked.report.decisive else None,
        checked=checked,
        seal=checked.pdf.seals[0] if checked.pdf and checked.pdf.seals else None,
        step_names=STEP_NAMES,
        signs=SIGNS,
        text_of=text_of,
        **frame_of(waiting),
    )
