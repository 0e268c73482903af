"""What surrounds a decision: the case, the place, how each material was satisfied. Codes and numbers, no personal data."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from verifier.items import ServiceItem, satisfied_by

LICENCE: Final = "licence"
PAPER: Final = "paper"
SUPPLEMENT: Final = "supplement"


@dataclass(frozen=True, slots=True)
class MaterialTaken:
    """How one material was satisfied.

    Attributes:
        id: within the item.
        satisfied_by: ``licence``, ``paper``, ``supplement`` (it may follow), or ``None``.
        baseline: documents on paper that it replaces.
        paper_reason: why it was taken on paper, or ``None``.
    """

    id: str
    satisfied_by: str | None
    baseline: int
    paper_reason: str | None = None

    def to_json(self) -> dict[str, Any]:
        """As records keep it."""
        return {
            "id": self.id,
            "satisfied_by": self.satisfied_by,
            "baseline": self.baseline,
            "paper_reason": self.paper_reason,
        }


@dataclass(frozen=True, slots=True)
class Circumstances:
    """Around a decision.

    Attributes:
        case: id of the case, or ``None``.
        terminal: id of the terminal, or ``None``.
        channel: ``desk``, ``kiosk``, ``api`` or ``offline``.
        materials: of the item, in its order.
    """

    case: str | None = None
    terminal: str | None = None
    channel: str = "desk"
    materials: tuple[MaterialTaken, ...] = ()


def materials_shown(
    item: ServiceItem | None, claims: Mapping[str, Mapping[str, Any]], short: frozenset[str] = frozenset()
) -> tuple[MaterialTaken, ...]:
    """The table for a decision outside any case: what is satisfied, is by what was shown.

    Args:
        item: what it was for; a query of the department's own has no materials.
        claims: query id → claims of the licences that passed.
        short: of which of them only a code was shown.
    """
    if item is None:
        return ()
    return tuple(
        MaterialTaken(
            material.id,
            LICENCE if satisfied_by(material, claims, short) is not None else None,
            material.paper_baseline,
        )
        for material in item.materials
    )
