"""One line of the bench: a measured value, held against a limit that was measured in the same run."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class Row:
    """A measurement.

    Attributes:
        name: what was measured.
        value: the figure, in ``unit``.
        unit: such as ``µs`` or ``1/s``.
        ratio: the figure over the limit of the same run, or ``None``.
        of: what the ratio is taken of, or ``None``.
        goal: the bound of ``ratio`` (of ``value`` where there is no ratio), or ``None`` for a row that only informs.
        at_least: whether the goal is a lower bound; else an upper one.
    """

    name: str
    value: float
    unit: str
    ratio: float | None = None
    of: str | None = None
    goal: float | None = None
    at_least: bool = False

    @property
    def met(self) -> bool | None:
        """Whether the goal is met; ``None`` without one."""
        if self.goal is None:
            return None
        figure = self.value if self.ratio is None else self.ratio
        return figure >= self.goal if self.at_least else figure <= self.goal

    def to_json(self) -> dict[str, Any]:
        """The shape of ``var/bench.json`` (DESIGN section 6)."""
        return {
            "name": self.name,
            "value": _rounded(self.value),
            "unit": self.unit,
            "ratio": None if self.ratio is None else _rounded(self.ratio),
            "of": self.of,
            "goal": self.goal,
            "met": self.met,
        }


def _rounded(value: float) -> float:
    """Four significant digits: more would pretend to a precision that a shared machine does not have."""
    return float(f"{value:.4g}")
