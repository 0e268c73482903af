"""Keeps a source's system from writing fields for which another department's word counts (R24)."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from issuer.discrepancies.report import Compared, report_compared
from issuer.library.change_input import ChangeRequest
from issuer.library.licence import Licence
from issuer.sources.errors import FieldOfAnotherSourceError
from issuer.sources.judgement import face_of, face_of_draft, judge
from issuer.sources.observe import SourceDesk
from standards.licence_types import DEPARTMENTS
from standards.text import Text


def guard_change(
    desk: SourceDesk, licence: Licence, request: ChangeRequest, *, system: str, at: datetime
) -> None:
    """Refuse a change that a system bound to a source asks for, where it touches a field of another source.

    What it wanted to write is kept as a discrepancy. A system that is bound to no source is the authority's own hand.

    Args:
        desk: the library, the sources, the discrepancies.
        licence: as read.
        request: checked.
        system: the calling system.
        at: now.

    Raises:
        FieldOfAnotherSourceError: nothing was written but the discrepancies.
    """
    if request.draft is None:
        return
    bound = desk.sources.of_system(licence.authority.uscc, system)
    if not bound:
        return
    licence_type = desk.library.type_of(licence)
    removed: dict[str, Any] = {name: None for name in licence.fields if name not in request.draft.fields}
    current, incoming = face_of(licence), {**removed, **face_of_draft(request.draft)}
    # A system may deliver for several departments: the one that may write most of it speaks.
    source, refused = min(
        ((one, judge(licence_type, one, current, incoming).refused) for one in bound),
        key=lambda pair: len(pair[1]),
    )
    if not refused:
        return
    # A change repeats the library's values of all other fields: it says nothing of them.
    said = frozenset(conflict.field for conflict in refused)
    compared = Compared(str(licence.identifier), licence.type_code, said, refused)
    report_compared(desk.discrepancies, source, [compared], at)
    first = refused[0]
    label = licence_type.field(first.field)
    name = label.label if label is not None else Text(first.field, first.field)
    owner = DEPARTMENTS[first.department]
    raise FieldOfAnotherSourceError(name, owner, where=f"/changes/fields/{first.field}")
