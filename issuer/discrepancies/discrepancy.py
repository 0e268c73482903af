"""A discrepancy: what a source says of a field, and that it is not what the library says (R25, 多源校核)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from hashlib import blake2b
from typing import Any, Final

from issuer.sources.store import subject_of
from standards.text import Text


class DiscrepancyState(StrEnum):
    """Where a discrepancy stands."""

    OPEN = "open"
    CLOSED = "closed"

    @property
    def label(self) -> Text:
        """In words."""
        return _STATE_LABELS[self]


_STATE_LABELS: Final = {
    DiscrepancyState.OPEN: Text("待处理", "Open"),
    DiscrepancyState.CLOSED: Text("已结", "Closed"),
}


class ClosingReason(StrEnum):
    """Why a discrepancy is closed, and what closing it does."""

    TAKE_SOURCE = "take_source"
    """The source's word counts: the licence is changed to it."""
    KEEP_LIBRARY = "keep_library"
    """The library is right; the same value of this source opens nothing again."""
    SAME_MEANING = "same_meaning"
    """Two ways to write one thing; as KEEP_LIBRARY."""
    CORRECTED_AT_SOURCE = "corrected_at_source"
    """The source was told and corrects itself; should it still differ, the discrepancy opens again."""
    LIBRARY_CORRECTED = "library_corrected"
    """The licence was changed otherwise; opens again as long as they differ."""
    LICENCE_ENDED = "licence_ended"
    """The licence is no longer in force: nothing is left to compare."""
    AGREED = "agreed"
    """The source now says what the library says; noted by itself with the next delivery."""

    @property
    def label(self) -> Text:
        """In words."""
        return _REASONS[self][0]

    @property
    def effect(self) -> Text:
        """What closing for this reason does, in a sentence."""
        return _REASONS[self][1]

    @property
    def changes_licence(self) -> bool:
        """Whether closing for this reason makes a new version of the licence."""
        return self is ClosingReason.TAKE_SOURCE

    @property
    def settles_value(self) -> bool:
        """Whether the same pair of values opens nothing again."""
        return self in {ClosingReason.KEEP_LIBRARY, ClosingReason.SAME_MEANING}


_REASONS: Final[Mapping[ClosingReason, tuple[Text, Text]]] = {
    ClosingReason.TAKE_SOURCE: (
        Text("采用来源的值", "Take the source's value"),
        Text(
            "证照按权威来源的值办理变更，产生新版本，持证人的电子副本随之更新。",
            "The licence is changed to the authoritative value; a new version is made and reaches its copies.",
        ),
    ),
    ClosingReason.KEEP_LIBRARY: (
        Text("维持库内的值", "Keep the library's value"),
        Text(
            "库内的值经核实无误；该来源再报同样的值不再提出。",
            "The library's value was found right; the same value from this source opens nothing again.",
        ),
    ),
    ClosingReason.SAME_MEANING: (
        Text("写法不同，含义相同", "Written otherwise, same meaning"),
        Text(
            "两种写法指同一内容；该来源再报同样的值不再提出。",
            "Two ways to write the same; the same value from this source opens nothing again.",
        ),
    ),
    ClosingReason.CORRECTED_AT_SOURCE: (
        Text("由来源方更正", "Corrected at the source"),
        Text(
            "已通知来源方更正；如仍报来不同的值，将重新提出。",
            "The source was told to correct it; should its value still differ, this opens again.",
        ),
    ),
    ClosingReason.LIBRARY_CORRECTED: (
        Text("库内已另行更正", "Library corrected otherwise"),
        Text(
            "证照已通过其他办理更正；如仍有不同，将重新提出。",
            "The licence was corrected by another operation; should they still differ, this opens again.",
        ),
    ),
    ClosingReason.LICENCE_ENDED: (
        Text("证照已失效", "Licence no longer in force"),
        Text("无须再比对。", "There is nothing left to compare."),
    ),
    ClosingReason.AGREED: (
        Text("两方已一致", "Both agree now"),
        Text(
            "来源报来的值已与库内一致，自动结案。",
            "The source now says what the library says; closed by itself.",
        ),
    ),
}

