"""Challenges (WebAuthn level 3 section 13.4.3): marked by us, for one purpose and one asker, for a few minutes, once.

Nothing is stored until one is used, so that asking for them costs nothing.
"""

from __future__ import annotations

import hmac
import secrets
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Final, Literal

from standards.jose import b64url_encode
from wallet.references import References

Purpose = Literal["register", "sign-in", "step-up"]

LIFETIME: Final = timedelta(minutes=5)
_RANDOM_BYTES: Final = 16
_TIME_BYTES: Final = 8
_KIND: Final = "passkey challenge"


@dataclass(frozen=True, slots=True)
class Challenge:
    """A challenge that is ours and not too old; whether it was used, the store knows.

    Attributes:
        reference: names it in the store.
        ends_at: afterwards it is refused anyway.
    """

    reference: str
    ends_at: datetime


def make_challenge(references: References, purpose: Purpose, asker: str, at: datetime) -> bytes:
    """A fresh challenge; ``asker`` is a session id, or empty for somebody who is not signed in."""
    head = secrets.token_bytes(_RANDOM_BYTES) + int((at + LIFETIME).timestamp()).to_bytes(_TIME_BYTES, "big")
    return head + _mark(references, purpose, asker, head)


def read_challenge(
    references: References, challenge: bytes, purpose: Purpose, asker: str, at: datetime
) -> Challenge | None:
    """The challenge, or ``None`` for one that is not ours, for something or somebody else, or too old."""
    head = challenge[: _RANDOM_BYTES + _TIME_BYTES]
    given = challenge[_RANDOM_BYTES + _TIME_BYTES :]
    if not hmac.compare_digest(given, _mark(references, purpose, asker, head)):
        return None
    ends_at = datetime.fromtimestamp(int.from_bytes(head[_RANDOM_BYTES:], "big"), UTC)
    return Challenge(b64url_encode(head), ends_at) if at < ends_at else None


def _mark(references: References, purpose: str, asker: str, head: bytes) -> bytes:
    return references.of(_KIND, purpose, asker, b64url_encode(head)).encode()
