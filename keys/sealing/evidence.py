"""What a seal is made to last with."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from enum import StrEnum

TimeStamper = Callable[[bytes], bytes]
"""SHA-256 digest → DER of a time-stamp token over it; raises ``keys.errors.TimeStampError``."""


class SealLevel(StrEnum):
    """Levels of ETSI EN 319 142-1 section 6."""

    BASIC = "B-B"
    """The signature and its certificates."""

    TIMESTAMPED = "B-T"
    """And the time at which it existed, by a time-stamp authority."""

    LONG_TERM = "B-LT"
    """And the certificates and revocation lists that it takes to check it when their servers are gone."""

    ARCHIVED = "B-LTA"
    """And a time stamp over all of that, renewed before it weakens."""

    @property
    def is_timestamped(self) -> bool:
        """Whether a time-stamp authority is needed."""
        return self is not SealLevel.BASIC

    @property
    def carries_evidence(self) -> bool:
        """Whether certificates and revocation lists are embedded."""
        return self in {SealLevel.LONG_TERM, SealLevel.ARCHIVED}


@dataclass(frozen=True, slots=True)
class SealEvidence:
    """What a later validator needs besides the document.

    Attributes:
        certificates: DER: of the signer and the time-stamp authority up to and with their anchors.
        revocation_lists: DER: of each authority among them, as current as can be had.
    """

    certificates: tuple[bytes, ...] = field(default=(), repr=False)
    revocation_lists: tuple[bytes, ...] = field(default=(), repr=False)
