"""One table per service says how each error class leaves by HTTP."""

from __future__ import annotations

import importlib
import pkgutil
from collections.abc import Iterable, Mapping
from typing import NamedTuple

from standards.errors import ElicenceError
from standards.problem import TYPE_PREFIX

ErrorTable = Mapping[type[ElicenceError], tuple[int, str]]
"""Error class → (HTTP status, last part of the problem type, kebab-case).

A row also covers the classes beneath it that have no row of their own. The root :class:`ElicenceError` has no
row: what nobody thought of is a fault of ours (500), not an answer.
"""


OUR_FAULT = (500, "unexpected")
"""Row for what can only be a fault of ours or of the operator: logged; the caller learns nothing but a request id."""


class HttpAnswer(NamedTuple):
    """How an error class leaves by HTTP."""

    status: int
    problem: str

    @property
    def problem_type(self) -> str:
        """The problem ``type`` (RFC 9457 §3.1.1)."""
        return TYPE_PREFIX + self.problem


def answer_for(table: ErrorTable, error_class: type[ElicenceError]) -> HttpAnswer | None:
    """The row of the nearest class upwards that has one, or ``None`` for a class that nobody mapped."""
    for ancestor in error_class.__mro__:
        row = table.get(ancestor)
        if row is not None:
            return HttpAnswer(*row)
    return None


def error_classes(packages: Iterable[str]) -> set[type[ElicenceError]]:
    """Every error class of the named packages, after importing each of their modules."""
    names = tuple(packages)
    for name in names:
        _import_tree(name)
    inside = tuple(f"{name}." for name in names)
    return {kind for kind in _below(ElicenceError) if f"{kind.__module__}.".startswith(inside)}


def unmapped_errors(table: ErrorTable, packages: Iterable[str]) -> list[str]:
    """Names of the error classes in these packages that the table does not cover; a test wants none.

    Args:
        table: the service's table.
        packages: importable names, for example ``("wallet", "service", "keys", "standards")``.
    """
    return sorted(
        f"{kind.__module__}.{kind.__qualname__}"
        for kind in error_classes(packages)
        if kind is not ElicenceError and answer_for(table, kind) is None
    )


def _import_tree(name: str) -> None:
    package = importlib.import_module(name)
    for module in pkgutil.walk_packages(getattr(package, "__path__", ()), prefix=f"{name}."):
        if not module.name.endswith("__main__"):
            importlib.import_module(module.name)


def _below(kind: type[ElicenceError]) -> set[type[ElicenceError]]:
    found = {kind}
    for child in kind.__subclasses__():
        found |= _below(child)
    return found
