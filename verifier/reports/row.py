"""One decision as the reports count it: codes, numbers of sheets, divisions; no person, no name, no claim.

Rows are derived from the acceptance records and can be thrown away: ``elicence verifier reports rebuild`` makes them
anew.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Final

from verifier.acceptance.reasons import Decision
from verifier.reports.selection import day_of

LICENCE: Final = "licence"
PAPER: Final = "paper"
SUPPLEMENT: Final = "supplement"

_DIVISION: Final = re.compile(r"[0-9]{6}", re.ASCII)
_MAX_CODE_CHARS: Final = 120
_MAX_SHEETS: Final = 1000


@dataclass(frozen=True, slots=True)
class MaterialRow:
    """One material of a decision.

    Attributes:
        id: within the item.
        satisfied_by: licence, paper or supplement (to follow).
        baseline: sheets of paper that were brought for it before.
        paper_reason: why paper was asked for, a code, or ``None``.
    """

    id: str
    satisfied_by: str
    baseline: int
    paper_reason: str | None = None


@dataclass(frozen=True, slots=True)
class ReportRow:
    """One decision.

    Attributes:
        department, chain, sequence: its record's place; ``chain`` is empty, or the name of a window node.
        day: in China's time.
        division: of the window (GB/T 2260).
        item: code, or ``None`` for a query of the department's own.
        decision, reason: codes.
        indication: of the report, or ``None`` when nothing was shown.
        materials: as they were satisfied; those that were not needed are left out; empty where nobody knows.
        issuers: divisions of the licences' issuers, each once.
    """

    department: str
    sequence: int
    day: date
    division: str
    item: str | None
    decision: str
    reason: str | None
    indication: str | None
    materials: tuple[MaterialRow, ...]
    issuers: tuple[str, ...]
    chain: str = ""

    @property
    def is_accepted(self) -> bool:
        """Whether it was accepted, provisionally too."""
        return self.decision.startswith("accept")

    def to_row(self) -> dict[str, Any]:
        """As it is stored."""
        return {
            "department": self.department,
            "sequence": self.sequence,
            "chain": self.chain,
            "day": self.day.isoformat(),
            "division": self.division,
            "item": self.item,
            "decision": self.decision,
            "reason": self.reason,
            "indication": self.indication,
            "accepted": self.is_accepted,
            "baseline": sum(one.baseline for one in self.materials) if self.is_accepted else 0,
            "paper": sum(one.baseline for one in self.materials if one.satisfied_by == PAPER)
            if self.is_accepted
            else 0,
            "materials": [
                {
                    "id": material.id,
                    "by": material.satisfied_by,
                    "baseline": material.baseline,
                    "paper_reason": material.paper_reason,
                }
                for material in self.materials
            ],
            "issuers": list(self.issuers),
            "province": _province(self.division),
            "issuer_provinces": sorted({_province(division) for division in self.issuers}),
        }


Baseline = Callable[[str], int]
"""Code of an item → sheets of paper that it took before, for records that do not say."""


def row_of(
    facts: Mapping[str, Any],
    sequence: int,
    *,
    department: str,
    chain: str = "",
    division: str,
    baseline: Baseline,
    issuers: Callable[[], tuple[str, ...]],
) -> ReportRow:
    """The row of a record.

    Args:
        facts: its open part.
        sequence: its place in the chain.
        department: USCC; whose chain it is.
        chain: empty for this node's own, or the name of a window node.
        division: of the window.
        baseline: for a record from before materials were written down: everything it accepted was shown as a licence,
            for nothing else could be accepted then.
        issuers: divisions of the issuers, for a record that does not name them; asked only then.

    Raises:
        KeyError, TypeError, ValueError, AttributeError: it is no record as this software writes them. A window node's
            records come from another machine: nothing of them is taken over that is not a code or a small number.
    """
    item = _code(facts.get("service_item"))
    decision = Decision(facts["decision"]).value
    report = facts.get("report") or {}
    materials = tuple(
        MaterialRow(
            _code(one["id"]) or "",
            _one_of(one["satisfied_by"], (LICENCE, PAPER, SUPPLEMENT)),
            _sheets(one.get("baseline", 1)),
            _code(one.get("paper_reason")),
        )
        for one in facts.get("materials") or ()
        if one.get("satisfied_by") is not None  # neither shown nor asked for: it was not needed
    )
    own_forms = _sheets(facts.get("own_forms") or 0)
    if materials and own_forms:
        materials = (*materials, MaterialRow("own-forms", LICENCE, own_forms))
    if not materials and item and decision.startswith("accept"):
        materials = (MaterialRow("all", LICENCE, baseline(item)),)
    named = facts.get("issuers")
    divisions = (
        tuple(one.get("division") or division_of(one.get("uscc")) for one in named)
        if named is not None
        else issuers()
    )
    return ReportRow(
        department=department,
        sequence=sequence,
        day=day_of(datetime.fromisoformat(facts["decided_at"])),
        division=division,
        item=item,
        decision=decision,
        reason=_code(facts.get("reason")),
        indication=_code(report.get("indication")),
        materials=materials,
        issuers=tuple(sorted({one for one in divisions if one and _DIVISION.fullmatch(one)})),
        chain=chain,
    )


def _code(value: Any) -> str | None:
    if value is not None and not (isinstance(value, str) and len(value) <= _MAX_CODE_CHARS):
        raise TypeError("no code")
    return value


def _one_of(value: Any, known: tuple[str, ...]) -> str:
    if value not in known:
        raise ValueError("an unknown word")
    return str(value)


def _sheets(value: Any) -> int:
    if not isinstance(value, int) or isinstance(value, bool) or not 0 <= value <= _MAX_SHEETS:
        raise ValueError("no number of sheets")
    return value


def _province(division: str) -> str:
    return f"{division[:2]}0000"


def division_of(uscc: str | None) -> str | None:
    """Division in which an organisation is registered: the third to eighth character of its code (GB 32100 section 5)."""
    if uscc is None or len(uscc) != 18 or not uscc[2:8].isdigit():
        return None
    return uscc[2:8]
