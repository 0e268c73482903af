"""Use case: bring values whose source is authoritative into a licence, by the operation "change"."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from issuer.library.change_input import parse_change_request
from issuer.library.change_licence import change_licence
from issuer.library.event import Actor
from issuer.library.library import Library
from issuer.library.licence import Licence, local_day
from issuer.sources.judgement import HOLDERS

_RECORD = frozenset({"licence_number", "valid_from", "valid_until"})


def take_values(
    library: Library,
    licence: Licence,
    values: Mapping[str, Any],
    *,
    reason: str,
    actor: Actor,
    system: str | None,
    at: datetime,
) -> Licence:
    """Change the licence to these values: the new version is answered, checked as a whole like every change.

    Args:
        library: records and status lists.
        licence: as read.
        values: a part of a face (``issuer.sources.judgement``).
        reason: kept in the history.
        actor: who stands behind it.
        system: the calling system, if it was one.
        at: now.

    Raises:
        InvalidInputError: the licence would not be valid with these values.
        OperationNotAllowedError: it cannot be changed in its state.
        ProposalOpenError, LicenceChangedError: somebody else is at it.
    """
    changes: dict[str, Any] = {}
    for name, value in values.items():
        if name == HOLDERS:
            changes[HOLDERS] = [
                {"name": holder.name, "code_type": holder.code_type, "number": holder.number}
                for holder in value
            ]
        elif name in _RECORD:
            changes[name] = value
        else:
            changes.setdefault("fields", {})[name] = value
    request = parse_change_request(
        {"operation": "change", "reason": reason, "changes": changes},
        licence,
        library.type_of(licence),
        library.catalogue,
        today=local_day(at),
    )
    change = change_licence(library, licence, request, caller=actor, system=system, at=at)
    return change.successor or change.licence
