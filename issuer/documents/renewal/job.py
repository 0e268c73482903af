"""Renewing runs by itself: once a day, by one worker of the node; an operator can run it by hand too."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Final

import structlog
from prometheus_client.core import GaugeMetricFamily
from prometheus_client.metrics_core import Metric
from prometheus_client.registry import Collector

from issuer.documents.renewal.algorithms import protected_until
from issuer.documents.renewal.renew_originals import (
    RENEW_BEFORE,
    ProtectionMeans,
    Renewed,
    renew_originals,
)
from issuer.documents.store import DocumentStore
from issuer.node import IssuerNode
from service.clock import Clock
from service.jobs import Periodic
from service.store.away import is_store_away

EVERY: Final = timedelta(days=1)

_LOG = structlog.get_logger(__name__)


def renew_due(node: IssuerNode, at: datetime) -> Renewed:
    """Re-stamp what is due, with what the node has to stamp with now; safe to repeat and to interrupt.

    Raises:
        TimeStampAuthorityUnavailableError: nobody stamps now; what was renewed stays, the rest is due as before.
    """
    desk = node.documents
    if not desk.store.is_any_due(at + RENEW_BEFORE):
        return Renewed()
    means = ProtectionMeans(desk.time_stamper(at), desk.evidence(at), protected_until(desk.stamp_chain(at)))
    done = renew_originals(desk.store, means, at)
    _LOG.info(
        "originals-renewed",
        renewed=done.renewed,
        waiting=done.waiting,
        missed=done.missed,
        overtaken=done.overtaken,
    )
    return done


class RenewalMeasures(Collector):
    """How many originals wait for a new time stamp, and how many have outlived theirs."""

    def __init__(self, store: DocumentStore, clock: Clock) -> None:
        self._store = store
        self._clock = clock

    def collect(self) -> Iterator[Metric]:
        """Two counts. Nothing while the store is away: the other figures must still be seen."""
        at = self._clock.now()
        try:
            due, missed = self._store.count_due(at + RENEW_BEFORE), self._store.count_due(at)
        except Exception as error:
            if not is_store_away(error):
                raise
            return
        yield GaugeMetricFamily(
            "elicence_originals_due", "Originals whose time stamp is to be renewed.", value=due
        )
        yield GaugeMetricFamily(
            "elicence_originals_unprotected", "Originals whose newest time stamp has ended.", value=missed
        )


def _run(node: IssuerNode, at: datetime) -> None:
    renew_due(node, at)


PERIODIC: Final = Periodic("issuer.renew-originals", EVERY, _run)
"""Entry point of the same name in ``elicence.periodic_work``."""
