"""What happened, as other systems are told: ids and codes, never a name, a number or a claim."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import StrEnum
from typing import Any, Final

from standards.jose import b64url_encode
from standards.text import Text


class EventType(StrEnum):
    """The closed list of events. A new one is a new row here and in :data:`EVENT_NAMES`."""

    PRESENTATION_RECEIVED = "presentation.received"
    PRESENTATION_REFUSED = "presentation.refused"
    CASE_CHANGED = "case.changed"
    DECISION_TAKEN = "decision.taken"
    COMPLAINT_RECEIVED = "complaint.received"
    COMPLAINT_ANSWERED = "complaint.answered"
    COMPLAINT_ENDED = "complaint.ended"
    TEST = "webhook.test"


EVENT_NAMES: Final[Mapping[EventType, Text]] = {
    EventType.PRESENTATION_RECEIVED: Text("收到出示", "Licences were shown"),
    EventType.PRESENTATION_REFUSED: Text("拒绝出示", "Showing was refused"),
    EventType.CASE_CHANGED: Text("办件状态变化", "A case changed"),
    EventType.DECISION_TAKEN: Text("作出决定", "A decision was taken"),
    EventType.COMPLAINT_RECEIVED: Text("收到投诉", "A complaint came in"),
    EventType.COMPLAINT_ANSWERED: Text("投诉已答复", "A complaint was answered"),
    EventType.COMPLAINT_ENDED: Text("投诉已结束", "A complaint ended"),
    EventType.TEST: Text("测试", "Test"),
}

SUBSCRIBABLE: Final = tuple(kind for kind in EventType if kind is not EventType.TEST)
"""What an endpoint can ask for; the test goes to whom it is sent."""

MEMBERS: Final = frozenset(
    {
        "presentation",
        "record",
        "case",
        "case_number",
        "complaint",
        "service_item",
        "state",
        "stage",
        "decision",
        "reason",
        "indication",
        "sub_indication",
        "cause",
        "finding",
    }
)
"""Names that ``data`` may hold. All of them are ids or codes of closed tables."""

_CODE: Final = re.compile(r"[A-Za-z0-9_.:/-]{1,120}", re.ASCII)


@dataclass(frozen=True, slots=True)
class Event:
    """Something that happened at a department's windows.

    Attributes:
        id: the same for the same happening, however often it is told.
        type: what.
        department: USCC.
        at: when it happened.
        data: member of :data:`MEMBERS` → id or code.
    """

    id: str
    type: EventType
    department: str
    at: datetime
    data: Mapping[str, str]

    def to_json(self, endpoint_id: str) -> dict[str, Any]:
        """The body of a message to one endpoint, which it names: a message for one cannot be passed on to another."""
        return {
            "id": self.id,
            "type": self.type.value,
            "at": self.at.astimezone(UTC).isoformat(timespec="milliseconds"),
            "department": self.department,
            "webhook": endpoint_id,
            "data": dict(self.data),
        }


def build_event(
    kind: EventType, department: str, data: Mapping[str, str | None], *, at: datetime, key: str
) -> Event:
    """An event.

    Args:
        kind: what happened.
        department: USCC of the department whose systems may be told.
        data: ids and codes; a member that is ``None`` is left out.
        at: when it happened.
        key: names this happening among those of its kind and department, so that a repeat is the same event.

    Raises:
        ValueError: a member that is not in :data:`MEMBERS`, or a value that is no id or code: a mistake of ours,
            and the way in which personal data would get out.
    """
    given = {name: value for name, value in data.items() if value is not None}
    for name, value in given.items():
        if name not in MEMBERS or not _CODE.fullmatch(value):
            raise ValueError(f"an event must not say {name!r}, or not in these characters")
    digest = hashlib.sha256(f"{department}\n{kind.value}\n{key}".encode()).digest()
    return Event(f"evt_{b64url_encode(digest[:16])}", kind, department, at, given)
