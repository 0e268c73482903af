"""Reads where a licence stands with its inspections."""

from __future__ import annotations

from datetime import date
from typing import Final

from issuer.library.licence import InspectionResult, InspectionStanding
from issuer.library.validity_period import parse_day_ahead
from standards.errors import InvalidInputError
from standards.json_reader import Reader
from standards.licence_types import LicenceType
from standards.licence_types.validity import months_later

_MEMBERS: Final = frozenset({"result", "due"})


def parse_inspection(
    reader: Reader, licence_type: LicenceType, start: date, *, required: bool = False
) -> InspectionStanding:
    """The member ``inspection``: ``{"result", "due"}``; both have defaults by the type.

    Args:
        reader: of the object that holds it.
        licence_type: says whether there are inspections, and how often.
        start: the day from which the next one is counted.
        required: whether a result must be given.

    Raises:
        InvalidInputError: it is given for a type without inspections, or misshapen.
    """
    rule = licence_type.inspection
    if rule is None:
        if "inspection" in reader or required:
            raise InvalidInputError(
                "此类证照没有检验。",
                "Licences of this type are not inspected.",
                where=reader.pointer("inspection"),
            )
        return InspectionStanding(InspectionResult.NOT_INSPECTED, None)
    due = months_later(start, rule.every_months)
    given = reader.object("inspection") if required else reader.optional_object("inspection")
    if given is None:
        return InspectionStanding(InspectionResult.NOT_INSPECTED, due)
    given.refuse_unknown(_MEMBERS)
    result = InspectionResult(given.choice("result", tuple(InspectionResult)))
    text = given.optional_text("due", max_chars=10)
    return InspectionStanding(
        result, due if text is None else parse_day_ahead(text, where=given.pointer("due"))
    )
