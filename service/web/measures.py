"""Counters for operators, in the text format of Prometheus. No label ever holds a person, an identifier or an address."""

from __future__ import annotations

from prometheus_client import CollectorRegistry, Counter, Histogram, generate_latest

_BUCKETS_SECONDS = (0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 10.0)


class RequestMeasures:
    """Counts and times the requests of one application in this process.

    A service that runs as several processes has as many sets of counters: a collector that comes through the shared
    port reads one of them at a time, and sums rates over many readings.
    """

    def __init__(self) -> None:
        self.registry = CollectorRegistry()
        self._requests = Counter(
            "elicence_requests",
            "Requests answered.",
            ("endpoint", "method", "status"),
            registry=self.registry,
        )
        self._seconds = Histogram(
            "elicence_request_seconds",
            "Time from receiving a request to having its answer, in seconds.",
            ("endpoint",),
            buckets=_BUCKETS_SECONDS,
            registry=self.registry,
        )
        # Looking a labelled child up costs more than counting on it; the set of endpoints is closed.
        self._children: dict[tuple[str, str, int], tuple[Counter, Histogram]] = {}

    def observe(self, endpoint: str, method: str, status: int, seconds: float) -> None:
        """Count one answered request.

        Args:
            endpoint: name of the Flask endpoint, ``"-"`` where none matched.
            method: as received; unknown methods never reach an endpoint and are counted as ``OTHER``.
            status: HTTP status of the answer.
            seconds: time taken.
        """
        key = (endpoint, method, status)
        children = self._children.get(key)
        if children is None:
            named = method if method in _METHODS else "OTHER"
            children = (self._requests.labels(endpoint, named, str(status)), self._seconds.labels(endpoint))
            if named == method:
                self._children[key] = children
        children[0].inc()
        children[1].observe(seconds)

    def exposition(self) -> bytes:
        """All counters of this application as Prometheus text."""
        return generate_latest(self.registry)


_METHODS = frozenset({"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"})
