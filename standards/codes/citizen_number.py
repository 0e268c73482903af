"""Citizen identity number (GB 11643-1999): division 6, birth date 8, sequence 3, check digit MOD 11-2.

The division is the one of the first registration. It may be retired today, or may not have existed under its
present name when the person was born, so an unknown division is a warning and never a refusal; ``stdnum``'s own
``is_valid`` refuses real people for it and is not used.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Final

from stdnum.cn import ric

from standards.codes.division import is_known_division
from standards.errors import InvalidInputError
from standards.text import Text

_FORM: Final = re.compile(r"[0-9]{17}[0-9X]", re.ASCII)

_EARLIEST_BIRTH: Final = date(1850, 1, 1)
"""No living or registered person was born before: numbers were first given out in 1984."""

UNKNOWN_DIVISION: Final = Text(
    "号码前六位不是已知的行政区划，请留意。", "The first six digits are no known division; please note."
)


class InvalidCitizenNumberError(InvalidInputError):
    """A text that is no citizen identity number."""

    code = "invalid-citizen-number"


class Sex(StrEnum):
    """Sex as coded by GB/T 2261.1."""

    MALE = "1"
    FEMALE = "2"


@dataclass(frozen=True, slots=True, repr=False)
class CitizenNumber:
    """A citizen identity number with right form, birth date and check digit.

    Attributes:
        text: the 18 characters.
        division: the first six digits, as registered.
        birth_date: day of birth.
        sequence: three digits; odd for men, even for women.
    """

    text: str
    division: str
    birth_date: date
    sequence: str

    def __str__(self) -> str:
        return self.text

    def __repr__(self) -> str:
        """Masked, so that a number never reaches a log by accident."""
        return f"CitizenNumber({self.text[0]}***{self.text[-1]})"

    @property
    def sex(self) -> Sex:
        """Sex from the last digit of the sequence (GB 11643 clause 4.3)."""
        return Sex.MALE if int(self.sequence) % 2 else Sex.FEMALE

    @property
    def warnings(self) -> tuple[Text, ...]:
        """What deserves a second look without being wrong."""
        return () if is_known_division(self.division) else (UNKNOWN_DIVISION,)

    def age_on(self, day: date) -> int:
        """Completed years on ``day``; someone born on 29 February comes of age on 1 March."""
        before_birthday = (day.month, day.day) < (self.birth_date.month, self.birth_date.day)
        return day.year - self.birth_date.year - before_birthday


def parse_citizen_number(text: str, *, where: str | None = None) -> CitizenNumber:
    """The number in ``text``: 17 digits and a check digit, a capital X counting ten.

    Raises:
        InvalidCitizenNumberError: wrong form, no such birth date, or wrong check digit. The message never
            repeats the number.
    """
    if not _FORM.fullmatch(text):
        raise InvalidCitizenNumberError(
            "公民身份号码应为 18 位，末位可为大写 X。",
            "A citizen identity number has 18 digits; the last may be a capital X.",
            where=where,
            next_step=_COMPARE,
        )
    birth_date = _birth_date(text[6:14])
    if birth_date is None or birth_date < _EARLIEST_BIRTH:
        raise InvalidCitizenNumberError(
            "公民身份号码中的出生日期不存在。",
            "The birth date inside the citizen identity number does not exist.",
            where=where,
            next_step=_COMPARE,
        )
    if text[17] != ric.calc_check_digit(text):
        raise InvalidCitizenNumberError(
            "公民身份号码的校验码不符。",
            "The check digit of the citizen identity number is wrong.",
            where=where,
            next_step=_COMPARE,
        )
    return CitizenNumber(text, text[:6], birth_date, text[14:17])


_COMPARE: Final = Text("请对照证件逐位核对。", "Compare it with the document, digit by digit.")


def build_citizen_number(division: str, birth_date: date, sequence: str) -> CitizenNumber:
    """The number for these parts with its check digit (for sample data of the test-only range 990101)."""
    first = f"{division}{birth_date:%Y%m%d}{sequence}"
    if not _FORM.fullmatch(first + "0"):
        raise InvalidCitizenNumberError("号码的组成部分不对。", "The parts make no citizen identity number.")
    return CitizenNumber(first + ric.calc_check_digit(first + "0"), division, birth_date, sequence)


def _birth_date(digits: str) -> date | None:
    try:
        return date(int(digits[:4]), int(digits[4:6]), int(digits[6:]))
    except ValueError:
        return None
