"""The clerk at the desk as the one who takes a step."""

from __future__ import annotations

from verifier.cases.steps import Actor
from verifier.departments.guard import current_desk
from verifier.node import current_node
from verifier.terminals.current import current_terminal


def staff_actor() -> Actor:
    """Who, when, at which terminal; inside a view for staff."""
    terminal = current_terminal()
    return Actor(
        current_desk().member.id, current_node().clock.now(), terminal.id if terminal is not None else None
    )
