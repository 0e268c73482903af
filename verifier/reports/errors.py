"""Why a report cannot be made."""

from __future__ import annotations

from standards.errors import ElicenceError, InvalidInputError


class InvalidPeriodError(InvalidInputError):
    """The dates are none, the wrong way round, or too far apart."""

    code = "invalid-period"


class UnknownReportError(ElicenceError):
    """There is no table of this name."""

    code = "unknown-report"
