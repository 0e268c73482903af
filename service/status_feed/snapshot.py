"""What is known of a status list at an address."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from standards.text import Text


@dataclass(frozen=True, slots=True)
class StatusSnapshot:
    """The newest copy of a status list token that this process could get. Nothing of it is verified.

    Attributes:
        uri: address of the list.
        token: the token's text, the same object until a newer one is fetched; ``None`` when none was ever fetched.
        fetched_at: when the token was fetched, or ``None``.
        problem: why the last attempt gave nothing newer, or ``None`` when it succeeded. Unreachable is not revoked:
            with a problem and a token, the token is as old as it says.
    """

    uri: str
    token: str | None = None
    fetched_at: datetime | None = None
    problem: Text | None = None

    def age(self, at: datetime) -> timedelta | None:
        """Time since the token was fetched, or ``None`` without one."""
        return None if self.fetched_at is None else max(timedelta(0), at - self.fetched_at)
