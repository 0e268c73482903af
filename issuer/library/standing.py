"""Where a licence stands at an instant: its decided state, and what the passing of time makes of it."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime, timedelta
from typing import Final

from issuer.library.licence import Licence, LicenceState, local_day
from issuer.library.lifecycle import LIVE
from standards.licence_types import LicenceType
from standards.status_list import StatusValue


def standing(licence: Licence, licence_type: LicenceType, at: datetime) -> LicenceState:
    """The state that holds at ``at``.

    What somebody decided comes first, apart from the last day: after it, nothing that could come back comes back, so a
    licence that is suspended or lost is expired as well. One decided valid is not yet effective before its first day,
    and inspection overdue where its type does not forgive that (a business licence is only flagged).
    """
    today = local_day(at)
    if has_lapsed(licence, today):
        return LicenceState.EXPIRED
    if licence.state is not LicenceState.VALID:
        return licence.state
    if licence.valid_from is not None and today < licence.valid_from:
        return LicenceState.NOT_YET_EFFECTIVE
    inspection = licence_type.inspection
    if inspection is not None and inspection.overdue_invalidates and licence.inspection.overdue_on(today):
        return LicenceState.INSPECTION_OVERDUE
    return LicenceState.VALID


def has_lapsed(licence: Licence, today: date) -> bool:
    """Whether the last day of a licence that could still be in force has passed."""
    return licence.state in LIVE and licence.valid_until is not None and today > licence.valid_until


def next_review(licence: Licence, licence_type: LicenceType, after: date) -> date | None:
    """The first day later than ``after`` on which the passing of time changes the standing, or ``None``."""
    if licence.state not in LIVE:
        return None
    one_day = timedelta(days=1)
    days = [licence.valid_from, licence.valid_until and licence.valid_until + one_day]
    if licence_type.inspection is not None and licence_type.inspection.overdue_invalidates:
        days.append(licence.inspection.due and licence.inspection.due + one_day)
    return min((day for day in days if day is not None and day > after), default=None)


def status_value(licence: Licence, licence_type: LicenceType, at: datetime) -> StatusValue:
    """The value of every copy's entry in its status list (Token Status List section 7; DESIGN section 3)."""
    return STATUS_VALUES[standing(licence, licence_type, at)]


STATUS_VALUES: Final[Mapping[LicenceState, StatusValue]] = {
    LicenceState.VALID: StatusValue.VALID,
    LicenceState.INSPECTION_OVERDUE: StatusValue.INSPECTION_OVERDUE,
    LicenceState.NOT_YET_EFFECTIVE: StatusValue.SUSPENDED,
    LicenceState.SUSPENDED: StatusValue.SUSPENDED,
    LicenceState.REPORTED_LOST: StatusValue.SUSPENDED,
    LicenceState.REPLACED: StatusValue.INVALID,
    LicenceState.EXPIRED: StatusValue.INVALID,
    LicenceState.DEREGISTERED: StatusValue.INVALID,
    LicenceState.RESCINDED: StatusValue.INVALID,
    LicenceState.REVOKED: StatusValue.INVALID,
    LicenceState.OTHER: StatusValue.INVALID,
}
"""Every state has one value; what ended is invalid for good, what can come back is suspended."""
