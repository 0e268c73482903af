"""A clock that stands still until it is told."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta, timezone

START = datetime(2026, 11, 22, 8, 0, 0, tzinfo=UTC)
"""A Sunday afternoon in Beijing."""


class FixedClock:
    """Implements ``service.clock.Clock``."""

    def __init__(self, at: datetime = START) -> None:
        self._at = at

    def now(self) -> datetime:
        return self._at

    def china_day(self) -> date:
        """The day in China: after 16:00 UTC it is the next one already."""
        return self._at.astimezone(timezone(timedelta(hours=8))).date()

    def set(self, at: datetime) -> None:
        """Move to an instant (aware UTC)."""
        self._at = at

    def advance(self, by: timedelta) -> None:
        """Let time pass."""
        self._at += by
