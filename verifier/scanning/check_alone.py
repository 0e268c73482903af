"""Use case: what was recognised is checked by itself, with the lists in hand: nothing is asked, redeemed or kept."""

from __future__ import annotations

from datetime import datetime
from typing import assert_never

from standards.show_code import ShowCodeError
from standards.verification_report import VerificationReport
from verifier.checking.check_code import Scan, check_code, unreadable_code
from verifier.checking.check_presentation import check_text
from verifier.checking.evidence import Evidence
from verifier.checking.policy import VerificationPolicy
from verifier.checking.scanned_code import parse_scanned
from verifier.identity_codes.check_identity import check_identity
from verifier.identity_codes.register import IdentityTrust
from verifier.print_codes.check_alone import check_print_text
from verifier.scanning.check_response import check_response
from verifier.scanning.notes import report_of_other, with_notes
from verifier.scanning.recognised import (
    CaseCode,
    Claim169,
    Credential,
    DocumentCode,
    Foreign,
    Known,
    PresentationResponse,
    Sheet,
    ShowCode,
    TerminalCode,
)


def check_alone(
    found: Known | Foreign,
    evidence: Evidence,
    identities: IdentityTrust,
    *,
    policy: VerificationPolicy,
    at: datetime,
) -> VerificationReport:
    """The report on it, with the notes that its way of coming asks for."""
    match found:
        case ShowCode(text=text) | Sheet(text=text):
            report = _check_code(found, text, evidence, policy, at)
        case DocumentCode(text=text):
            report = check_print_text(text, evidence, policy=policy, at=at).report
        case Credential(text=text):
            report = check_text(text, evidence, policy=policy, at=at).report
        case PresentationResponse():
            report = check_response(found, evidence, policy=policy, at=at).report
        case Claim169(text=text):
            report = check_identity(text, identities, policy=policy, at=at).report
        case CaseCode() | TerminalCode() | Foreign():
            report = report_of_other(found)
        case _:
            assert_never(found)
    return with_notes(report, found)


def _check_code(
    found: ShowCode | Sheet, text: str, evidence: Evidence, policy: VerificationPolicy, at: datetime
) -> VerificationReport:
    """A code cannot be redeemed from here: the report says that it may have been used elsewhere."""
    try:
        scanned = parse_scanned(text)
    except ShowCodeError as cause:
        return unreadable_code("sheet" if isinstance(found, Sheet) else "code", cause.message).report
    return check_code(scanned, evidence, Scan(), policy=policy, at=at).report