CHOSEN_BY_PEOPLE: Final = tuple(reason for reason in ClosingReason if reason is not ClosingReason.AGREED)
"""Reasons that somebody gives; agreement is only ever noted."""


class Step(StrEnum):
    """What happened to a discrepancy."""

    OPENED = "opened"
    TAKEN = "taken"
    RELEASED = "released"
    CLOSED = "closed"
    REOPENED = "reopened"

    @property
    def label(self) -> Text:
        """In words."""
        return _STEP_LABELS[self]


_STEP_LABELS: Final = {
    Step.OPENED: Text("提出", "Opened"),
    Step.TAKEN: Text("认领或分派", "Taken or assigned"),
    Step.RELEASED: Text("退回待办", "Put back"),
    Step.CLOSED: Text("结案", "Closed"),
    Step.REOPENED: Text("重新提出", "Opened again"),
}


@dataclass(frozen=True, slots=True, repr=False)
class HistoryEntry:
    """One thing that happened; never changed afterwards.

    Attributes:
        step: what.
        at: when, UTC.
        by: name of the person or system; empty for the comparison itself.
        reason: of closing.
        note: in words, or empty.
    """

    step: Step
    at: datetime
    by: str = ""
    reason: ClosingReason | None = None
    note: str = ""

    def __repr__(self) -> str:
        return f"HistoryEntry({self.step}, {self.reason})"


@dataclass(frozen=True, slots=True)
class Closing:
    """Why and by whom a discrepancy is closed."""

    reason: ClosingReason
    note: str
    by: str
    at: datetime


@dataclass(frozen=True, slots=True, repr=False)
class Discrepancy:
    """One field of one licence about which one source disagrees with the library.

    Attributes:
        id: of licence, field and source; the same as long as the licence lives, in whatever version.
        authority: whose licence (USCC).
        identifier: of the licence version that was compared last.
        type_code: of the licence.
        field: name of the field, see ``FieldConflict``.
        place: which holder.
        source: code of the source.
        source_name: the source's name when it was seen last.
        department: function of the department whose word counts.
        authoritative: whether that is the source's department.
        current: the library's value when it was seen last, JSON.
        incoming: the source's value, JSON.
        state: open or closed.
        owner: id of the member of staff who deals with it, or ``None``.
        seen: how often the source has said so, in all.
        first_seen, last_seen: UTC; ``first_seen`` of the present life, so that age in the queue is honest.
        reason: of the last closing, or ``None``.
        history: oldest first.
        revision: counts the changes by people and the changes of value; every change is a compare-and-set on it.
    """

    id: str
    authority: str
    identifier: str
    type_code: str
    field: str
    place: int
    source: str
    source_name: str
    department: str
    authoritative: bool
    current: Any
    incoming: Any
    state: DiscrepancyState
    owner: str | None
    seen: int
    first_seen: datetime
    last_seen: datetime
    reason: ClosingReason | None = None
    history: tuple[HistoryEntry, ...] = ()
    revision: int = 1

    def __repr__(self) -> str:
        """Without the values, which may be personal."""
        return f"Discrepancy({self.id}, {self.field}, {self.state})"

    @property
    def reasons(self) -> tuple[ClosingReason, ...]:
        """The reasons for which it may be closed: a value is taken only from the source whose word counts."""
        return tuple(
            reason
            for reason in CHOSEN_BY_PEOPLE
            if reason is not ClosingReason.TAKE_SOURCE or self.authoritative
        )


@dataclass(frozen=True, slots=True)
class DiscrepancyFilter:
    """Which discrepancies of an authority to list; ``None`` means all."""

    state: DiscrepancyState | None = DiscrepancyState.OPEN
    type_code: str | None = None
    field: str | None = None
    source: str | None = None
    owner: str | None = None
    unowned: bool = False


def discrepancy_id(identifier: str, field: str, place: int, authority: str, source: str) -> str:
    """32 hex digits for a licence in whatever version, a field and a source.

    Raises:
        InvalidLicenceIdentifierError: the identifier is none.
    """
    name = "\n".join((*subject_of(identifier), field, str(place), authority, source))
    return blake2b(name.encode(), digest_size=16).hexdigest()
