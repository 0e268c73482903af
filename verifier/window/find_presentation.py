"""Finding a presentation for those who may see it."""

from __future__ import annotations

from datetime import datetime

from verifier.acceptance.record import AcceptanceRecord
from verifier.acceptance.store import RecordStore
from verifier.departments.department import Department
from verifier.items import ItemRegister, ServiceItem
from verifier.items.material_rule import CHINA_TIME
from verifier.window.errors import PresentationOverError, UnknownPresentationError
from verifier.window.presentation import Pending, Presentation, at_instant
from verifier.window.store import PresentationStore


def find_presentation(
    presentations: PresentationStore, department: Department, presentation_id: str, at: datetime
) -> Presentation:
    """A department's own presentation as it is at ``at``.

    Raises:
        UnknownPresentationError: there is none, or it is another department's: the caller cannot tell which.
    """
    found = presentations.find(presentation_id)
    if found is None or found.asked.department != department.uscc:
        raise _unknown()
    return at_instant(found, at)


def find_pending(presentations: PresentationStore, presentation_id: str, at: datetime) -> Pending:
    """The request that a wallet asks for or answers.

    Raises:
        UnknownPresentationError: there is none.
        PresentationOverError: it was answered, or its time is over.
    """
    found = presentations.find_for_wallet(presentation_id)
    if found is None:
        raise _unknown()
    now = at_instant(found, at)
    if not isinstance(now, Pending):
        raise PresentationOverError(
            "此请求已被答复或已过期。", "This request was answered already, or has expired."
        )
    return now


def item_of(items: ItemRegister, presentation: Presentation) -> ServiceItem | None:
    """What a presentation is for; ``None`` for a query of the department's own."""
    asked = presentation.asked
    if asked.item is None:
        return None
    # As it was when it was asked for: a version that begins meanwhile is for those who come after.
    return items.find(asked.item, at=asked.asked_at.astimezone(CHINA_TIME).date())


def record_of(records: RecordStore, presentation: Presentation) -> AcceptanceRecord | None:
    """What was decided on a presentation, without what was shown; ``None`` while nothing is."""
    if isinstance(presentation, Pending) or presentation.record is None:
        return None
    return records.of_presentation(presentation.asked.department, presentation.asked.id)


def _unknown() -> UnknownPresentationError:
    return UnknownPresentationError("没有这次出示请求。", "There is no such presentation.")
