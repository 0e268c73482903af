"""How often an address may ask, per process; in memory, forgotten with the minute."""

from __future__ import annotations

import threading
import time
from typing import Final

from verifier.documents.errors import TooManyChecksError

_MAX_ADDRESSES: Final = 10_000


class Rate:
    """A number of turns in each period for each address. Safe to share between threads."""

    def __init__(self, turns: int, seconds: float) -> None:
        self._turns, self._seconds = turns, seconds
        self._begun = time.monotonic()
        self._taken: dict[str, int] = {}
        self._lock = threading.Lock()

    def take(self, address: str) -> None:
        """One turn; raises ``TooManyChecksError`` when there is none left."""
        with self._lock:
            now = time.monotonic()
            if now - self._begun >= self._seconds or len(self._taken) >= _MAX_ADDRESSES:
                self._begun, self._taken = now, {}
            taken = self._taken.get(address, 0)
            if taken >= self._turns:
                raise TooManyChecksError
            self._taken[address] = taken + 1
