"""State and age of the trust lists, shown in the same corner of every page of the window."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from service.trust_feed import TrustAnchorError, TrustFeed


@dataclass(frozen=True, slots=True)
class ListsState:
    """What a clerk has to know about the lists in hand.

    Attributes:
        usable: whether anything can pass at all.
        stale: whether some of it is too old.
        age: of the oldest list, or ``None`` when there is none.
    """

    usable: bool
    stale: bool
    age: timedelta | None

    @property
    def minutes(self) -> int:
        """The age in whole minutes."""
        return int(self.age.total_seconds() // 60) if self.age is not None else 0


def lists_state(feed: TrustFeed, at: datetime) -> ListsState:
    """The state now; never waits for the network once there are lists."""
    try:
        store = feed.current()
    except TrustAnchorError:
        return ListsState(usable=False, stale=True, age=None)
    if store.nation is None:
        return ListsState(usable=False, stale=True, age=None)
    return ListsState(usable=True, stale=bool(store.stale_divisions(at)), age=store.age(at))
