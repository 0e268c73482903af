"""Claims path pointers into JSON credentials (OpenID4VP 1.0 section 7.1)."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from standards.dcql.query import ClaimsPath

ConcretePath = tuple[str | int, ...]
"""Path of one element: names and indexes, no ``None``."""


def select(claims: Any, path: ClaimsPath) -> tuple[tuple[ConcretePath, Any], ...]:
    """The elements that ``path`` selects, each with its own path, in document order; empty when it selects none.

    A name on something that is no object, an index or ``None`` on something that is no array: selects nothing
    (section 7.1 calls for aborting, and an aborted path does not match).
    """
    selected: list[tuple[ConcretePath, Any]] = [((), claims)]
    for element in path:
        following: list[tuple[ConcretePath, Any]] = []
        for where, value in selected:
            if isinstance(element, str) and not isinstance(value, dict):
                return ()
            if not isinstance(element, str) and not isinstance(value, list):
                return ()
            following.extend(((*where, step), child) for step, child in _step(value, element))
        selected = following
    return tuple(selected)


def covers(path: ClaimsPath, concrete: ConcretePath) -> bool:
    """Whether ``path`` selects the element at ``concrete``, one that holds it, or one inside it.

    The parents of what is asked for have to be disclosed with it, and what is inside of it belongs to it.
    """
    return all(
        (
            isinstance(step, int)
            if element is None
            else element == step and isinstance(element, str) is isinstance(step, str)
        )
        for element, step in zip(path, concrete, strict=False)
    )


def _step(value: Any, element: str | int | None) -> Iterator[tuple[str | int, Any]]:
    if isinstance(element, str):
        if element in value:
            yield element, value[element]
    elif element is None:
        yield from enumerate(value)
    elif element < len(value):
        yield element, value[element]
