"""Which processes a process has started."""

from __future__ import annotations

from pathlib import Path


def children_of(pid: int) -> frozenset[int]:
    """Process ids of the children of ``pid`` (Linux, ``proc(5)``); of none where there is no ``/proc``."""
    found = set()
    for entry in Path("/proc").glob("[0-9]*/stat"):
        try:
            # The name of the program, in brackets, may hold anything: what counts stands after the last bracket.
            state, parent = entry.read_text("utf-8", "replace").rpartition(")")[2].split()[:2]
        except (OSError, ValueError):
            continue  # it ended while we looked
        if int(parent) == pid and state != "Z":
            found.add(int(entry.parent.name))
    return frozenset(found)
