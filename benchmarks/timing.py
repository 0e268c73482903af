"""Timing several operations side by side on a machine that does other things too.

The operations take turns in short rounds, so that a busy moment hits all of them alike; the best round of each counts,
because disturbance only ever adds. Ratios of such figures hold still where absolute times do not.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from time import perf_counter

_ROUNDS = 400
_SECONDS_OF_A_ROUND = 0.0008
"""Short, so that on a busy machine some rounds of every operation go by undisturbed; equal, so that it is fair."""


def best_seconds(operations: Mapping[str, Callable[[], object]]) -> dict[str, float]:
    """Seconds that one call of each operation takes, in its best round."""
    repeats = {name: _repeats_of(operation) for name, operation in operations.items()}
    best = dict.fromkeys(operations, float("inf"))
    for _ in range(_ROUNDS):
        for name, operation in operations.items():
            count = repeats[name]
            started = perf_counter()
            for _ in range(count):
                operation()
            best[name] = min(best[name], (perf_counter() - started) / count)
    return best


def _repeats_of(operation: Callable[[], object]) -> int:
    """How many calls fill a round."""
    operation()
    started = perf_counter()
    operation()
    return max(1, round(_SECONDS_OF_A_ROUND / (perf_counter() - started)))
