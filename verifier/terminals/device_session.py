"""A device's challenge and session: marked under a key of the node, so that neither costs a row.

A session is short, and the page renews it by signing a new challenge: a cookie that was copied to another device is
worth minutes. Whether the terminal is barred is looked up with every request, whatever the cookie says.
"""

from __future__ import annotations

import hmac
import secrets
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Final

from standards.jose import (
    JoseError,
    PublicJwk,
    b64url_encode,
    parse_jws,
    verify_jws,
)
from standards.jose.errors import SignatureError
from verifier.terminals.errors import TerminalProofError
from verifier.terminals.terminal import TerminalEntry

PURPOSE: Final = "terminal sessions"
"""What the marks' key is derived for."""

CHALLENGE_LIFETIME: Final = timedelta(minutes=1)

SESSION_LIFETIME: Final = timedelta(minutes=30)
"""After this the device signs again."""

RENEW_AFTER: Final = timedelta(minutes=10)
"""When an open page signs again."""

ENROLMENT_TYP: Final = "elicence-terminal-enrolment+jwt"
SESSION_TYP: Final = "elicence-terminal-session+jwt"

_MAX_PROOF_CHARS: Final = 2_000
_EPOCH: Final = datetime(2020, 1, 1, tzinfo=UTC)
_MICROSECOND: Final = timedelta(microseconds=1)
_MILLISECOND: Final = timedelta(milliseconds=1)


@dataclass(frozen=True, slots=True)
class DeviceToken:
    """What the cookie of a device says.

    Attributes:
        terminal: its id.
        key_name: which key proved it.
        expires_at: after this it only tells which device this was.
    """

    terminal: str
    key_name: str
    expires_at: datetime

    def is_live(self, at: datetime) -> bool:
        """Whether the session holds."""
        return at < self.expires_at


def build_challenge(key: bytes, at: datetime) -> str:
    """A fresh challenge. Instants are kept in milliseconds, as the store keeps them."""
    content = f"{(at - _EPOCH) // _MILLISECOND}.{secrets.token_urlsafe(16)}"
    return f"{content}.{_mark(key, 'challenge', content)}"


def read_challenge(key: bytes, challenge: str, at: datetime) -> datetime:
    """When a challenge of ours was made.

    Raises:
        TerminalProofError: it is none, or too old.
    """
    content, _, mark = challenge.rpartition(".")
    if not _same(mark, _mark(key, "challenge", content)):
        raise TerminalProofError
    issued_at = _EPOCH + int(content.partition(".")[0]) * _MILLISECOND
    if not issued_at <= at < issued_at + CHALLENGE_LIFETIME:
        raise TerminalProofError
    return issued_at


def build_device_token(key: bytes, entry: TerminalEntry, at: datetime) -> str:
    """The cookie of a device that has just proved its key."""
    expires = (at + SESSION_LIFETIME - _EPOCH) // timedelta(seconds=1)
    content = f"{entry.terminal.id}.{entry.key_name}.{expires}"
    return f"{content}.{_mark(key, 'session', content)}"


def read_device_token(key: bytes, token: str) -> DeviceToken | None:
    """What a cookie of ours says, be it over or not; ``None`` for anything else."""
    content, _, mark = token.rpartition(".")
    if not _same(mark, _mark(key, "session", content)):
        return None
    terminal, key_name, expires = content.split(".")
    return DeviceToken(terminal, key_name, _EPOCH + timedelta(seconds=int(expires)))


def verify_device_proof(proof: str, public_key: PublicJwk, *, typ: str, audience: str, nonce: str) -> None:
    """Check what a device signed: a compact JWS with ``aud`` (this window's origin) and ``nonce``.

    Raises:
        TerminalProofError: another key, another window, another challenge, or no such thing at all.
    """
    try:
        claims = verify_jws(
            parse_jws(proof, max_chars=_MAX_PROOF_CHARS), public_key.public_key(), typ=typ
        ).claims()
    except (JoseError, SignatureError) as error:
        raise TerminalProofError from error
    if claims.get("aud") != audience or claims.get("nonce") != nonce:
        raise TerminalProofError


def _mark(key: bytes, purpose: str, content: str) -> str:
    return b64url_encode(hmac.digest(key, f"{purpose} {content}".encode("utf-8", "surrogatepass"), "sha256"))


def _same(given: str, expected: str) -> bool:
    return hmac.compare_digest(given.encode("utf-8", "surrogatepass"), expected.encode())
