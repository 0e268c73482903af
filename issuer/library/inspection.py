"""Where a licence stands with its annual or periodic inspections: a dimension of its own beside the state."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Final

from standards.text import Text


class InspectionResult(StrEnum):
    """Result of the latest annual or periodic inspection."""

    NOT_INSPECTED = "not_inspected"
    PASSED = "passed"
    FAILED = "failed"

    @property
    def label(self) -> Text:
        """The result in words."""
        return _LABELS[self]


_LABELS: Final[Mapping[InspectionResult, Text]] = {
    InspectionResult.NOT_INSPECTED: Text("未检", "Not inspected"),
    InspectionResult.PASSED: Text("合格", "Passed"),
    InspectionResult.FAILED: Text("不合格", "Failed"),
}


@dataclass(frozen=True, slots=True)
class InspectionStanding:
    """Where a licence stands with its inspections.

    Attributes:
        result: of the latest inspection.
        due: last day for the next one, or ``None`` where the type has no inspections.
    """

    result: InspectionResult
    due: date | None

    def overdue_on(self, day: date) -> bool:
        """Whether the next inspection should have taken place, or the latest was failed."""
        return self.result is InspectionResult.FAILED or (self.due is not None and day > self.due)
