"""Use case: the code of a printed licence was scanned at a node; fetch the lists that it names, decide. Nothing is kept."""

from __future__ import annotations

from datetime import datetime

from standards.cwt import CwtError
from standards.print_code import parse_print_code
from verifier.checking.policy import VerificationPolicy
from verifier.node import VerifierNode
from verifier.print_codes.check_print_code import CheckedPrintCode, check_print_code, unreadable_print_code
from verifier.print_codes.gather import gather_print_evidence


def scan_print_code(
    node: VerifierNode, text: str, *, policy: VerificationPolicy, at: datetime, recipient: str | None = None
) -> CheckedPrintCode:
    """The answer about a code; see :func:`check_print_code`."""
    try:
        code = parse_print_code(text)
    except CwtError as cause:
        return unreadable_print_code(cause.message)
    evidence = gather_print_evidence(code, trust=node.trust, status=node.status, at=at)
    return check_print_code(code, evidence, policy=policy, at=at, recipient=recipient)
