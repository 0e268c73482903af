"""A sign-in under way: what we must recognise when the browser comes back from the provider.

It lives in a sealed cookie of that browser, so nothing is stored for people who never come back, and an answer that
another browser obtained is worth nothing here.
"""

from __future__ import annotations

import secrets
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta
from typing import Any

import orjson

from keys.envelope import Envelope
from keys.errors import SealedDataError
from standards.jose import JoseError, b64url_decode, b64url_encode

ATTEMPT_LIFETIME = timedelta(minutes=10)
_CONTEXT = "sign-in attempt"
_MAX_COOKIE_CHARS = 8192


@dataclass(frozen=True, slots=True)
class SignInAttempt:
    """One trip to the provider and back."""

    state: str
    """Ties the answer to this browser (RFC 6749 §10.12)."""
    nonce: str
    """Ties the ID token to this trip (OpenID Connect Core 1.0 §3.1.2.1)."""
    code_verifier: str
    """Ties the code to us (RFC 7636 §4.1)."""
    return_path: str
    """Where to go afterwards."""
    expires_at: int
    """Seconds since the epoch."""
    provider: str = ""
    """Key of the provider to which the browser went; empty for the first."""
    fresh_since: int = 0
    """The person must have proved who they are after this, seconds since the epoch; 0 when a sign-in of before will do."""


def new_attempt(return_path: str, at: datetime, provider: str = "", *, fresh: bool = False) -> SignInAttempt:
    """A fresh attempt with 256 bits in each secret."""
    return SignInAttempt(
        state=secrets.token_urlsafe(32),
        nonce=secrets.token_urlsafe(32),
        code_verifier=secrets.token_urlsafe(48),
        return_path=return_path,
        expires_at=int((at + ATTEMPT_LIFETIME).timestamp()),
        provider=provider,
        fresh_since=int(at.timestamp()) if fresh else 0,
    )


def seal_attempt(attempt: SignInAttempt, envelope: Envelope) -> str:
    """The attempt as the value of a cookie."""
    return b64url_encode(envelope.seal(orjson.dumps(asdict(attempt)), _CONTEXT))


def open_attempt(cookie: str | None, envelope: Envelope, at: datetime) -> SignInAttempt | None:
    """The attempt in a cookie; ``None`` when there is none, it is not ours, or it is too old."""
    if not cookie or len(cookie) > _MAX_COOKIE_CHARS:
        return None
    try:
        fields: dict[str, Any] = orjson.loads(envelope.open(b64url_decode(cookie), _CONTEXT))
    except (SealedDataError, JoseError):
        return None
    attempt = SignInAttempt(**fields)
    return attempt if at.timestamp() < attempt.expires_at else None
