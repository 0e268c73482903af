"""Pages about what was scanned and is no licence by itself: what it is, and what to ask for."""

from __future__ import annotations

from dataclasses import dataclass, fields
from datetime import date
from typing import Any, Final

from flask import render_template

from standards.claim169 import Identity
from standards.text import Text
from verifier.checking.policy import VerificationPolicy
from verifier.checking.step_5_validity import CHINA_TIME
from verifier.departments.guard import current_desk
from verifier.identity_codes.check_identity import check_identity
from verifier.identity_codes.identity_face import face_uri
from verifier.node import current_node
from verifier.scanning.harmless import harmless
from verifier.scanning.notes import CASE_CODE, TERMINAL_CODE, notes_on, with_notes
from verifier.scanning.recognised import (
    CaseCode,
    Claim169,
    Credential,
    DocumentCode,
    Foreign,
    Known,
    PdfFile,
    PresentationResponse,
    Several,
    Sheet,
    ShowCode,
    TerminalCode,
)
from verifier.window.find_presentation import item_of
from verifier.window.lists_state import lists_state
from verifier.window.presentation import Pending
from verifier.window.verdict import SIGNS, STEP_NAMES, Verdict, text_of, verdict_of

_POLICY: Final = VerificationPolicy()

_GENUINE: Final = Text(
    "身份码真实有效。请对照照片核对本人；它不能代替证照。",
    "The identity code is genuine and valid. Compare the photograph; it does not take the place of a licence.",
)
_NO_CODE_ON_PDF: Final = Text(
    "这份 PDF 的页面上没有证照二维码。文件上的电子印章目前还不能核验。",
    "There is no licence's code on the pages of this PDF. Its electronic seals cannot be checked here yet.",
)
_ASK_FOR_CODE: Final = Text(
    "请申请人在钱包中出示这份证照。", "Ask the applicant to show the licence from the wallet."
)

KINDS: Final[dict[type[Known], Text]] = {
    ShowCode: Text("亮证码", "Show-licence code"),
    Sheet: Text("纸质凭证", "Printed sheet"),
    DocumentCode: Text("证照打印件", "Printed licence"),
    CaseCode: Text("办件码", "Code of a case"),
    TerminalCode: Text("终端登记码", "Enrolment code of a terminal"),
    Credential: Text("证照", "Licence"),
    PresentationResponse: Text("出示结果", "Response of a wallet"),
    Claim169: Text("身份码", "Identity code"),
}
"""What the window can do something with, by name."""

_LABELS: Final[dict[str, Text]] = {
    "id": Text("编号", "Number"),
    "full_name": Text("姓名", "Name"),
    "secondary_full_name": Text("姓名（另一文字）", "Name in another script"),
    "first_name": Text("名", "First name"),
    "middle_name": Text("中间名", "Middle name"),
    "last_name": Text("姓", "Last name"),
    "date_of_birth": Text("出生日期", "Date of birth"),
    "gender": Text("性别", "Gender"),
    "nationality": Text("国籍", "Nationality"),
    "country_of_issuance": Text("签发国家", "Country of issuance"),
    "legal_status": Text("身份类别", "Legal status"),
    "address": Text("地址", "Address"),
}
"""The fields that a window needs; others stay unread."""

_GENDERS: Final = {
    "male": Text("男", "male"),
    "female": Text("女", "female"),
    "other": Text("其他", "other"),
}


@dataclass(frozen=True, slots=True)
class IdentityRow:
    """One line of an identity."""

    label: Text
    value: str | Text | date
    masked: bool = False


def render_not_ours(found: Foreign | CaseCode | TerminalCode | PdfFile, waiting: Pending | None) -> str:
    """What it is, and what to ask the citizen for. Nothing of it was opened, followed or kept."""
    match found:
        case Foreign():
            what, ask, excerpt = found.is_what, found.ask_for, found.excerpt
        case PdfFile():
            what, ask, excerpt = _NO_CODE_ON_PDF, _ASK_FOR_CODE, ""
        case CaseCode() | TerminalCode():
            finding = CASE_CODE if isinstance(found, CaseCode) else TERMINAL_CODE
            what, ask, excerpt = finding.message, finding.next_step or _ASK_FOR_CODE, ""
    return render_template(
        "verifier/window/not_ours.html",
        what=what,
        ask=ask,
        excerpt=excerpt,
        pdf=found if isinstance(found, PdfFile) else None,
        beside=found.beside,
        **frame_of(waiting),
    )


def render_several(found: Several, waiting: Pending | None) -> str:
    """More than one code of ours: the clerk takes one."""
    return render_template(
        "verifier/window/several.html",
        carrier=found.carrier.value,
        choices=tuple(
            (KINDS[type(one)], one.text) for one in found.found if not isinstance(one, PresentationResponse)
        ),
        **frame_of(waiting),
    )


def render_identity(found: Claim169, waiting: Pending | None) -> str:
    """An identity code: the face, who it says the person is, the report. Nothing of it is kept."""
    node = current_node()
    at = node.clock.now()
    checked = check_identity(found.text, node.identity_issuers.current(), policy=_POLICY, at=at)
    report = with_notes(checked.report, found).to_json()
    verdict = verdict_of(report)
    if verdict.indication == "PASSED":
        verdict = Verdict("PASSED", _GENUINE, None)
    identity = checked.identity
    return render_template(
        "verifier/window/identity_code.html",
        verdict=verdict,
        issuer=checked.issuer,
        rows=_rows(identity) if identity else (),
        face=face_uri(identity.face) if identity else None,
        expires_on=checked.expires_at.astimezone(CHINA_TIME).date() if checked.expires_at else None,
        report=report,
        notes=notes_on(found),
        step_names=STEP_NAMES,
        signs=SIGNS,
        text_of=text_of,
        **frame_of(waiting),
    )


def frame_of(waiting: Pending | None) -> dict[str, Any]:
    """What the frame of every page needs; the next scan is for the same request as this one."""
    node = current_node()
    frame: dict[str, Any] = {
        "desk": current_desk(),
        "lists": lists_state(node.trust, node.clock.now()),
        "waiting": waiting,
    }
    if waiting is not None:
        frame |= {"state": "pending", "presentation": waiting, "item": item_of(node.items, waiting)}
    return frame


def _rows(identity: Identity) -> tuple[IdentityRow, ...]:
    values = {field.name: getattr(identity, field.name) for field in fields(identity)}
    if values["full_name"]:
        values |= {"first_name": None, "middle_name": None, "last_name": None}
    return tuple(
        IdentityRow(label, _shown(name, values[name]), masked=name == "id")
        for name, label in _LABELS.items()
        if values[name] is not None
    )


def _shown(name: str, value: Any) -> str | Text | date:
    if name == "gender":
        return _GENDERS[value]
    return value if isinstance(value, date) else harmless(value, max_chars=200)
