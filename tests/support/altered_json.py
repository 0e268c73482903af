"""Documents that are almost right: what a parser meets when somebody means it ill, or means well and errs."""

from __future__ import annotations

import copy
from collections.abc import Iterator
from typing import Any

from hypothesis import strategies as st

Path = tuple[str | int, ...]

ODD_VALUES: list[Any] = [
    None, True, False, 0, -1, 1.5, 1e308, 2**53, 2**64 - 1, -(2**63), 253_402_300_800, -62_135_596_801,
    "", "\x00", " ", "a" * 5_000, "中", "\u202e", "~", "a.b.c", "2026-13-45", "https://[::1", "http://h:99999/",
    "(", "a{99999999999}", [], {}, [[]], [{}], {"": {}}, ["a"] * 300, [None], [-1], [True], ["a", None, 0],
    {"_sd": 5}, {"_sd": [5]}, {"_sd": ["x", "x"]}, {"...": 5}, [{"...": []}], {"_sd_alg": "md5"},
]  # fmt: skip
"""One value of each kind that has broken a parser somewhere."""


def altered(document: Any, *, most: int = 2) -> st.SearchStrategy[Any]:
    """``document`` with one to ``most`` of its members replaced, removed, doubled or added."""
    return st.lists(
        st.tuples(
            st.integers(0, 10_000),
            st.integers(0, 3),
            st.sampled_from(range(len(ODD_VALUES))),
            st.text(max_size=3),
        ),
        min_size=1,
        max_size=most,
    ).map(lambda changes: _apply(document, changes))


def _apply(document: Any, changes: list[tuple[int, int, int, str]]) -> Any:
    root = [copy.deepcopy(document)]
    for place, kind, odd, name in changes:
        paths = list(_paths(root[0], (0,)))
        *way, last = paths[place % len(paths)]
        holder: Any = root
        for step in way:
            holder = holder[step]
        value = copy.deepcopy(ODD_VALUES[odd])
        if kind == 1 and isinstance(holder, dict):
            del holder[last]
        elif kind == 2 and isinstance(holder, dict):
            holder[name] = value
        elif kind == 3 and isinstance(holder[last], list):
            holder[last] = holder[last] * 2
        else:
            holder[last] = value
    return root[0]


def _paths(value: Any, path: Path) -> Iterator[Path]:
    yield path
    if isinstance(value, dict):
        for name in value:
            yield from _paths(value[name], (*path, name))
    elif isinstance(value, list):
        for index, item in enumerate(value):
            yield from _paths(item, (*path, index))
