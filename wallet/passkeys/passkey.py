"""A passkey as the wallet keeps it, and the rules over it."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Final

MAX_PASSKEYS: Final = 10
MAX_NAME_CHARS: Final = 40

VOUCHING_LASTS: Final = timedelta(days=90)
"""How long after a sign-in with the identity provider a passkey signs in by itself: names, numbers and the right to them
change, and only the provider knows."""

STEP_UP_LASTS: Final = timedelta(minutes=5)
"""How long a proof counts for what is sensitive."""


@dataclass(frozen=True, slots=True)
class Passkey:
    """One passkey.

    Attributes:
        passkey_id: SHA-256 of the credential id, base64url.
        account_id: whose.
        credential_id: as the authenticator named it.
        public_key: COSE_Key.
        sign_count: of the last use; authenticators that do not count stay at 0.
        name: given by the person.
        sealed_person: the person as the provider vouched for them, sealed under the holder key.
        vouched_at: when it did so last.
        created_at: when it was registered.
        used_at: last use, or ``None``.
    """

    passkey_id: str
    account_id: str
    credential_id: bytes
    public_key: bytes = field(repr=False)
    sign_count: int
    name: str
    sealed_person: bytes = field(repr=False)
    vouched_at: datetime
    created_at: datetime
    used_at: datetime | None = None

    def is_vouched_for(self, at: datetime) -> bool:
        """Whether it may sign in by itself at ``at``."""
        return at < self.vouched_at + VOUCHING_LASTS
