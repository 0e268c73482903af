"""The licence number that the coding rule of a type makes."""

from __future__ import annotations

from issuer.library.licence_input import LicenceDraft
from standards.codes.division import parse_division
from standards.licence_types import LicenceType
from standards.licence_types.coding import NumberingFacts, PartKind


def is_running(licence_type: LicenceType) -> bool:
    """Whether numbers of the type count up; if not, they follow from the licence itself (holder, plate, category)."""
    return any(part.kind is PartKind.SEQUENCE for part in licence_type.coding.parts)


def number_of(draft: LicenceDraft, division: str, sequence: int = 0) -> str:
    """The number of a licence.

    Args:
        draft: with holders, fields and day of issue.
        division: six digits, of the issuing authority or of what the draft says.
        sequence: the running number, where the type has one.
    """
    place = parse_division(division)
    return draft.licence_type.coding.next_number(
        NumberingFacts(
            division=place.code,
            city_name=parse_division(place.city).name,
            year=draft.issue_date.year,
            sequence=sequence,
            holder_number=draft.holders[0].number,
            fields=draft.fields,
        )
    )
