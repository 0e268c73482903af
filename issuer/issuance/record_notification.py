"""Use case: keep what a wallet tells of the copies that it got (OpenID4VCI 1.0 section 11)."""

from __future__ import annotations

from datetime import datetime

from issuer.issuance.desk import IssuanceDesk
from issuer.issuance.offer import Grant
from issuer.issuance.refresh_tokens import family_of
from standards.openid4vci import InvalidNotificationIdError, Notification


def record_notification(desk: IssuanceDesk, grant: Grant | None, told: Notification, *, at: datetime) -> None:
    """Keep an event; telling it again changes nothing. The wallet's own words are not kept: they may say anything.

    Raises:
        InvalidNotificationIdError: the id is of no issuance under this grant.
    """
    issuance = (
        None if grant is None else desk.handles.read_notification_id(grant.reference, told.notification_id)
    )
    if grant is None or issuance is None:
        raise InvalidNotificationIdError(
            "没有此通知编号。", "There is no such notification id.", where="/notification_id"
        )
    family = family_of(grant.reference)
    if family is not None:
        desk.families.note_event(family, issuance, told.event, at)
        return
    desk.offers.note_event(grant.reference, issuance, told.event, at)
