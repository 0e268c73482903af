"""Where sources and library disagree: one row per licence, field and source, with a queue, an owner and a closing reason."""

from issuer.discrepancies.discrepancy import (
    Closing,
    ClosingReason,
    Discrepancy,
    DiscrepancyFilter,
    DiscrepancyState,
)
from issuer.discrepancies.report import Compared, Reported, report_compared
from issuer.discrepancies.store import DiscrepancyStore

__all__ = [
    "Closing",
    "ClosingReason",
    "Compared",
    "Discrepancy",
    "DiscrepancyFilter",
    "DiscrepancyState",
    "DiscrepancyStore",
    "Reported",
    "report_compared",
]
