"""Whether an issuer has to be asked about a licence, and when to look again. Pure: a licence, its state, an instant."""

from __future__ import annotations

from datetime import datetime, timedelta
from enum import StrEnum
from typing import Final

from wallet.holdings.holding import Holding
from wallet.holdings.licence_state import LicenceState

LOOK_EVERY: Final = timedelta(seconds=30)
"""How often a licence's status is looked at in the background: a change is on the card within a minute."""

LOOK_JITTER: Final = timedelta(seconds=15)
"""Spread of that, so that the wallets of a mass change do not come at one instant."""

LOW: Final = 1
"""As few unseen copies are left when further ones are fetched."""

BEFORE_EXPIRY: Final = timedelta(days=30)
"""How long before copies expire they are renewed."""

ASK_AGAIN_ENDED: Final = timedelta(hours=1)
"""An ended version may still get a successor: an expired one is extended, one transferred out comes back."""

ASK_AGAIN_COPIES: Final = timedelta(days=1)
"""How often an issuer is asked for copies that it did not give, or that expire as soon as those before."""

SHORTEST_RETRY: Final = timedelta(minutes=1)
LONGEST_RETRY: Final = timedelta(hours=6)

HOLDER_CHANGED: Final = "holder_changed"

FOR_GOOD: Final = frozenset({"deregistered", "rescinded", "revoked", HOLDER_CHANGED})
"""What an issuer says of a licence of which this holder gets no version any more."""


class Need(StrEnum):
    """Why an issuer is asked."""

    NEW_VERSION = "new_version"
    """The copies are over: perhaps because a new version took their place."""
    REASON = "reason"
    """The copies are suspended: only the issuer can say why."""
    COPIES = "copies"
    """Few unseen copies are left."""
    EXPIRY = "expiry"
    """The copies expire soon."""

    @property
    def is_urgent(self) -> bool:
        """Whether a person who opens the wallet waits for it: the card would say too little."""
        return self in (Need.NEW_VERSION, Need.REASON)


def need_of(holding: Holding, state: LicenceState, at: datetime) -> Need | None:
    """Why the issuer of a licence has to be asked now, or ``None``.

    What was suspended and is valid again needs nothing: its copies never ended.
    """
    renewal = holding.renewal
    if renewal.means is None or holding.removed_at is not None:
        return None
    word = renewal.word
    known = word is not None and word.shown == state
    waited = at - word.at if word is not None else ASK_AGAIN_COPIES
    if state in (LicenceState.ENDED, LicenceState.EXPIRED):
        return None if known and waited < ASK_AGAIN_ENDED else Need.NEW_VERSION
    if state is LicenceState.SUSPENDED:
        return None if known and waited < ASK_AGAIN_COPIES else Need.REASON
    if state is not LicenceState.VALID:
        return None
    if renewal.asked_at is not None and timedelta(0) <= at - renewal.asked_at < ASK_AGAIN_COPIES:
        # Copies that are used up fast are worth asking for again sooner, once all were seen.
        return Need.COPIES if _used_up(holding) and at - renewal.asked_at >= ASK_AGAIN_ENDED else None
    if holding.unused_copies <= min(LOW, len(holding.copies) - 1):
        return Need.COPIES
    expires_at = holding.face.expires_at
    return Need.EXPIRY if expires_at is not None and expires_at - at < BEFORE_EXPIRY else None


def retry_after(failures: int, asked: timedelta | None) -> timedelta:
    """How long to leave an issuer alone that gave no answer: twice as long each time, and what it asks for itself."""
    waited: timedelta = SHORTEST_RETRY * (1 << min(max(failures - 1, 0), 10))
    return max(min(waited, LONGEST_RETRY), min(asked or timedelta(0), timedelta(days=1)))


def _used_up(holding: Holding) -> bool:
    return holding.unused_copies == 0
