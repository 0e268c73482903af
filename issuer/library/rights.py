"""Whether a new version of a licence takes away what the old one gave: then two persons must stand behind it."""

from __future__ import annotations

from datetime import date

from issuer.library.licence import Licence
from issuer.library.licence_input import LicenceDraft


def takes_away(licence: Licence, draft: LicenceDraft, today: date) -> bool:
    """Whether somebody who holds the licence no longer would, or it would be in force for fewer days.

    The type's own fields are not weighed: whether another scope or class of vehicle is more or less cannot be told by
    a rule for every type.

    Args:
        licence: the present version.
        draft: the next one.
        today: days before it are gone; leaving them out takes nothing away.
    """
    kept = {(holder.code_type, holder.number) for holder in draft.holders}
    if any((holder.code_type, holder.number) not in kept for holder in licence.holders):
        return True
    old, new = licence.valid_until, draft.period.valid_until
    if new is not None and (old is None or new < old):
        return True
    begins = draft.period.valid_from
    return (
        begins is not None and begins > today and (licence.valid_from is None or begins > licence.valid_from)
    )
