"""The verification report: what was checked, what was found, what to do next.

Indications after ETSI EN 319 102-1 clause 5.1.3: a failed check is an answer, not an exception. INDETERMINATE is
never acceptance; it says whether a retry can help.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from enum import IntEnum, StrEnum
from typing import Any

from standards.text import Text


class Indication(StrEnum):
    """Overall verdict (ETSI EN 319 102-1 clause 5.1.3)."""

    PASSED = "PASSED"
    FAILED = "FAILED"
    INDETERMINATE = "INDETERMINATE"


class Outcome(StrEnum):
    """Verdict of one step. NEUTRAL: the step does not apply to this form of licence."""

    PASSED = "passed"
    FAILED = "failed"
    INDETERMINATE = "indeterminate"
    NEUTRAL = "neutral"


class Step(IntEnum):
    """The numbered steps of verification; code that performs a step is labelled with its number."""

    FORM = 1
    SIGNATURE = 2
    PATH = 3
    AUTHORISATION = 4
    VALIDITY = 5
    STATUS = 6
    HOLDER_BINDING = 7
    REQUEST = 8
    MATERIAL_RULE = 9


@dataclass(frozen=True, slots=True)
class Finding:
    """What one step found.

    Attributes:
        step: the step's number.
        code: stable kebab-case code, for machines.
        outcome: passed, failed, indeterminate or neutral.
        message: a sentence that a clerk understands.
        next_step: what to do about it, or ``None``.
        query: the DCQL query id that the finding is about, or ``None`` for the whole.
        retry_helps: for INDETERMINATE, whether asking again later can settle it.
        sub_indication: ETSI sub-indication, such as ``REVOKED`` or ``TRY_LATER``, or ``None``.
    """

    step: Step
    code: str
    outcome: Outcome
    message: Text
    next_step: Text | None = None
    query: str | None = None
    retry_helps: bool = False
    sub_indication: str | None = None

    def to_json(self) -> dict[str, Any]:
        """Wire shape: step, code, outcome, message, next and, where there is one, query."""
        wire: dict[str, Any] = {
            "step": int(self.step),
            "code": self.code,
            "outcome": self.outcome.value,
            "message": self.message.to_json(),
            "next": self.next_step.to_json() if self.next_step else None,
        }
        if self.query is not None:
            wire["query"] = self.query
        if self.outcome is Outcome.INDETERMINATE:
            wire["retry_helps"] = self.retry_helps
        return wire


@dataclass(frozen=True, slots=True)
class VerificationReport:
    """The findings of all steps and the verdict that follows from them."""

    findings: tuple[Finding, ...]

    @classmethod
    def of(cls, findings: Iterable[Finding]) -> VerificationReport:
        """The report over ``findings``, ordered by step (stable within a step)."""
        return cls(tuple(sorted(findings, key=lambda finding: finding.step)))

    @property
    def indication(self) -> Indication:
        """FAILED if any step failed, else INDETERMINATE if any is or nothing was checked, else PASSED."""
        outcomes = {finding.outcome for finding in self.findings}
        if Outcome.FAILED in outcomes:
            return Indication.FAILED
        if Outcome.INDETERMINATE in outcomes or Outcome.PASSED not in outcomes:
            return Indication.INDETERMINATE
        return Indication.PASSED

    @property
    def decisive(self) -> Finding | None:
        """The first finding that kept the report from PASSED, or ``None``."""
        wanted = {Indication.FAILED: Outcome.FAILED, Indication.INDETERMINATE: Outcome.INDETERMINATE}.get(
            self.indication
        )
        return next((finding for finding in self.findings if finding.outcome is wanted), None)

    @property
    def sub_indication(self) -> str | None:
        """Sub-indication of the decisive finding (ETSI EN 319 102-1 tables 5 and 6), or ``None``."""
        return self.decisive.sub_indication if self.decisive else None

    def to_json(self) -> dict[str, Any]:
        """Wire shape: indication, sub_indication, findings."""
        return {
            "indication": self.indication.value,
            "sub_indication": self.sub_indication,
            "findings": [finding.to_json() for finding in self.findings],
        }
