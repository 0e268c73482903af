"""Where a department wants to be told, and of what."""

from __future__ import annotations

import re
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum
from typing import Any, Final

from service.outbound import OutboundAddressError
from service.outbound.target import parse_target
from standards.json_reader import Reader
from standards.text import Text
from verifier.webhooks.errors import InvalidWebhookError
from verifier.webhooks.event import SUBSCRIBABLE, EventType

MAX_URL_CHARS: Final = 500
MAX_DESCRIPTION_CHARS: Final = 80
MAX_ENDPOINTS: Final = 10
"""Endpoints of one department."""

_CONTROL: Final = re.compile(r"[\x00-\x1f\x7f\u200b-\u200f\u202a-\u202e\u2066-\u2069]")


class EndpointState(StrEnum):
    """Whether an endpoint is told."""

    ACTIVE = "active"
    PAUSED = "paused"
    """By a person: what happens meanwhile is not kept for it."""
    GONE = "gone"
    """It answered 410: it wants no more (RFC 9110 section 15.5.11)."""


STATE_NAMES: Final = {
    EndpointState.ACTIVE: Text("启用", "Active"),
    EndpointState.PAUSED: Text("暂停", "Paused"),
    EndpointState.GONE: Text("对方已停用（410）", "Gone (410)"),
}


@dataclass(frozen=True, slots=True)
class Endpoint:
    """An address to which events go.

    Attributes:
        id: random.
        department: USCC.
        url: where messages are posted.
        events: which.
        description: what it is, in the department's words.
        state: whether it is told.
        created_at: nothing that happened before is told.
        created_by: id of a member of staff, or name of a system.
        failing_since: first failure after the last success, or ``None``.
    """

    id: str
    department: str
    url: str
    events: frozenset[EventType]
    description: str
    state: EndpointState
    created_at: datetime
    created_by: str
    failing_since: datetime | None = None

    def wants(self, kind: EventType, at: datetime) -> bool:
        """Whether it is told of an event of this kind that happened at ``at``."""
        return self.state is EndpointState.ACTIVE and kind in self.events and self.created_at <= at

    def to_json(self) -> dict[str, Any]:
        """The wire shape."""
        return {
            "id": self.id,
            "url": self.url,
            "events": sorted(self.events),
            "description": self.description,
            "state": self.state.value,
            "created_at": self.created_at.isoformat(timespec="seconds"),
            "created_by": self.created_by,
            "failing_since": self.failing_since.isoformat(timespec="seconds") if self.failing_since else None,
        }


@dataclass(frozen=True, slots=True)
class Wish:
    """What somebody wants to be told, and where."""

    url: str
    events: frozenset[EventType]
    description: str


def parse_wish(body: Any, allowed_origins: AbstractSet[str]) -> Wish:
    """Read ``{"url", "events", "description"}``.

    Args:
        body: untrusted.
        allowed_origins: origins that need be neither https nor public (``ELICENCE_ALLOWED_ORIGINS``).

    Raises:
        InvalidWebhookError: an address that is never posted to, an unknown event, none at all.
    """
    reader = Reader(body, error=InvalidWebhookError)
    reader.refuse_unknown(frozenset({"url", "events", "description"}))
    return Wish(
        _url(reader, allowed_origins),
        _events(reader),
        _description(reader),
    )


def change_endpoint(endpoint: Endpoint, body: Any, allowed_origins: AbstractSet[str]) -> Endpoint:
    """The endpoint with what ``body`` changes: any of ``url``, ``events``, ``description``, ``state``.

    Raises:
        InvalidWebhookError: as :func:`parse_wish`, or a state that nobody can ask for.
    """
    reader = Reader(body, error=InvalidWebhookError)
    reader.refuse_unknown(frozenset({"url", "events", "description", "state"}))
    changed = endpoint
    if "url" in reader:
        changed = replace(changed, url=_url(reader, allowed_origins))
    if "events" in reader:
        changed = replace(changed, events=_events(reader))
    if "description" in reader:
        changed = replace(changed, description=_description(reader))
    if "state" in reader:
        wanted = reader.choice("state", (EndpointState.ACTIVE.value, EndpointState.PAUSED.value))
        changed = replace(changed, state=EndpointState(wanted), failing_since=None)
    return changed


def _url(reader: Reader, allowed_origins: AbstractSet[str]) -> str:
    url = reader.text("url", max_chars=MAX_URL_CHARS, strip=True)
    if "#" in url:
        raise reader.fail("url", "地址不得带 # 片段。", "The address must not hold a fragment.")
    try:
        parse_target(url, allowed_origins)
    except OutboundAddressError as error:
        raise reader.fail("url", error.message.zh, error.message.en) from error
    return url


def _events(reader: Reader) -> frozenset[EventType]:
    wanted = reader.texts("events")
    known = {kind.value for kind in SUBSCRIBABLE}
    if not wanted or not known.issuperset(wanted):
        raise reader.fail(
            "events",
            f"请从以下事件中至少选择一个：{'、'.join(SUBSCRIBABLE)}。",
            f"Choose at least one of these events: {', '.join(SUBSCRIBABLE)}.",
        )
    return frozenset(EventType(one) for one in wanted)


def _description(reader: Reader) -> str:
    text = reader.optional_text("description", max_chars=MAX_DESCRIPTION_CHARS, min_chars=0, strip=True) or ""
    if _CONTROL.search(text):
        raise reader.fail("description", "不得含有控制字符。", "It must not hold control characters.")
    return text
