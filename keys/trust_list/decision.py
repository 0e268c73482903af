"""What a trust store answers: a dated decision with its reason, never a bare yes."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum

from keys.trust_list.entry import TrustEntry
from keys.trust_list.value import TrustList


class TrustReason(StrEnum):
    """Reasons of a decision; stable, part of reports."""

    AUTHORISED = "authorised"
    NO_LIST = "trust-list-missing"
    STALE_LIST = "trust-list-stale"
    NOT_LISTED = "not-on-trust-list"
    OTHER_ROLE = "listed-in-another-role"
    NOT_CERTIFIED_BY_REGION = "not-certified-by-its-region"
    NOT_YET_LISTED = "entry-not-yet-in-force"
    WITHDRAWN = "entry-withdrawn"
    TYPE_NOT_GRANTED = "licence-type-not-granted"
    GRANT_NOT_IN_FORCE = "licence-type-grant-not-in-force"


@dataclass(frozen=True, slots=True)
class TrustDecision:
    """An answer about one organisation at one instant.

    Attributes:
        reason: why; only ``AUTHORISED`` allows.
        entry: the entry that decided, when there is one.
        source: the list that decided, when there is one.
        list_age: how old the deciding list was at the instant, or ``None`` without a list.
    """

    reason: TrustReason
    entry: TrustEntry | None = None
    source: TrustList | None = None
    list_age: timedelta | None = None

    @property
    def allowed(self) -> bool:
        return self.reason is TrustReason.AUTHORISED

    @property
    def indeterminate(self) -> bool:
        """Whether a newer list, and nothing else, can settle it: not a refusal, and never an acceptance."""
        return self.reason in {TrustReason.NO_LIST, TrustReason.STALE_LIST}

    @property
    def stale(self) -> bool:
        """Whether the deciding list was overdue at the instant."""
        return self.reason is TrustReason.STALE_LIST
