"""Use case: count how much of what each source covers it has confirmed within its interval (R26)."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Final

from issuer.library.store.current import CurrentLicences
from issuer.sources.source import Source, SourceStanding, Staleness
from issuer.sources.store import SourceStore

EVERY: Final = timedelta(minutes=5)
"""How often sources are measured in the background: the figures are for days, and a count of millions takes seconds."""


def measure_staleness(
    sources: SourceStore, current: CurrentLicences, at: datetime, authority: str | None = None
) -> tuple[SourceStanding, ...]:
    """Measure the sources of an authority, or of all, and keep the figures; answers the standings with them.

    Licences of one authority and type are counted once, however many sources cover them.
    """
    in_force: dict[tuple[str, str], int] = {}
    measured = []
    for standing in sources.standings(authority):
        source = standing.source
        for type_code in source.type_codes:
            key = (source.authority, type_code)
            if key not in in_force:
                in_force[key] = current.count_in_force(*key)
        staleness = _staleness(sources, source, in_force, at)
        sources.note_staleness(source, staleness)
        measured.append(SourceStanding(source, standing.deliveries, staleness))
    return tuple(measured)


def recent_standings(
    sources: SourceStore, current: CurrentLicences, authority: str, at: datetime
) -> tuple[SourceStanding, ...]:
    """The standings of an authority's sources, measured anew where nothing has measured them for a while."""
    standings = sources.standings(authority)
    if all(one.staleness is not None and at - one.staleness.measured_at <= 2 * EVERY for one in standings):
        return standings
    return measure_staleness(sources, current, at, authority)


def _staleness(
    sources: SourceStore, source: Source, in_force: dict[tuple[str, str], int], at: datetime
) -> Staleness:
    licences = sum(in_force[source.authority, type_code] for type_code in source.type_codes)
    confirmed = sources.confirmed_since(source, at - source.expected_every) if licences else 0
    return Staleness(licences, confirmed, at)
