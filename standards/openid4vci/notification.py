"""Notifications: the wallet tells what became of the credentials (OpenID4VCI 1.0 section 11)."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from standards.json_reader import Reader
from standards.openid4vci.errors import InvalidNotificationRequestError


class NotificationEvent(StrEnum):
    """What became of the credentials (section 11.1)."""

    ACCEPTED = "credential_accepted"
    DELETED = "credential_deleted"
    FAILURE = "credential_failure"


@dataclass(frozen=True, slots=True)
class Notification:
    """One notification.

    Attributes:
        notification_id: from the credential response.
        event: what happened.
        description: for the people who run the issuer; ASCII, or ``None``.
    """

    notification_id: str
    event: NotificationEvent
    description: str | None = None

    def to_json(self) -> dict[str, Any]:
        """Body of the request."""
        wire: dict[str, Any] = {"notification_id": self.notification_id, "event": self.event.value}
        return wire if self.description is None else wire | {"event_description": self.description}


def parse_notification(document: Any) -> Notification:
    """Read a notification.

    Raises:
        InvalidNotificationRequestError: a member is missing, malformed, or the event is unknown.
    """
    reader = Reader(document, error=InvalidNotificationRequestError)
    return Notification(
        reader.text("notification_id", max_chars=1_024),
        NotificationEvent(reader.choice("event", tuple(NotificationEvent))),
        reader.optional_text("event_description", max_chars=1_000, min_chars=0),
    )
