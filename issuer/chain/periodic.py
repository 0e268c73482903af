"""The background work of this feature (``service.jobs``)."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Final

from issuer.node import IssuerNode
from service.jobs import Periodic

EVERY: Final = timedelta(milliseconds=500)
"""So that an event is in a block within a second of its durable write."""


def run(node: IssuerNode, at: datetime) -> None:
    """Seal what waits."""
    node.chain.seal_waiting(at)


PERIODIC: Final = Periodic("issuer.seal-events", EVERY, run)
"""Entry point of the same name in ``elicence.periodic_work``."""
