"""Step 5: the validity period, of the copy (RFC 7519 section 4.1) and of the licence where it is shown.

The dates printed on a licence are days in China; the copy's times are instants.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime, timedelta, timezone
from typing import Final

from standards.sd_jwt_vc import VerifiedCredential
from standards.text import Text
from standards.verification_report import Finding, Outcome, Step
from verifier.checking.findings import ASK_ISSUER, SHOW_AGAIN
from verifier.checking.policy import VerificationPolicy

WITHIN = Finding(
    Step.VALIDITY, "within-validity", Outcome.PASSED, Text("在有效期内。", "Within its period of validity.")
)
COPY_EXPIRED = Finding(
    Step.VALIDITY,
    "expired",
    Outcome.FAILED,
    Text("电子证照副本已过期。", "This copy of the licence has expired."),
    Text(
        "请持证人在钱包中更新证照后重新出示。",
        "Ask the holder to refresh it in the wallet and show it again.",
    ),
    sub_indication="EXPIRED",
)
NOT_YET_VALID = Finding(
    Step.VALIDITY,
    "not-yet-valid",
    Outcome.FAILED,
    Text("电子证照副本尚未生效。", "This copy of the licence is not yet valid."),
    SHOW_AGAIN,
    sub_indication="NOT_YET_VALID",
)
LICENCE_EXPIRED = Finding(
    Step.VALIDITY,
    "licence-expired",
    Outcome.FAILED,
    Text("证照已过有效期。", "The licence is past its last day of validity."),
    ASK_ISSUER,
    sub_indication="EXPIRED",
)
LICENCE_NOT_YET_EFFECTIVE = Finding(
    Step.VALIDITY,
    "licence-not-yet-effective",
    Outcome.FAILED,
    Text("证照尚未到生效日期。", "The licence is before its first day of validity."),
    ASK_ISSUER,
    sub_indication="NOT_YET_VALID",
)

CHINA_TIME: Final = timezone(timedelta(hours=8))
"""China has one civil time, without summer time."""


def check_validity(credential: VerifiedCredential, policy: VerificationPolicy, at: datetime) -> Finding:
    """Whether ``at`` lies within ``nbf`` and ``exp``, and within ``valid_from`` and ``valid_until`` if shown."""
    registered = credential.registered
    return check_period(
        (registered.not_before, registered.issued_at),
        registered.expires_at,
        date_of(credential, "valid_from"),
        date_of(credential, "valid_until"),
        policy=policy,
        at=at,
    )


def check_period(
    starts: Iterable[datetime | None],
    expires_at: datetime | None,
    first: date | None,
    last: date | None,
    *,
    policy: VerificationPolicy,
    at: datetime,
) -> Finding:
    """Whether ``at`` lies behind all ``starts`` and before the end of the copy, and within the days of the licence."""
    latest_start = at + policy.clock_skew
    for start in starts:
        if start is not None and start > latest_start:
            return NOT_YET_VALID
    if expires_at is not None and at - policy.clock_skew >= expires_at:
        return COPY_EXPIRED
    if first is None and last is None:
        return WITHIN
    today = at.astimezone(CHINA_TIME).date()
    if first is not None and today < first:
        return LICENCE_NOT_YET_EFFECTIVE
    if last is not None and today > last:
        return LICENCE_EXPIRED
    return WITHIN


def date_of(credential: VerifiedCredential, name: str) -> date | None:
    """A claim that is an ISO date, or ``None`` when it is withheld, absent (long term) or no date."""
    value = credential.claims.get(name)
    try:
        return date.fromisoformat(value) if isinstance(value, str) else None
    except ValueError:
        return None
