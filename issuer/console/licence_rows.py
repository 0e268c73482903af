"""Licences as rows of a table."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from issuer.console.licence_page import state_kind
from issuer.library.library import Library
from issuer.library.licence import Licence, LicenceState
from issuer.library.standing import standing
from standards.licence_types import LicenceType
from standards.licence_types.masking import NUMBER_MASK


@dataclass(frozen=True, slots=True)
class LicenceRow:
    """One licence in a table.

    Attributes:
        licence: the licence.
        licence_type: in the version under which it was issued.
        state: where it stands now.
        kind: of the tag that shows the state.
        number: its number, a person's with its ends only.
    """

    licence: Licence
    licence_type: LicenceType
    state: LicenceState
    kind: str
    number: str


def licence_rows(library: Library, licences: Iterable[Licence], at: datetime) -> tuple[LicenceRow, ...]:
    """The rows of licences, as of an instant."""
    return tuple(_row(licence, library.type_of(licence), at) for licence in licences)


def _row(licence: Licence, licence_type: LicenceType, at: datetime) -> LicenceRow:
    state = standing(licence, licence_type, at)
    is_personal = any(holder.is_person for holder in licence.holders)
    number = NUMBER_MASK.apply(licence.licence_number) if is_personal else licence.licence_number
    return LicenceRow(licence, licence_type, state, state_kind(state), number)
