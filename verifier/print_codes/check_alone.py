"""Use case: the text of a printed licence's code, checked with the lists in hand."""

from __future__ import annotations

from datetime import datetime

from standards.cwt import CwtError
from standards.print_code import parse_print_code
from verifier.checking.evidence import Evidence
from verifier.checking.policy import VerificationPolicy
from verifier.print_codes.check_print_code import CheckedPrintCode, check_print_code, unreadable_print_code


def check_print_text(
    text: str, evidence: Evidence, *, policy: VerificationPolicy, at: datetime
) -> CheckedPrintCode:
    """The answer about a text, untrusted; see :func:`check_print_code`."""
    try:
        code = parse_print_code(text)
    except CwtError as cause:
        return unreadable_print_code(cause.message)
    return check_print_code(code, evidence, policy=policy, at=at)
