"""A clock that stands still until it is told."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

START = datetime(2026, 11, 22, 8, 0, 0, tzinfo=UTC)
"""A Sunday afternoon in Beijing."""


class FixedClock:
    """Implements ``service.clock.Clock``."""

    def __init__(self, at: datetime = START) -> None:
        self._at = at

    def now(self) -> datetime:
        return self._at

    def set(self, at: datetime) -> None:
        """Move to an instant (aware UTC)."""
        self._at = at

    def advance(self, by: timedelta) -> None:
        """Let time pass."""
        self._at += by
