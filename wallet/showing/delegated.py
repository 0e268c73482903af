"""What the wallet service remembers of a delegation: whose it is, and whether it still stands."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime


@dataclass(frozen=True, slots=True)
class Delegated:
    """One delegation of a licence to one phone.

    Attributes:
        digest: base64url of SHA-256 over the delegation; its name.
        account_id: of the wallet.
        person_account_id: of the person who holds the phone; the same, unless they act for somebody.
        holding_id: the licence.
        copy_id: the compact copy whose key signed it.
        session: reference of the session that asked for it; withdrawn with it.
        sealed_name: name of that person, sealed in their own account: nobody is there when a code is redeemed.
        right_id: the right under which they act, or ``None``.
        expires_at: its end.
        withdrawn_at: since when it is refused, or ``None``.
    """

    digest: str
    account_id: str
    person_account_id: str
    sealed_name: bytes = field(repr=False)
    holding_id: str
    copy_id: str
    session: str
    right_id: str | None
    expires_at: datetime
    withdrawn_at: datetime | None = None

    def refuses(self, at: datetime) -> bool:
        """Whether nothing made under it may be redeemed any more."""
        return self.withdrawn_at is not None or at >= self.expires_at


@dataclass(frozen=True, slots=True)
class CodeUse:
    """That a code was redeemed, or that somebody tried to.

    Attributes:
        code_id: name of the code.
        at: when.
        told: what the phone is told: party, item, outcome, reason.
    """

    code_id: str
    at: datetime
    told: dict[str, object]
