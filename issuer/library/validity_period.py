"""From when until when a licence is valid: what is given, or what the type's rule says."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Final

from issuer.library.licence import Holder
from standards.codes.citizen_number import parse_citizen_number
from standards.codes.holder_code import CITIZEN_NUMBER
from standards.codes.iso_date import parse_date
from standards.errors import InvalidInputError
from standards.json_reader import Reader
from standards.licence_types import LicenceType
from standards.licence_types.validity import ValidityKind
from standards.text import Text

LATEST_DAY: Final = date(2999, 12, 31)
"""Last day that a licence may name: far from the end of the calendar, where no day and no year can be added."""


@dataclass(frozen=True, slots=True)
class Period:
    """First and last day; ``None`` where there is none."""

    valid_from: date | None
    valid_until: date | None


def period_of(reader: Reader, licence_type: LicenceType, holders: tuple[Holder, ...], start: date) -> Period:
    """The period of a licence of this type.

    ``valid_until`` may be a date, ``null`` for long-term, or absent for what the type's rule says.

    Args:
        reader: with the optional members ``valid_from`` and ``valid_until``.
        licence_type: whose rule counts.
        holders: for rules by age.
        start: first day unless one is given.

    Raises:
        InvalidInputError: an end before the start, or an end, or none, where the type does not allow it.
    """
    rule = licence_type.validity
    first = _date(reader, "valid_from")
    if rule.kind is ValidityKind.NONE:
        return _no_period(reader)
    first = first or start
    if "valid_until" not in reader:
        if rule.needs_stated_end:
            raise reader.fail(
                "valid_until", "此类证照须写明有效期截止日期。", "This type states its last day."
            )
        return Period(first, rule.end(first, age=age_of(holders, first)))
    if reader.any("valid_until") is None:
        if not rule.may_be_long_term:
            raise InvalidInputError(
                "此类证照不能长期有效。",
                "A licence of this type cannot be long-term.",
                where=reader.pointer("valid_until"),
                next_step=rule.description,
            )
        return Period(first, None)
    last = _date(reader, "valid_until")
    if last is None or last < first:
        raise InvalidInputError(
            "有效期截止日期早于起始日期。",
            "The validity ends before it begins.",
            where=reader.pointer("valid_until"),
        )
    return Period(first, last)


def parse_day_ahead(text: str, *, where: str | None = None) -> date:
    """A day up to which something holds; raises ``InvalidInputError`` for none, or one after ``LATEST_DAY``."""
    day = parse_date(text, where=where)
    if day > LATEST_DAY:
        raise InvalidInputError(
            f"日期不得晚于 {LATEST_DAY.isoformat()}。",
            f"A licence names no day after {LATEST_DAY.isoformat()}.",
            where=where,
            next_step=Text(
                "长期有效不写 9999-12-31，而写 null。", "Long-term is written as null, not as 9999-12-31."
            ),
        )
    return day


def age_of(holders: tuple[Holder, ...], day: date) -> int | None:
    """Completed years of the first holder on ``day``, where the number tells."""
    if not holders or holders[0].code_type != CITIZEN_NUMBER:
        return None
    return parse_citizen_number(holders[0].number).age_on(day)


def _no_period(reader: Reader) -> Period:
    for name in ("valid_from", "valid_until"):
        if name in reader and reader.any(name) is not None:
            raise InvalidInputError(
                "此类证照没有有效期。",
                "Licences of this type have no period of validity.",
                where=reader.pointer(name),
            )
    return Period(None, None)


def _date(reader: Reader, name: str) -> date | None:
    if name not in reader or reader.any(name) is None:
        return None
    return parse_day_ahead(reader.text(name, max_chars=10), where=reader.pointer(name))
