"""A case: one service item for one applicant, its materials, its visits, and how far it is (R5, R8, R14).

    open ─┬─ accept ───────────────▶ accepted ─┬─ approve ─▶ approved ─ deliver ─▶ delivered
          ├─ accept_provisionally ─▶ accepted_provisionally   └─ disapprove ─▶ not_approved
          ├─ refuse ──▶ refused        ├─ last supplement ─▶ accepted
          ├─ withdraw ▶ withdrawn      └─ due day passes ──▶ lapsed
          └─ lapse ───▶ lapsed

A step takes the case before and returns the one after (:mod:`verifier.cases.steps`); the store lets a step happen once.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from enum import StrEnum
from typing import Final

from standards.text import Text


class Stage(StrEnum):
    """The five stages of R5: 咨询、申请、预审、办理、反馈."""

    CONSULT = "consult"
    APPLICATION = "application"
    PRE_CHECK = "pre_check"
    HANDLING = "handling"
    FEEDBACK = "feedback"


STAGE_NAMES: Final[Mapping[Stage, Text]] = {
    Stage.CONSULT: Text("咨询", "Asking"),
    Stage.APPLICATION: Text("申请", "Applying"),
    Stage.PRE_CHECK: Text("预审", "Pre-check"),
    Stage.HANDLING: Text("办理", "Handling"),
    Stage.FEEDBACK: Text("反馈", "Result"),
}


class State(StrEnum):
    """How far a case is."""

    OPEN = "open"
    ACCEPTED = "accepted"
    ACCEPTED_PROVISIONALLY = "accepted_provisionally"
    APPROVED = "approved"
    NOT_APPROVED = "not_approved"
    DELIVERED = "delivered"
    REFUSED = "refused"
    WITHDRAWN = "withdrawn"
    LAPSED = "lapsed"

    @property
    def over(self) -> bool:
        """Whether nothing follows."""
        return self in _OVER


_OVER: Final = frozenset({State.NOT_APPROVED, State.DELIVERED, State.REFUSED, State.WITHDRAWN, State.LAPSED})

STATE_NAMES: Final[Mapping[State, Text]] = {
    State.OPEN: Text("未受理", "Not received yet"),
    State.ACCEPTED: Text("已受理，待审批", "Received, waiting for approval"),
    State.ACCEPTED_PROVISIONALLY: Text("容缺受理，待补齐", "Received, supplement due"),
    State.APPROVED: Text("已批准，待出件", "Approved, to be collected"),
    State.NOT_APPROVED: Text("不予批准", "Not approved"),
    State.DELIVERED: Text("已办结出件", "Result collected"),
    State.REFUSED: Text("不予受理", "Refused"),
    State.WITHDRAWN: Text("已撤回", "Withdrawn"),
    State.LAPSED: Text("逾期终止", "Lapsed"),
}


class SlotState(StrEnum):
    """How far one material of a case is."""

    MISSING = "missing"
    SATISFIED = "satisfied"
    PAPER = "paper"
    SUPPLEMENT_DUE = "supplement_due"


class Channel(StrEnum):
    """How a case began."""

    WINDOW = "window"
    ONLINE = "online"
    KIOSK = "kiosk"
    SYSTEM = "system"


@dataclass(frozen=True, slots=True)
class Slot:
    """One material of a case.

    Attributes:
        state: missing, satisfied by a licence, handed in on paper, or to follow.
        presentation: the presentation whose licence satisfies it, or ``None``.
        query: id of the accepted licence that does, or ``None``.
        due_on: last day for what is to follow.
        due_provisional: the calendar of that year is not published yet: weekdays were counted.
        reason: why it is missing, on paper, or to follow: a code.
        locked: satisfied by a licence: nobody may ask for it again without a reason (R12).
    """

    state: SlotState = SlotState.MISSING
    presentation: str | None = None
    query: str | None = None
    due_on: date | None = None
    due_provisional: bool = False
    reason: str | None = None

    @property
    def locked(self) -> bool:
        return self.state is SlotState.SATISFIED


@dataclass(frozen=True, slots=True)
class Visit:
    """The applicant was there once (R14: at most once)."""

    at: datetime
    terminal: str | None
    by: str | None


@dataclass(frozen=True, slots=True)
class CaseEvent:
    """One step of a case, as its history tells it. Codes only, no personal data."""

    at: datetime
    step: str
    by: str | None
    terminal: str | None = None
    detail: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Holder:
    """Of whom a licence was: number and name as far as they were shown. Personal data."""

    number: str | None = field(default=None, repr=False)
    name: str | None = field(default=None, repr=False)

    @property
    def is_known(self) -> bool:
        """Whether anything is known."""
        return self.number is not None or self.name is not None

    def differs_from(self, other: Holder) -> bool:
        """Whether the two cannot be the same: by number where both have one, else by name."""
        if self.number is not None and other.number is not None:
            return self.number != other.number
        return self.name is not None and other.name is not None and self.name != other.name

    def joined_with(self, other: Holder) -> Holder:
        """What both know together; this one's word first."""
        return Holder(self.number or other.number, self.name or other.name)


@dataclass(frozen=True, slots=True)
class Case:
    """One case.

    Attributes:
        id: follows from the case's code; random to everybody else.
        number: what people read to each other.
        department: USCC.
        item, item_version: the service item as it was when the case was opened.
        stage, state: how far.
        slots: material id → slot, in the item's order.
        visits: when the applicant was at a window or a kiosk.
        channel: how it began.
        opened_at: when.
        revision: counts the steps; each write names the one it was made from.
        received_by: who received it at the window; may not approve it.
        approved_by: who approved or did not approve.
        presentation: the newest presentation of the case.
        records: acceptance records made in it.
        people: subject (applicant, spouse, company …) → of whom licences were shown. Personal data.
        acting: who showed for the applicant, number ends only as the wallet tells them. Personal data.
        events: its history, oldest first.
    """

    id: str
    number: str
    department: str
    item: str
    item_version: int
    stage: Stage
    state: State
    slots: Mapping[str, Slot]
    visits: tuple[Visit, ...]
    channel: Channel
    opened_at: datetime
    revision: int = 0
    received_by: str | None = None
    approved_by: str | None = None
    presentation: str | None = None
    records: tuple[str, ...] = ()
    people: Mapping[str, Holder] = field(default_factory=dict, repr=False)
    acting: Holder = field(default_factory=Holder, repr=False)
    events: tuple[CaseEvent, ...] = ()

    @property
    def missing(self) -> tuple[str, ...]:
        """Ids of the materials that nothing satisfies yet, those that may follow included."""
        return tuple(
            material
            for material, slot in self.slots.items()
            if slot.state in {SlotState.MISSING, SlotState.SUPPLEMENT_DUE}
        )

    @property
    def due_on(self) -> date | None:
        """The first day by which something has to follow."""
        return min((slot.due_on for slot in self.slots.values() if slot.due_on is not None), default=None)

    @property
    def applicant(self) -> Holder:
        """The applicant: the person, else the company."""
        return self.people.get("applicant") or self.people.get("company") or Holder()
