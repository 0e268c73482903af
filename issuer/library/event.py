"""What happened to a licence, and what somebody proposes should happen."""

from __future__ import annotations

import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any, Final

from issuer.library.inspection import InspectionStanding
from standards.text import Text


class Operation(StrEnum):
    """Operations on a licence (DOMAIN section 3), and the inspection beside them."""

    ISSUE = "issue"
    EXTEND = "extend"
    CHANGE = "change"
    REPLACE = "replace"
    SUSPEND = "suspend"
    RETURN = "return"
    REPORT_LOST = "report_lost"
    CANCEL_LOSS = "cancel_loss"
    DEREGISTER = "deregister"
    RESCIND = "rescind"
    REVOKE = "revoke"
    TRANSFER_OUT = "transfer_out"
    TRANSFER_IN = "transfer_in"
    EXPIRE = "expire"
    INSPECT = "inspect"

    @property
    def label(self) -> Text:
        """The operation in words."""
        return _OPERATION_LABELS[self]


_OPERATION_LABELS: Final = {
    Operation.ISSUE: Text("新发", "Issue"),
    Operation.EXTEND: Text("延续", "Extend"),
    Operation.CHANGE: Text("变更", "Change"),
    Operation.REPLACE: Text("换发补领", "Replace"),
    Operation.SUSPEND: Text("暂扣", "Suspend"),
    Operation.RETURN: Text("暂扣发还", "Return"),
    Operation.REPORT_LOST: Text("挂失", "Report lost"),
    Operation.CANCEL_LOSS: Text("解挂", "Cancel loss"),
    Operation.DEREGISTER: Text("注销", "Deregister"),
    Operation.RESCIND: Text("撤销", "Rescind"),
    Operation.REVOKE: Text("吊销", "Revoke"),
    Operation.TRANSFER_OUT: Text("转出", "Transfer out"),
    Operation.TRANSFER_IN: Text("转入", "Transfer in"),
    Operation.EXPIRE: Text("过期", "Expire"),
    Operation.INSPECT: Text("检验", "Inspect"),
}


class EventOutcome(StrEnum):
    """What became of an operation."""

    DONE = "done"
    PROPOSED = "proposed"
    REFUSED = "refused"

    @property
    def label(self) -> Text:
        """The outcome in words."""
        return _OUTCOME_LABELS[self]


_OUTCOME_LABELS: Final = {
    EventOutcome.DONE: Text("已办理", "Done"),
    EventOutcome.PROPOSED: Text("待审批", "Proposed"),
    EventOutcome.REFUSED: Text("未批准", "Refused"),
}


@dataclass(frozen=True, slots=True, repr=False)
class Actor:
    """Who acted: a member of staff, or a person for whom a department's system vouches.

    Attributes:
        name: as shown.
        account: the staff account of this node, or ``None`` where a system named the person.
    """

    name: str
    account: str | None = None

    def __repr__(self) -> str:
        return f"Actor(account={self.account!r})"

    def is_same_person(self, other: Actor) -> bool:
        """Whether both may be one person. Two accounts are compared as accounts, everything else by name: a
        name written with other spaces, width, case or marks is no second person.
        """
        if self.account is not None and other.account is not None:
            return self.account == other.account
        return _folded(self.name) == _folded(other.name)


def _folded(name: str) -> str:
    # Decomposed, so that a mark set over a letter goes whichever way it was written.
    letters = unicodedata.normalize("NFKD", name)
    # Private use stays: rare characters of real names stand there.
    return "".join(char for char in letters if unicodedata.category(char) not in _UNSEEN).casefold()


_UNSEEN: Final = frozenset({"Mn", "Mc", "Me", "Zs", "Zl", "Zp", "Cc", "Cf"})
"""General categories of what a reader of two names does not tell apart: marks, spaces, controls, format characters."""


@dataclass(frozen=True, slots=True)
class Approval:
    """Two different persons stand behind an operation; made only by ``lifecycle.approve``."""

    proposer: Actor
    approver: Actor


@dataclass(frozen=True, slots=True)
class Proposal:
    """An operation that waits for its second person.

    Attributes:
        event: number of the event that proposed it.
        operation: what is to be done.
        reason: why, in words.
        proposer: who asked for it.
        at: when, UTC.
        changes: what a new version would say otherwise (the member ``changes`` of the request), or ``None``.
        code: why, as a code of ``reason_codes``, or ``None``.
    """

    event: int
    operation: Operation
    reason: str
    proposer: Actor
    at: datetime
    changes: Mapping[str, Any] | None = None
    code: str | None = None


@dataclass(frozen=True, slots=True)
class LicenceEvent:
    """One entry of the history; never changed after it was written.

    Attributes:
        number: 1, 2, 3 … within the licence version.
        operation: what was done or proposed.
        outcome: what became of it.
        reason: why, in words.
        at: UTC; never before the event that precedes it in this licence.
        proposer: who asked for it.
        approver: the second person, or ``None`` where none is needed or none has decided.
        system: the department's system that called, or ``None`` for a person at the console.
        answers: number of the proposal that this event decides, or ``None``.
        code: why, as a code of ``reason_codes``, or ``None``.
        changes: of a proposed operation: what the new version would say otherwise, or ``None``.
        inspection: where the licence stands with its inspections since this event, or ``None`` where it did not alter
            that.
        part_of: id of the bulk operation as part of which it happened (``issuer.operations``), or ``None``.
    """

    number: int
    operation: Operation
    outcome: EventOutcome
    reason: str
    at: datetime
    proposer: Actor
    approver: Actor | None = None
    system: str | None = None
    answers: int | None = None
    code: str | None = None
    changes: Mapping[str, Any] | None = None
    inspection: InspectionStanding | None = None
    part_of: str | None = None
