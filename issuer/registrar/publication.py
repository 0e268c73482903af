"""What a publisher of trust (the nation or a region) has published last."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from standards.text import Text

LIST_VALIDITY: Final = timedelta(days=7)
"""How long a list and a revocation list may be used: how long a window works without a network."""

RENEW_AFTER: Final = timedelta(days=1)
"""Age at which a list is signed anew although nothing changed, so that its readers always have days left."""


@dataclass(frozen=True, slots=True)
class SignedList:
    """A signed text as it is served: signing again gives another text, so it is kept.

    Attributes:
        number: its sequence (trust list) or number (revocation list).
        issued_at: when it was signed.
        digest: of what it says, without number and times; tells whether there is anything new to say.
        content: the JWT in ASCII, or the revocation list in DER.
    """

    number: int
    issued_at: datetime
    digest: str
    content: bytes

    def is_due(self, digest: str, at: datetime) -> bool:
        """Whether a new one must be signed at ``at``: it says something else now, or it grows old."""
        return self.digest != digest or at - self.issued_at >= RENEW_AFTER


@dataclass(frozen=True, slots=True)
class Publisher:
    """The nation or a region at this node.

    Attributes:
        division: ``"000000"`` for the nation, else the region's code.
        name: for people.
        trust_list: the list published last, or ``None``.
        revocation_list: the revocation list of its authority, or ``None``.
    """

    division: str
    name: Text
    trust_list: SignedList | None = None
    revocation_list: SignedList | None = None


def next_number(previous: SignedList | None, at: datetime) -> int:
    """A number above the previous one. It follows the clock (seconds since 1970), so that a registrar restored from
    an old backup does not publish numbers that its readers have seen and would refuse.
    """
    return max(int(at.timestamp()), previous.number + 1 if previous else 1)
