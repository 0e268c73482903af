"""Use case: a holder has a per-use copy made of a licence that is in the wallet."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Final

from issuer.documents.annotation_input import AnnotationInput
from issuer.documents.desk import DocumentDesk
from issuer.documents.errors import TooManyCopiesError
from issuer.documents.make_document import DocumentOrder, annotated_copy
from issuer.documents.store import CopyMade

COPIES_PER_DAY: Final = 20
"""Of one licence version, for its holders together: each takes a status entry, of which a list has only so many."""

_DAY: Final = timedelta(days=1)


def holders_copy(
    desk: DocumentDesk, order: DocumentOrder, asked: AnnotationInput, *, at: datetime
) -> tuple[CopyMade, bytes]:
    """A copy for one use that the holder names. The holder's own wallet logs it: no department looked at anything here.

    Raises:
        TooManyCopiesError: enough for today; else as ``make_document.original_of``.
    """
    if desk.store.copies_by(str(order.licence.identifier), order.by, at - _DAY) >= COPIES_PER_DAY:
        raise TooManyCopiesError
    return annotated_copy(desk, order, asked, at=at)
