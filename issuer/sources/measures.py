"""What operators see of the sources at ``/metrics``: read from the store when they look, so any process tells the same."""

from __future__ import annotations

from collections.abc import Iterator

from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, Metric
from prometheus_client.registry import Collector

from issuer.discrepancies.store import DiscrepancyStore
from issuer.sources.store import SourceStore
from service.clock import Clock
from service.store.away import is_store_away

_LABELS = ("authority", "source")


class SourceMeasures(Collector):
    """Age, confirmed share and open discrepancies of every source of this node."""

    def __init__(self, sources: SourceStore, discrepancies: DiscrepancyStore, clock: Clock) -> None:
        self._sources = sources
        self._discrepancies = discrepancies
        self._clock = clock

    def collect(self) -> Iterator[Metric]:
        """Two reads. Nothing while the store is away: the other figures must still be seen."""
        try:
            yield from self._families()
        except Exception as error:
            if not is_store_away(error):
                raise

    def _families(self) -> list[Metric]:
        at = self._clock.now()
        still_open = self._discrepancies.open_by_source()
        age = _gauge("source_age_seconds", "Seconds since the last delivery of a source.")
        expected = _gauge("source_expected_seconds", "Longest time between deliveries of a source in order.")
        share = _gauge("source_confirmed_ratio", "Share of what a source covers that it confirmed in time.")
        licences = _gauge("source_licences", "Licences in force that a source covers.")
        differing = _gauge("discrepancies_open", "Discrepancies that wait for a decision.")
        deliveries = CounterMetricFamily("elicence_source_deliveries", "Deliveries taken.", labels=_LABELS)
        for standing in self._sources.standings():
            key = (standing.source.authority, standing.source.code)
            passed, staleness = standing.age(at), standing.staleness
            expected.add_metric(key, standing.source.expected_every.total_seconds())
            deliveries.add_metric(key, standing.deliveries.count)
            differing.add_metric(key, still_open.pop(key, 0))
            if passed is not None:
                age.add_metric(key, passed.total_seconds())
            if staleness is not None and staleness.share is not None:
                share.add_metric(key, staleness.share)
                licences.add_metric(key, staleness.licences)
        # Of sources that were taken off the list.
        for key, count in still_open.items():
            differing.add_metric(key, count)
        return [age, expected, share, licences, differing, deliveries]


def _gauge(name: str, meaning: str) -> GaugeMetricFamily:
    return GaugeMetricFamily(f"elicence_{name}", meaning, labels=_LABELS)
