"""Use case: re-stamp every original whose newest time stamp weakens soon.

Safe to stop at any point and to run twice at once: each file is put in the place of the very one that it was made from, or not at
all, and an original that was renewed is not due any more.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final, Protocol

import structlog

from keys.sealing import SealEvidence, TimeStamper, renew_archive_time_stamp

RENEW_BEFORE: Final = timedelta(days=300)
"""Ahead of the end: less than the year by which the node's own clock is certified anew, so that a better stamp is to be had."""

_LOG = structlog.get_logger(__name__)


class DueOriginal(Protocol):
    """An original as it is kept."""

    @property
    def licence(self) -> str:
        """Identifier of the licence."""

    @property
    def digest(self) -> str:
        """SHA-256 of the file, hexadecimal."""

    @property
    def pdf(self) -> bytes:
        """The file."""

    @property
    def protected_until(self) -> datetime | None:
        """End of its newest time stamp; what is due has one."""


class Originals(Protocol):
    """Where originals are kept."""

    def due(self, before: datetime) -> Iterable[DueOriginal]:
        """Those whose protection ends before an instant, the most urgent first."""

    def replace_original(
        self, licence: str, old_digest: str, pdf: bytes, *, protected_until: datetime
    ) -> bool:
        """Put a file in the place of another; ``False`` when that is another by now."""


@dataclass(frozen=True, slots=True)
class ProtectionMeans:
    """What protects from now on.

    Attributes:
        stamp: the time-stamp authority.
        evidence: what it takes to check the stamps that are there: certificates, and revocation lists of today.
        until: when a stamp made now ends.
    """

    stamp: TimeStamper
    evidence: SealEvidence
    until: datetime


@dataclass(frozen=True, slots=True)
class Renewed:
    """What a run did.

    Attributes:
        renewed: originals with a new stamp.
        waiting: due, but no stamp that lasts longer is to be had: the authority's certificate must be renewed first.
        missed: their protection ended before this run; a stamp now proves nothing about the time before.
        overtaken: another run was first.
    """

    renewed: int = 0
    waiting: int = 0
    missed: int = 0
    overtaken: int = 0


def renew_originals(originals: Originals, means: ProtectionMeans, at: datetime) -> Renewed:
    """Renew what is due at ``at``.

    Raises:
        TimeStampError: the authority did not answer; what was renewed stays, the rest is due as before.
    """
    renewed = waiting = missed = overtaken = 0
    for original in originals.due(at + RENEW_BEFORE):
        if original.protected_until is None:
            continue
        if original.protected_until <= at:
            missed += 1
            _LOG.error("original-protection-missed", licence=original.licence)
        elif means.until <= original.protected_until:
            waiting += 1
        else:
            pdf = renew_archive_time_stamp(original.pdf, means.stamp, means.evidence)
            if originals.replace_original(
                original.licence, original.digest, pdf, protected_until=means.until
            ):
                renewed += 1
            else:
                overtaken += 1
    if waiting:
        _LOG.warning("originals-wait-for-a-better-stamp", count=waiting, until=means.until.isoformat())
    return Renewed(renewed, waiting, missed, overtaken)
