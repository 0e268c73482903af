"""What a worker of the wallet stands on."""

from __future__ import annotations

from keys.master_key import MasterKey
from service.clock import Clock
from service.jobs import JobStore
from service.settings import Settings
from wallet.app import build_node
from wallet.node import WalletNode


def open_worker_node(settings: Settings, clock: Clock) -> WalletNode:
    """The node, with the indexes of the store in place: a worker may be up before the service."""
    node = build_node(settings, clock, MasterKey.load(settings.master_key_file))
    JobStore(node.database).ensure_indexes()
    return node
