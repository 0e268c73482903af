"""Timing several operations side by side on a machine that does other things too.

The operations take turns in short rounds, so that a busy moment hits all of them alike; the best round of each counts,
because disturbance only ever adds. Ratios of such figures hold still where absolute times do not.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from time import perf_counter

_ROUNDS = 60
_REPEATS = 25


def best_seconds(operations: Mapping[str, Callable[[], object]]) -> dict[str, float]:
    """Seconds that one call of each operation takes, in its best round."""
    best = dict.fromkeys(operations, float("inf"))
    for _ in range(_ROUNDS):
        for name, operation in operations.items():
            started = perf_counter()
            for _ in range(_REPEATS):
                operation()
            best[name] = min(best[name], (perf_counter() - started) / _REPEATS)
    return best
