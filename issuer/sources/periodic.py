"""The background work of this feature (``service.jobs``)."""

from __future__ import annotations

from datetime import datetime
from typing import Final

from issuer.node import IssuerNode
from issuer.sources.measure_staleness import EVERY, measure_staleness
from service.jobs import Periodic


def run(node: IssuerNode, at: datetime) -> None:
    """Measure the staleness of every source of the node, and forget what removed ones confirmed."""
    node.sources.forget_removed()
    measure_staleness(node.sources, node.current_licences, at)


PERIODIC: Final = Periodic("issuer.source-staleness", EVERY, run)
"""Entry point of the same name in ``elicence.periodic_work``."""
