"""Fill a new node with the demo's world: trust, authorities, licences, service items, staff.

Each service contributes steps through entry points ``elicence.demo_seed``; their names give the order, because a step
of one service needs what a step of another made (a window's certificate request goes to the registrar, the
certificate comes back). ``service`` itself imports none of them.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from importlib.metadata import entry_points
from pathlib import Path
from typing import Literal

from service.clock import Clock
from service.node_record import read_node_record, update_node_record
from service.settings import Settings


@dataclass(frozen=True)
class SeedContext:
    """What a step gets."""

    settings: Settings
    clock: Clock
    exchange: Path
    """A private directory that all steps share: certificate requests out, certificate chains back."""
    tell: Callable[[str], None]
    """Says one line of progress."""

    def name_first_authority(self, service: Literal["issuer", "verifier"], uscc: str) -> None:
        """Tell which department ``elicence token`` and the journey act for when none is named."""
        first = read_node_record(self.settings.data).get("first_authority")
        known = first if isinstance(first, dict) else {}
        update_node_record(self.settings.data, first_authority={**known, service: uscc})


def seed_steps() -> list[tuple[str, Callable[[SeedContext], object]]]:
    """All steps in order: name, and what to call. Steps are safe to repeat."""
    points = sorted(entry_points(group="elicence.demo_seed"), key=lambda point: point.name)
    return [(point.name, point.load()) for point in points]
