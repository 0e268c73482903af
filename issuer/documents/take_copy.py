"""Use case: somebody takes a per-use copy of a licence; the holder finds it in the log of uses."""

from __future__ import annotations

from datetime import datetime

from issuer.documents.annotation_input import AnnotationInput
from issuer.documents.desk import DocumentDesk
from issuer.documents.make_document import DocumentOrder, annotated_copy
from issuer.documents.store import CopyMade
from issuer.searching.search_request import IDENTIFIER_KIND, SearchBy, SearchEntry, identifier_key
from issuer.searching.store import SearchLog


def take_copy(
    desk: DocumentDesk, log: SearchLog, order: DocumentOrder, asked: AnnotationInput, *, at: datetime
) -> tuple[CopyMade, bytes]:
    """A copy for one use, logged before it is handed out. Raises as ``make_document.original_of``."""
    made, pdf = annotated_copy(desk, order, asked, at=at)
    identifier = str(order.licence.identifier)
    log.append(
        SearchEntry(
            authority=order.authority.uscc,
            by=order.by,
            search_by=SearchBy.IDENTIFIER,
            type_code=None,
            holder=desk.issuance.lookup.lookup(IDENTIFIER_KIND, identifier_key(identifier)),
            cause=f"制作加注件，用途：{asked.purpose}；使用方：{asked.recipient}",
            found=1,
            at=at,
        ),
        "",
        identifier,
    )
    return made, pdf
