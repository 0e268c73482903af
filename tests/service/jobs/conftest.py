"""A node of the least kind that jobs need, over the real store."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import pytest

from service.clock import SystemClock
from service.jobs import JobStore
from service.store import connect


@dataclass(frozen=True)
class BareNode:
    settings: Any
    clock: Any
    database: Any


@pytest.fixture(scope="module")
def node(settings: Any) -> BareNode:
    node = BareNode(settings, SystemClock(), connect(settings, "issuer"))
    JobStore(node.database).ensure_indexes()
    return node
