"""Renewing the protection of an archived document before its newest time stamp weakens."""

from __future__ import annotations

from keys.sealing.evidence import SealEvidence, TimeStamper
from keys.sealing.long_term import add_archive_time_stamp, add_evidence


def renew_archive_time_stamp(pdf: bytes, time_stamper: TimeStamper, evidence: SealEvidence) -> bytes:
    """Add what it takes to check the newest time stamp later, then a new one over everything.

    Raises:
        TimeStampError: the time-stamp authority did not answer as it should; the document is as it was.
    """
    return add_archive_time_stamp(add_evidence(pdf, evidence), time_stamper)
