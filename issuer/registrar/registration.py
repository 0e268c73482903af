"""An organisation that this node's registrar has certified, and the rules over its rights."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import UTC, datetime, time

from issuer.registrar.authority import Authority
from keys.trust_list import Grant, TrustEntry


@dataclass(frozen=True, slots=True)
class Registration:
    """A trust list entry, and what the registrar knows beside it.

    Attributes:
        region: division of the region on whose list the entry stands.
        level: level of the organisation (GB/T 36902), ``"other"`` when it does not matter.
        entry: the entry.
        serials: serial numbers of its certificates, in the order of ``entry.certificates``.
    """

    region: str
    level: str
    entry: TrustEntry
    serials: tuple[int, ...]

    @property
    def key(self) -> str:
        """An organisation stands once in each role."""
        return f"{self.entry.role.value}:{self.entry.uscc}"

    def to_authority(self, at: datetime) -> Authority | None:
        """The issuing authority at ``at``, or ``None`` when it is withdrawn or has no issuer identifier."""
        entry = self.entry
        if entry.issuer_identifier is None or not entry.covers(at):
            return None
        types = sorted({grant.code for grant in entry.licence_types if grant.covers(at)})
        return Authority(
            entry.uscc, entry.name, entry.division, self.level, entry.issuer_identifier, tuple(types)
        )

    def withdrawn(self, at: datetime) -> Registration:
        """The registration that ends at ``at``; one that ended before stays as it is."""
        if self.entry.until is not None and self.entry.until <= at:
            return self
        return replace(self, entry=replace(self.entry, until=at))


def start_of_day(at: datetime) -> datetime:
    """Midnight, UTC, of the day of ``at``: from when rights count.

    Copies of licences carry their date of issue rounded down to the day (DESIGN section 3), so a right that began at
    an hour would not cover what is issued later on its first day.
    """
    return datetime.combine(at.astimezone(UTC).date(), time.min, UTC)


def changed_grants(grants: Iterable[Grant], wanted: frozenset[str], at: datetime) -> tuple[Grant, ...]:
    """The grants that make ``wanted`` the licence types of an authority from ``at`` on.

    A right that is no longer wanted ends at ``at``; one that is new begins with the day. History stays: what was
    issued under an ended right was issued rightly.
    """
    kept = tuple(
        grant
        if grant.code in wanted or grant.until is not None
        else replace(grant, until=max(at, grant.since))
        for grant in grants
    )
    running = {grant.code for grant in kept if grant.until is None}
    return (*kept, *(Grant(code, start_of_day(at)) for code in sorted(wanted - running)))
