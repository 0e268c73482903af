"""What has to be said beside a verdict because of how the thing came: neutral findings, they decide nothing."""

from __future__ import annotations

from typing import Final

from standards.text import Text
from standards.verification_report import Finding, Outcome, Step, VerificationReport
from verifier.checking.findings import not_checked
from verifier.scanning.recognised import AnyRecognised, Carrier, CaseCode, Foreign, ShowCode, TerminalCode

PICTURE_OF_SCREEN: Final = Finding(
    Step.HOLDER_BINDING,
    "picture-of-a-screen",
    Outcome.NEUTRAL,
    Text(
        "这是亮证码的截图或翻拍，不是当面出示的手机。",
        "This is a screenshot or a photograph of a code, not a phone that is held here.",
    ),
    Text("请当事人当面打开亮证码，再扫一次。", "Let the person open the code here, and scan it again."),
)
PAGES_NOT_CHECKED: Final = Finding(
    Step.FORM,
    "pdf-pages-not-checked",
    Outcome.NEUTRAL,
    Text(
        "只核验了 PDF 上的二维码；页面上的文字和电子印章没有核验。",
        "Only the code on the PDF was checked, not the words on its pages nor its electronic seals.",
    ),
    Text("以核验结果为准，不要以页面文字为准。", "Go by the result of the check, not by what the pages say."),
)
CASE_CODE: Final = Finding(
    Step.FORM,
    "case-code",
    Outcome.FAILED,
    Text("这是办件码，不是证照。", "This is the code of a case, no licence."),
    Text("请在办理部门的窗口扫描，继续办理。", "Scan it at a window of the department to resume the case."),
    sub_indication="FORMAT_FAILURE",
)
TERMINAL_CODE: Final = Finding(
    Step.FORM,
    "terminal-code",
    Outcome.FAILED,
    Text("这是终端登记码，不是证照。", "This is the enrolment code of a terminal, no licence."),
    Text("请在待登记设备的登记页上扫描。", "Scan it on the enrolment page of the device."),
    sub_indication="FORMAT_FAILURE",
)


def notes_on(recognised: AnyRecognised) -> tuple[Finding, ...]:
    """The notes on it; empty for what was simply scanned."""
    found: tuple[Finding, ...] = ()
    if recognised.carrier is Carrier.PDF:
        found += (PAGES_NOT_CHECKED,)
    if isinstance(recognised, ShowCode) and recognised.is_picture_of_screen:
        found += (PICTURE_OF_SCREEN,)
    return found


def with_notes(report: VerificationReport, recognised: AnyRecognised) -> VerificationReport:
    """``report`` with the notes on what it is about."""
    notes = notes_on(recognised)
    return VerificationReport.of((*report.findings, *notes)) if notes else report


def report_of_other(recognised: Foreign | CaseCode | TerminalCode) -> VerificationReport:
    """The report on what is no licence: step 1 says what it is."""
    if isinstance(recognised, CaseCode):
        first = CASE_CODE
    elif isinstance(recognised, TerminalCode):
        first = TERMINAL_CODE
    else:
        first = Finding(
            Step.FORM,
            f"not-a-licence-{recognised.kind.value}",
            Outcome.FAILED,
            recognised.is_what,
            recognised.ask_for,
            sub_indication="FORMAT_FAILURE",
        )
    return VerificationReport.of((first, *not_checked(*(step for step in Step if step is not Step.FORM))))
