"""An exported record that somebody brings to a window or sends to its interface."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any

from standards.errors import ElicenceError
from standards.json_reader import Reader
from standards.text import Text
from standards.verification_report import Finding, Outcome, Step, VerificationReport
from verifier.acceptance.check_record import SEALED, check_record_file
from verifier.acceptance.errors import InvalidRecordFileError
from verifier.acceptance.reasons import Decision
from verifier.acceptance.record_file import parse_record_file

if TYPE_CHECKING:
    from verifier.node import VerifierNode


@dataclass(frozen=True, slots=True)
class DecisionTold:
    """What a record says of its decision; no personal data.

    Attributes:
        id: of the record.
        department: USCC of who decided and sealed.
        item: code of the service item, or ``None`` for a query of the department's own.
        item_name: its name, or ``None``.
        item_version: its version, or ``None``.
        decision: what was decided.
        reason: code of the reason, or ``None``.
        decided_at: when.
        channel: ``desk``, ``kiosk`` or ``api``, or ``None``.
    """

    id: str
    department: str
    item: str | None
    item_name: Text | None
    item_version: int | None
    decision: Decision
    reason: str | None
    decided_at: datetime
    channel: str | None

    def to_json(self) -> dict[str, Any]:
        """Wire shape."""
        return {
            "id": self.id,
            "department": self.department,
            "service_item": self.item,
            "item_version": self.item_version,
            "decision": self.decision.value,
            "reason": self.reason,
            "decided_at": self.decided_at.isoformat(timespec="milliseconds"),
            "channel": self.channel,
        }


@dataclass(frozen=True, slots=True)
class CheckedRecord:
    """The answer about a record.

    Attributes:
        report: on its seal and on the check over again.
        told: what it says of the decision; ``None`` unless its department's seal holds.
    """

    report: VerificationReport
    told: DecisionTold | None

    def to_json(self) -> dict[str, Any]:
        """The member ``record`` of an answer."""
        return {"record": None if self.told is None else self.told.to_json()}


def check_record_content(node: VerifierNode, content: bytes) -> CheckedRecord:
    """Check a file of which :func:`is_record_file`, with this node's anchors and items."""
    try:
        file = parse_record_file(content)
        told = _told(file.facts)
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
    return CheckedRecord(report, told if sealed else None)


def _told(facts: Mapping[str, Any]) -> DecisionTold:
    """Even a department whose seal holds may have written nonsense."""
    said = {name: value for name, value in facts.items() if value is not None}
    reader = Reader(said, error=InvalidRecordFileError)
    name = reader.optional_object("service_item_name")
    return DecisionTold(
        id=reader.text("id", max_chars=64),
        department=reader.text("department", max_chars=18),
        item=reader.optional_text("service_item", max_chars=100),
        item_name=Text(name.text("zh", max_chars=200), name.text("en", max_chars=400)) if name else None,
        item_version=reader.optional_integer("item_version", minimum=1),
        decision=Decision(reader.choice("decision", tuple(one.value for one in Decision))),
        reason=reader.optional_text("reason", max_chars=100),
        decided_at=reader.iso_instant("decided_at"),
        channel=reader.optional_text("channel", max_chars=40),
    )
