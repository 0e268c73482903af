"""What a worker of the window stands on."""

from __future__ import annotations

from service.clock import Clock
from service.jobs import JobStore
from service.settings import Settings
from verifier.app import open_node
from verifier.node import VerifierNode


def open_worker_node(settings: Settings, clock: Clock) -> VerifierNode:
    """The node, with the indexes of the store in place: a worker may be up before the service."""
    node = open_node(settings, clock)
    JobStore(node.database).ensure_indexes()
    return node
