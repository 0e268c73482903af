"""Use case: enter what a comparison of a source with the library found; many licences at a time."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime

from issuer.discrepancies.discrepancy import (
    ClosingReason,
    Discrepancy,
    DiscrepancyState,
    HistoryEntry,
    Step,
    discrepancy_id,
)
from issuer.discrepancies.rows import subject_text
from issuer.discrepancies.store import DiscrepancyStore
from issuer.sources.judgement import HOLDER_NAME, HOLDERS, FieldConflict
from issuer.sources.source import Source


@dataclass(frozen=True, slots=True)
class Compared:
    """One licence that was compared with what a source says.

    Attributes:
        identifier: of the licence, its newest version.
        type_code: of the licence.
        said: names of the fields of which the source spoke; an open discrepancy about one of them that is not among
            the conflicts is settled.
        conflicts: where they differ.
        ended: whether the licence is no longer in force: nothing is left to compare.
    """

    identifier: str
    type_code: str
    said: frozenset[str]
    conflicts: tuple[FieldConflict, ...] = ()
    ended: bool = False


@dataclass(slots=True)
class Reported:
    """What came of a comparison.

    Attributes:
        opened: discrepancies that are new.
        seen: that were open already.
        reopened: that were closed, and are open again.
        settled: that were decided for good with these values, and stay closed.
        agreed: that are closed because both sides agree now, or the licence has ended.
        ids: of all that are open now, in the order of the conflicts.
    """

    opened: int = 0
    seen: int = 0
    reopened: int = 0
    settled: int = 0
    agreed: int = 0
    ids: list[str] = field(default_factory=list)

    def to_json(self) -> dict[str, int]:
        """The counts on the wire."""
        return {name: getattr(self, name) for name in ("opened", "seen", "reopened", "settled", "agreed")}


def report_compared(
    store: DiscrepancyStore, source: Source, compared: Sequence[Compared], at: datetime
) -> Reported:
    """Open, count, open again or close the discrepancies of these licences with this source.

    Costs one read when nothing differs and nothing is open for the source; otherwise two reads and one bulk write for
    the whole. Give it some thousand licences at most at a time. Repeating it only counts again.

    Args:
        store: the discrepancies.
        source: who spoke.
        compared: the licences, each once.
        at: when.
    """
    reported = Reported()
    found = [
        (
            discrepancy_id(one.identifier, conflict.field, conflict.place, source.authority, source.code),
            one,
            conflict,
        )
        for one in compared
        for conflict in one.conflicts
    ]
    known = store.find_many([name for name, _, _ in found]) if found else {}
    new: list[Discrepancy] = []
    changed: list[tuple[Discrepancy, Discrepancy]] = []
    again: list[tuple[str, datetime]] = []
    for name, one, conflict in found:
        before = known.get(name)
        if before is None:
            new.append(_opened(name, one, conflict, source, at))
            reported.opened += 1
        elif before.state is DiscrepancyState.OPEN:
            reported.seen += 1
            if _is_as_before(before, one, conflict):
                again.append((name, at))
            else:
                changed.append((before, _seen_again(before, one, conflict, source, at)))
        elif before.reason is not None and before.reason.settles_value and _same_values(before, conflict):
            reported.settled += 1
            again.append((name, at))
            continue
        else:
            changed.append((before, _reopened(before, one, conflict, source, at)))
            reported.reopened += 1
        reported.ids.append(name)
    over = _over(store, source, compared, {name for name, _, _ in found}, at)
    reported.agreed = len(over)
    store.write_many(new, [*changed, *over], again)
    return reported


def _over(
    store: DiscrepancyStore,
    source: Source,
    compared: Sequence[Compared],
    differing: set[str],
    at: datetime,
) -> list[tuple[Discrepancy, Discrepancy]]:
    if not store.open_of_source(source.authority, source.code):
        return []
    by_subject = {subject_text(one.identifier): one for one in compared}
    over = []
    for before in store.open_of_source(source.authority, source.code, by_subject):
        one = by_subject[subject_text(before.identifier)]
        spoken_of = HOLDERS if before.field == HOLDER_NAME else before.field
        if not one.ended and (spoken_of not in one.said or before.id in differing):
            continue
        reason = ClosingReason.LICENCE_ENDED if one.ended else ClosingReason.AGREED
        entry = HistoryEntry(Step.CLOSED, at, reason=reason)
        after = replace(
            before,
            identifier=one.identifier,
            state=DiscrepancyState.CLOSED,
            reason=reason,
            last_seen=at,
            history=(*before.history, entry),
        )
        over.append((before, after))
    return over


def _opened(name: str, one: Compared, conflict: FieldConflict, source: Source, at: datetime) -> Discrepancy:
    return Discrepancy(
        id=name,
        authority=source.authority,
        identifier=one.identifier,
        type_code=one.type_code,
        field=conflict.field,
        place=conflict.place,
        source=source.code,
        source_name=source.name,
        department=conflict.department,
        authoritative=conflict.department == source.department,
        current=conflict.current,
        incoming=conflict.incoming,
        state=DiscrepancyState.OPEN,
        owner=None,
        seen=1,
        first_seen=at,
        last_seen=at,
        history=(HistoryEntry(Step.OPENED, at),),
    )


def _seen_again(
    before: Discrepancy, one: Compared, conflict: FieldConflict, source: Source, at: datetime
) -> Discrepancy:
    """With the values of now: who decides must see what the source says today."""
    return replace(
        before,
        identifier=one.identifier,
        source_name=source.name,
        department=conflict.department,
        authoritative=conflict.department == source.department,
        current=conflict.current,
        incoming=conflict.incoming,
        seen=before.seen + 1,
        last_seen=max(before.last_seen, at),
    )


def _reopened(
    before: Discrepancy, one: Compared, conflict: FieldConflict, source: Source, at: datetime
) -> Discrepancy:
    return replace(
        _seen_again(before, one, conflict, source, at),
        state=DiscrepancyState.OPEN,
        owner=None,
        first_seen=at,
        history=(*before.history, HistoryEntry(Step.REOPENED, at)),
    )


def _same_values(before: Discrepancy, conflict: FieldConflict) -> bool:
    return bool(before.current == conflict.current and before.incoming == conflict.incoming)


def _is_as_before(before: Discrepancy, one: Compared, conflict: FieldConflict) -> bool:
    return (
        _same_values(before, conflict)
        and before.identifier == one.identifier
        and before.department == conflict.department
    )
