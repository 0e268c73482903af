"""How a licence of a type is numbered: the coding rule, as data.

A rule has a pattern that every number must match, and parts from which the library makes the next number when the
authority gives none.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, Final

from stdnum.iso7064 import mod_11_10, mod_37_36

from standards.text import Text


class PartKind(StrEnum):
    """What one part of a number is made of."""

    LITERAL = "literal"
    """The text itself."""

    DIVISION = "division"
    """Six digits of the issuing division."""

    YEAR = "year"
    """Four digits of the year of issue."""

    SEQUENCE = "sequence"
    """The authority's running number, padded to ``digits``; a longer one keeps its last digits."""

    HOLDER_NUMBER = "holder_number"
    """The first holder's own number."""

    FIELD = "field"
    """The value of a field of the licence, or the code that stands for it."""

    PROVINCE_SHORT = "province_short"
    """The province's one-character short name, as on titles and plates."""

    CITY_NAME = "city_name"
    """The name of the city (or province) that the issuing division lies in."""

    CHECK_MOD_11_10 = "check_mod_11_10"
    """Check digit over the digits so far (ISO 7064 MOD 11,10)."""

    CHECK_MOD_37_36 = "check_mod_37_36"
    """Check character over the digits and capitals so far (ISO 7064 MOD 37,36)."""


@dataclass(frozen=True, slots=True)
class Part:
    """One part of a number.

    Attributes:
        kind: what it is made of.
        value: the literal text, or the name of the field.
        digits: width of a sequence.
        codes: for a field, the code of each of its values; empty for the value itself.
    """

    kind: PartKind
    value: str = ""
    digits: int = 0
    codes: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class NumberingFacts:
    """What a number is made of: the issue's division (six digits) and its city's name, year, running number,
    the first holder's number and the licence's own fields.
    """

    division: str
    city_name: str
    year: int
    sequence: int
    holder_number: str
    fields: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class CodingRule:
    """The pattern of the licence number, in words, and the parts of the next one."""

    description: Text
    pattern: re.Pattern[str]
    parts: tuple[Part, ...]

    def next_number(self, facts: NumberingFacts) -> str:
        """The number that these facts make."""
        number = ""
        for part in self.parts:
            number += _part(part, facts, number)
        return number


_SPECIAL: Final = frozenset("\\[](){}*+?|^$.")
_PATTERNS: Final[Mapping[PartKind, str]] = {
    PartKind.DIVISION: "[0-9]{6}",
    PartKind.YEAR: "[0-9]{4}",
    PartKind.HOLDER_NUMBER: "[0-9A-Z]{1,40}",
    PartKind.FIELD: "[0-9A-Za-z\u4e00-\u9fff_.,:/ -]{1,100}",
    PartKind.PROVINCE_SHORT: "[\u4e00-\u9fff]",
    PartKind.CITY_NAME: "[\u4e00-\u9fff]{1,20}",
    PartKind.CHECK_MOD_11_10: "[0-9]",
    PartKind.CHECK_MOD_37_36: "[0-9A-Z]",
}


def pattern_of(parts: Iterable[Part]) -> str:
    """A regular expression for the numbers that these parts make, for a rule that is given by its parts alone."""
    return "".join(_pattern_of(part) for part in parts)


def _pattern_of(part: Part) -> str:
    if part.kind is PartKind.LITERAL:
        return "".join(f"\\{character}" if character in _SPECIAL else character for character in part.value)
    if part.kind is PartKind.SEQUENCE:
        return f"[0-9]{{{part.digits}}}"
    return _PATTERNS[part.kind]


PROVINCE_SHORT_NAMES: Final[Mapping[str, str]] = {
    "11": "京", "12": "津", "13": "冀", "14": "晋", "15": "蒙", "21": "辽", "22": "吉", "23": "黑",
    "31": "沪", "32": "苏", "33": "浙", "34": "皖", "35": "闽", "36": "赣", "37": "鲁", "41": "豫",
    "42": "鄂", "43": "湘", "44": "粤", "45": "桂", "46": "琼", "50": "渝", "51": "川", "52": "贵",
    "53": "云", "54": "藏", "61": "陕", "62": "甘", "63": "青", "64": "宁", "65": "新", "71": "台",
    "81": "港", "82": "澳",
}  # fmt: skip


def _part(part: Part, facts: NumberingFacts, so_far: str) -> str:
    match part.kind:
        case PartKind.LITERAL:
            return part.value
        case PartKind.DIVISION:
            return facts.division
        case PartKind.YEAR:
            return f"{facts.year:04d}"
        case PartKind.SEQUENCE:
            return f"{facts.sequence:0{part.digits}d}"[-part.digits :]
        case PartKind.HOLDER_NUMBER:
            return facts.holder_number
        case PartKind.FIELD:
            value = str(facts.fields.get(part.value, ""))
            return dict(part.codes).get(value, value)
        case PartKind.PROVINCE_SHORT:
            return PROVINCE_SHORT_NAMES.get(facts.division[:2], facts.division[:2])
        case PartKind.CITY_NAME:
            return facts.city_name
        case PartKind.CHECK_MOD_11_10:
            return mod_11_10.calc_check_digit("".join(filter(str.isdigit, so_far)))
        case PartKind.CHECK_MOD_37_36:
            return mod_37_36.calc_check_digit(re.sub(r"[^0-9A-Z]", "", so_far))
