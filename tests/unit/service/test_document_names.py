"""The mapper keeps one register of document classes, by name, for a whole process."""

from __future__ import annotations

import pkgutil
from importlib import import_module
from types import ModuleType

import mongoengine

import issuer
import verifier
import wallet


def test_no_two_document_classes_have_one_name() -> None:
    """Input: all store modules of all services in one process, as in seeding. Verdict: every name stands for one class.

    Two classes of one name once kept the collection of a connection that was closed.
    """
    found: dict[str, set[str]] = {}
    for package in (issuer, wallet, verifier):
        for module in _stores(package):
            for value in vars(module).values():
                if isinstance(value, type) and issubclass(value, mongoengine.Document):
                    found.setdefault(value.__name__, set()).add(value.__module__)
    found.pop("Document", None)
    assert len(found) > 10
    assert {name: modules for name, modules in found.items() if len(modules) > 1} == {}


def _stores(package: ModuleType) -> list[ModuleType]:
    names = [one.name for one in pkgutil.walk_packages(package.__path__, f"{package.__name__}.")]
    return [import_module(name) for name in names if name.endswith(".store")]
