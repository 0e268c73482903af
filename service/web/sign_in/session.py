"""The session of a signed-in person: a secret in a cookie, everything else with us, sealed."""

from __future__ import annotations

import hashlib
import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal

from service.web.sign_in.person import Person
from standards.jose import b64url_encode

ABSOLUTE_LIFETIME = timedelta(hours=12)
"""After this a person signs in again, however busy they were."""
IDLE_LIFETIME = timedelta(hours=1)
"""After this without a request a person signs in again."""
TOUCH_INTERVAL = timedelta(minutes=1)
"""Activity is written down no more often than this: a write a minute, not a write a click."""


SignInMethod = Literal["oidc", "passkey"]


@dataclass(frozen=True, slots=True)
class Session:
    """A session as read from the store."""

    session_id: str
    """Hash of the secret token: what the store knows, and useless as a cookie."""
    person: Person
    created_at: datetime
    seen_at: datetime
    """Last noted activity; up to :data:`TOUCH_INTERVAL` behind."""
    method: SignInMethod = "oidc"
    """How the person signed in."""
    device: str = ""
    """Which kind of browser, for the person to recognise it; empty when it did not say."""
    stepped_up_at: datetime | None = None
    """When the person proved once more who they are, or ``None``."""

    vouched_at: datetime | None = None
    """When the provider vouched for the person last, where a passkey began the session."""

    def provider_vouched_at(self) -> datetime:
        """When the provider vouched for the person last, as far as this session knows."""
        return self.vouched_at or self.created_at

    def proved_at(self) -> datetime:
        """When the person last proved who they are: at the sign-in, or since."""
        return self.stepped_up_at or self.created_at

    def has_ended(self, at: datetime) -> bool:
        """Whether the session must be refused at this instant, whatever the store still holds."""
        return at >= self.created_at + ABSOLUTE_LIFETIME or at >= self.seen_at + IDLE_LIFETIME

    def needs_touch(self, at: datetime) -> bool:
        """Whether activity should be noted now."""
        return at >= self.seen_at + TOUCH_INTERVAL


def new_session_token() -> str:
    """A fresh secret for the cookie, 256 bits."""
    return secrets.token_urlsafe(32)


def session_id_of(token: str) -> str:
    """What the store keeps instead of the secret; a fast hash is enough for 256 random bits."""
    return b64url_encode(hashlib.sha256(token.encode()).digest())
