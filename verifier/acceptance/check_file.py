"""An exported record that somebody brings to a window or sends to its interface."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from standards.errors import ElicenceError
from standards.verification_report import Finding, Outcome, Step, VerificationReport
from verifier.acceptance.check_record import SEALED, check_record_file
from verifier.acceptance.record_file import parse_record_file

if TYPE_CHECKING:
    from verifier.node import VerifierNode


@dataclass(frozen=True, slots=True)
class CheckedRecord:
    """The answer about a record.

    Attributes:
        report: on its seal and on the check over again.
        facts: what it says of the decision (``DecisionFacts.to_json``); ``None`` unless its department's seal holds.
    """

    report: VerificationReport
    facts: Mapping[str, Any] | None

    def to_json(self) -> dict[str, Any]:
        """The member ``record`` of an answer: what was decided, by which department, for what, when; no personal data."""
        told = (
            "id",
            "department",
            "service_item",
            "item_version",
            "decision",
            "reason",
            "decided_at",
            "channel",
        )
        return {"record": None if self.facts is None else {name: self.facts.get(name) for name in told}}


def check_record_content(node: VerifierNode, content: bytes) -> CheckedRecord:
    """Check a file of which :func:`is_record_file`, with this node's anchors and items."""
    try:
        file = parse_record_file(content)
        report = check_record_file(file, node.trust.current().validator.anchors, node.items)
    except ElicenceError as cause:
        altered = Finding(
            Step.FORM,
            "record-not-intact",
            Outcome.FAILED,
            cause.message,
            cause.next_step,
            sub_indication="FORMAT_FAILURE",
        )
        return CheckedRecord(VerificationReport.of((altered,)), None)
    sealed = any(one.code == SEALED for one in report.findings)
    return CheckedRecord(report, file.facts if sealed else None)
