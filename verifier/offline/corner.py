"""What the same corner of every page says of a window that has a centre: reachable or cut off, how old, what waits."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final

from flask import Flask

from standards.text import Text
from verifier.checking.findings import age_text
from verifier.node import VerifierNode, current_node
from verifier.offline.kept_tokens import is_cut_off

CLOCK_LIMIT: Final = timedelta(minutes=2)
"""A clock that is further off makes good codes look old, and old lists look good."""


@dataclass(frozen=True, slots=True)
class Corner:
    """For the page.

    Attributes:
        cut_off: whether the window works with its bundle.
        bundle_age: since the bundle came, in words; ``None`` without one.
        waiting: records that the centre does not have yet.
        clock: by how much the clock is wrong, in words; ``None`` where it is right.
    """

    cut_off: bool
    bundle_age: Text | None
    waiting: int
    clock: Text | None


def corner_of(node: VerifierNode, at: datetime) -> Corner | None:
    """What to say now; ``None`` at a node without an upstream."""
    kept = node.kept_tokens
    if not kept.is_window:
        return None
    state, taken_at = kept.state, kept.taken_at
    waiting = node.records.head(state.department) - state.sequence if state.department else 0
    return Corner(
        cut_off=is_cut_off(state, at),
        bundle_age=age_text(at - taken_at) if taken_at is not None else None,
        waiting=max(0, waiting),
        clock=_clock(state.skew, state.reached_at, state.tried_at, at),
    )


def _clock(
    skew: timedelta, reached_at: datetime | None, tried_at: datetime | None, at: datetime
) -> Text | None:
    """A clock that disagrees with the centre's, or that was set back since the centre was last asked."""
    if abs(skew) > CLOCK_LIMIT:
        by = age_text(abs(skew))
        ahead = skew > timedelta()
        return Text(
            f"本机时钟{'快' if ahead else '慢'} {by.zh}",
            f"this clock is {by.en} {'fast' if ahead else 'slow'}",
        )
    latest = max((one for one in (reached_at, tried_at) if one is not None), default=None)
    if latest is not None and at < latest - CLOCK_LIMIT:
        return Text("本机时钟被调慢", "this clock was set back")
    return None


def install_corner(app: Flask) -> None:
    """Give every template ``window_corner()``."""

    @app.context_processor
    def corner() -> dict[str, Any]:
        def window_corner() -> Corner | None:
            node = current_node()
            return corner_of(node, node.clock.now())

        return {"window_corner": window_corner}
