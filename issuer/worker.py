"""What a worker of the issuer stands on."""

from __future__ import annotations

from issuer.app import ensure_indexes
from issuer.node import IssuerNode, open_node
from service.clock import Clock
from service.jobs import JobStore
from service.settings import Settings


def open_worker_node(settings: Settings, clock: Clock) -> IssuerNode:
    """The node, with the indexes of the store in place: a worker may be up before the service."""
    node = open_node(settings, clock)
    ensure_indexes()
    JobStore(node.database).ensure_indexes()
    return node
