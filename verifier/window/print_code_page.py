"""The page about a printed licence: the verdict on its code, and what to compare with the paper."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Final

from flask import render_template

from standards.licence_types.described_type import describe_vct
from standards.text import Text
from standards.verification_report import Indication
from verifier.checking.step_5_validity import CHINA_TIME
from verifier.departments.guard import current_desk
from verifier.node import current_node
from verifier.offline.policy import policy_of
from verifier.print_codes import CheckedPrintCode
from verifier.print_codes.scan_print_code import scan_print_code
from verifier.scanning.harmless import harmless, harmless_lines
from verifier.scanning.notes import notes_on, with_notes
from verifier.scanning.recognised import DocumentCode
from verifier.window.note_lists import list_json
from verifier.window.presentation import Pending
from verifier.window.recognised_pages import frame_of
from verifier.window.verdict import SIGNS, STEP_NAMES, Verdict, text_of, verdict_of

_GENUINE: Final = Text(
    "二维码真实，证照有效。还须与纸面逐项核对：任何一项不同，纸面就是假的。",
    "The code is genuine and the licence is valid. Compare the paper item by item: if any differs, the paper is false.",
)


@dataclass(frozen=True, slots=True)
class CompareRow:
    """One item to compare; an empty ``text`` has to be empty on the paper, too."""

    label: Text
    text: str


@dataclass(frozen=True, slots=True)
class PaperView:
    """What a clerk reads.

    Attributes:
        licence: name of the type.
        issuer: who issued it.
        annotated: made for one use.
        purpose, recipient, expires_at: of that use.
        document_id: stands on the paper beside the code.
        rows: to compare.
        left_out: items that the code does not carry.
    """

    licence: Text
    issuer: Text
    annotated: bool
    purpose: str
    recipient: str
    expires_at: datetime | None
    document_id: str
    rows: tuple[CompareRow, ...]
    left_out: tuple[Text, ...]


def view_paper(checked: CheckedPrintCode) -> PaperView | None:
    """``checked`` in words; ``None`` where nothing in it can be believed."""
    licence = checked.licence
    if licence is None:
        return None
    known = describe_vct(licence.vct)
    return PaperView(
        licence=known.name if known else Text(licence.vct, licence.vct),
        issuer=licence.issuer,
        annotated=checked.purpose is not None,
        purpose=harmless(checked.purpose or ""),
        recipient=harmless(checked.recipient or ""),
        expires_at=checked.expires_at.astimezone(CHINA_TIME) if checked.expires_at else None,
        document_id=harmless(checked.document_id),
        rows=tuple(
            CompareRow(line.label, harmless_lines(line.text))
            for line in checked.lines
            if line.text is not None
        ),
        left_out=tuple(line.label for line in checked.lines if line.text is None),
    )


def render_print_code(found: DocumentCode, waiting: Pending | None) -> str:
    """The page. Nothing is kept."""
    node = current_node()
    at = node.clock.now()
    checked = scan_print_code(
        node,
        found.text,
        policy=policy_of(None, node.status),
        at=at,
        recipient=current_desk().department.name.zh,
    )
    report = with_notes(checked.report, found).to_json()
    verdict = verdict_of(report)
    if checked.report.indication is Indication.PASSED:
        verdict = Verdict("PASSED", _GENUINE, None)
    return render_template(
        "verifier/window/print_code.html",
        verdict=verdict,
        paper=view_paper(checked),
        notes=notes_on(found),
        report=report,
        used_lists=tuple(map(list_json, checked.lists)),
        step_names=STEP_NAMES,
        signs=SIGNS,
        text_of=text_of,
        **frame_of(waiting),
    )
