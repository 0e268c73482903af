"""One message to one endpoint, from the happening to the answer, with what was tried."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any, Final

from standards.text import Text
from verifier.webhooks.event import EventType

PAUSES: Final = tuple(
    timedelta(seconds=seconds)
    for seconds in (5, 30, 120, 600, 1800, 2 * 3600, 6 * 3600, 12 * 3600, 24 * 3600)
)
"""Between one failure and the next try; after the last of them the message is dead: some two days in all."""

KEPT_ATTEMPTS: Final = 12
KEPT_DELIVERED: Final = timedelta(days=7)
KEPT_DEAD: Final = timedelta(days=90)


class DeliveryState(StrEnum):
    """How far a message is."""

    DUE = "due"
    DELIVERED = "delivered"
    DEAD = "dead"


STATE_NAMES: Final = {
    DeliveryState.DUE: Text("待送达", "Due"),
    DeliveryState.DELIVERED: Text("已送达", "Delivered"),
    DeliveryState.DEAD: Text("已放弃", "Given up"),
}


PROBLEM_NAMES: Final = {
    "outbound-unreachable": Text("连接不上", "Could not be reached"),
    "outbound-address-refused": Text("地址不允许访问", "The address must not be posted to"),
    "outbound-timeout": Text("超时未答复", "No answer in time"),
    "answered-no": Text("对方未接收", "Not taken"),
    "webhook-inactive": Text("推送已停用", "The endpoint is not active"),
    "department-not-certified": Text("本部门没有证书，不能签名", "No certificate to sign with"),
}
"""Words for the codes of what went wrong; any other code is shown as it is."""


@dataclass(frozen=True, slots=True)
class Attempt:
    """One try.

    Attributes:
        at: when.
        status: HTTP status of the answer, or ``None`` when there was none.
        problem: stable code of what went wrong, or ``None``.
    """

    at: datetime
    status: int | None
    problem: str | None

    @property
    def succeeded(self) -> bool:
        """A 2xx answer; nothing else counts, a redirect neither."""
        return self.status is not None and 200 <= self.status < 300

    def to_json(self) -> dict[str, Any]:
        """The wire shape."""
        return {
            "at": self.at.isoformat(timespec="milliseconds"),
            "status": self.status,
            "problem": self.problem,
        }


@dataclass(frozen=True, slots=True)
class Delivery:
    """A message and how it fares.

    Attributes:
        event: id of the event; with the endpoint it names the message.
        endpoint: id.
        department: USCC.
        type: of the event.
        body: the exact bytes that are posted and signed.
        state: how far.
        happened_at: when the event happened.
        next_at: when it is tried next; while it is being tried, when somebody else may.
        attempts: the last :data:`KEPT_ATTEMPTS`.
        tried: how many there were in all since it was entered or sent anew.
    """

    event: str
    endpoint: str
    department: str
    type: EventType
    body: bytes
    state: DeliveryState
    happened_at: datetime
    next_at: datetime
    attempts: tuple[Attempt, ...]
    tried: int

    def to_json(self) -> dict[str, Any]:
        """The wire shape, without the body."""
        return {
            "event": self.event,
            "type": self.type.value,
            "state": self.state.value,
            "happened_at": self.happened_at.isoformat(timespec="milliseconds"),
            "next_at": self.next_at.isoformat(timespec="seconds")
            if self.state is DeliveryState.DUE
            else None,
            "tried": self.tried,
            "attempts": [attempt.to_json() for attempt in self.attempts],
        }


def pause_after(tried: int) -> timedelta | None:
    """How long to wait after the ``tried``-th failure, from 1; ``None`` when it was the last."""
    return PAUSES[tried - 1] if tried <= len(PAUSES) else None
