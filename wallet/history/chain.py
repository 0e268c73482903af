"""The lines of an account as a chain: none is taken out, put in, changed or moved without leaving a gap.

What a line says is sealed, and nobody but this node can make another. What the chain adds is that a line which is
gone is missed. Lines go by themselves when their years are over, in their order; so each remembers when the one before
was noted, and a chain may begin in its middle only where that is as long ago.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Final

from service.record_chain import FIRST_PREVIOUS, link_hash

YEARS_KEPT: Final = 3
"""Whole years for which a line is kept (R38, and the longest limit of the rules on use records)."""


@dataclass(frozen=True, slots=True)
class Line:
    """A line in its place; a ``service.record_chain.Link``.

    Attributes:
        entry_id: of the line.
        at: when, UTC, to the millisecond.
        sealed: what it says, as kept.
        noted_at: when it was noted: never before the line before, whatever the line tells of.
        sequence: from 1, without gaps.
        previous: hash of the line before.
        previous_at: when the line before was noted; ``None`` for the first.
        hash: of this line.
        marked: whether this node made the hash for this place.
    """

    entry_id: str
    at: datetime
    noted_at: datetime
    sealed: bytes = field(repr=False)
    sequence: int
    previous: str
    previous_at: datetime | None
    hash: str
    marked: bool = True

    @property
    def is_whole(self) -> bool:
        """Whether hash and mark fit what the line holds."""
        return self.marked and self.hash == _hash_of(
            self.entry_id,
            (self.at, self.noted_at, self.previous_at),
            self.sealed,
            sequence=self.sequence,
            previous=self.previous,
        )


@dataclass(frozen=True, slots=True)
class Head:
    """What is remembered of the newest line beside the lines themselves, so that it is missed as well."""

    sequence: int
    hash: str
    noted_at: datetime


@dataclass(frozen=True, slots=True)
class Wholeness:
    """What a check found.

    Attributes:
        lines: how many lines the chain has.
        broken_at: sequence number of the first line that is missing or does not fit; ``None`` for a whole chain.
    """

    lines: int
    broken_at: int | None

    @property
    def is_whole(self) -> bool:
        """Whether nothing is missing or changed."""
        return self.broken_at is None


def kept_until(at: datetime) -> datetime:
    """When a line of this instant is forgotten."""
    try:
        return at.replace(year=at.year + YEARS_KEPT)
    except ValueError:  # 29 February
        return at.replace(year=at.year + YEARS_KEPT, month=3, day=1)


def next_line(entry_id: str, at: datetime, sealed: bytes, head: Head | None) -> Line:
    """The line that follows ``head``."""
    sequence, previous = (head.sequence + 1, head.hash) if head else (1, FIRST_PREVIOUS)
    at, previous_at = to_millisecond(at), head.noted_at if head else None
    noted_at = at if head is None else max(at, head.noted_at)
    own = _hash_of(entry_id, (at, noted_at, previous_at), sealed, sequence=sequence, previous=previous)
    return Line(entry_id, at, noted_at, sealed, sequence, previous, previous_at, own)


def check_chain(
    lines: Iterable[Line], head: Head | None, at: datetime, *, from_oldest: bool = True
) -> Wholeness:
    """Walk a chain from its oldest line.

    Args:
        lines: all lines of one account, by their sequence.
        head: what is remembered of the newest one; it may lag behind after a crash, but never be ahead.
        at: now; lines older than their years may be gone.
        from_oldest: whether ``lines`` begin with the oldest there is, and not in the middle.
    """
    before: Line | None = None
    count = 0
    for line in lines:
        if not (
            line.is_whole and (_follows(line, before) if before else not from_oldest or _may_begin(line, at))
        ):
            return Wholeness(count, line.sequence if before is None else before.sequence + 1)
        before = line
        count += 1
    if head is not None and (before is None or before.sequence < head.sequence):
        gone = before is None and kept_until(head.noted_at) <= at
        if not gone:
            return Wholeness(count, 1 if before is None else before.sequence + 1)
    return Wholeness(count, None)


def to_millisecond(at: datetime) -> datetime:
    """As precise as the store keeps an instant."""
    return at.replace(microsecond=at.microsecond // 1000 * 1000)


def _may_begin(line: Line, at: datetime) -> bool:
    if line.sequence == 1:
        return line.previous == FIRST_PREVIOUS and line.previous_at is None
    return line.previous_at is not None and kept_until(line.previous_at) <= at


def _follows(line: Line, before: Line) -> bool:
    return (line.sequence, line.previous, line.previous_at) == (
        before.sequence + 1,
        before.hash,
        before.noted_at,
    )


def _hash_of(
    entry_id: str, instants: tuple[datetime | None, ...], sealed: bytes, *, sequence: int, previous: str
) -> str:
    told = "\n".join("" if one is None else _instant(one) for one in instants)
    return link_hash(f"{entry_id}\n{told}\n".encode() + sealed, sequence, previous)


def _instant(at: datetime) -> str:
    return at.astimezone(UTC).isoformat(timespec="milliseconds")
