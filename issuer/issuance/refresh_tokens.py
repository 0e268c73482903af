"""Refresh tokens: ``reference.generation.secret``. The store keeps a hash of the secret, so its content opens nothing.

Random, not sealed: they live for a year, longer than a master key must.
"""

from __future__ import annotations

import hashlib
import secrets
from dataclasses import dataclass
from datetime import timedelta
from typing import Final

from standards.jose import b64url_encode

REFRESH_LIFETIME: Final = timedelta(days=365)
"""How long a refresh token waits to be used; each use begins the time anew. Copies end after half of it."""

REPEAT_WITHIN: Final = timedelta(hours=1)
"""How long the token before serves once more when the answer with its successor was lost on the way."""

REFRESHES_PER_DAY: Final = 48
"""Refreshes of one grant within a day: each takes status entries, of which a list has only so many."""

_SECRET_BYTES: Final = 24
_REFERENCE_CHARS: Final = 22
_SECRET_CHARS: Final = 32
_MAX_GENERATION_DIGITS: Final = 9


@dataclass(frozen=True, slots=True, repr=False)
class RefreshToken:
    """One token of a family.

    Attributes:
        reference: of the family, which is that of the offer.
        generation: 0 for the first, one more with every exchange.
        secret: what makes it a token.
    """

    reference: str
    generation: int
    secret: str

    @property
    def text(self) -> str:
        """What the wallet gets."""
        return f"{self.reference}.{self.generation}.{self.secret}"

    @property
    def hash(self) -> str:
        """What the store keeps. Unkeyed: 192 random bits are not tried out."""
        return b64url_encode(hashlib.sha256(self.secret.encode("ascii")).digest())


def new_refresh_token(reference: str, generation: int = 0) -> RefreshToken:
    """A fresh token of a family."""
    return RefreshToken(reference, generation, b64url_encode(secrets.token_bytes(_SECRET_BYTES)))


def parse_refresh_token(text: str) -> RefreshToken | None:
    """An untrusted text as a token, or ``None`` when it cannot be one of ours."""
    reference, _, rest = text.partition(".")
    generation, _, secret = rest.partition(".")
    if (
        not text.isascii()
        or len(reference) != _REFERENCE_CHARS
        or len(secret) != _SECRET_CHARS
        or not generation.isdigit()
        or len(generation) > _MAX_GENERATION_DIGITS
    ):
        return None
    return RefreshToken(reference, int(generation), secret)


def refreshed_reference(token: RefreshToken) -> str:
    """Reference of the grant that the exchange *for* this token gives: the family's, ``~``, the generation."""
    return f"{token.reference}~{token.generation}"


def family_of(grant_reference: str) -> str | None:
    """The family of a grant that came by a refresh, or ``None`` for one that came by an offer."""
    reference, mark, _ = grant_reference.partition("~")
    return reference if mark else None
