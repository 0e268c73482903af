"""Types of holder codes (GB/T 36903 annex A): by which document a holder is identified."""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from standards.codes.citizen_number import parse_citizen_number
from standards.codes.uscc import parse_uscc
from standards.errors import InvalidInputError
from standards.text import Text


class InvalidHolderCodeError(InvalidInputError):
    """A holder code type that is not in the table, or a number that its type cannot have."""

    code = "invalid-holder-code"


class HolderKind(StrEnum):
    """Whom a code type identifies."""

    NATURAL_PERSON = "natural_person"
    LEGAL_ENTITY = "legal_entity"
    OTHER = "other"


@dataclass(frozen=True, slots=True)
class HolderCodeType:
    """One row of GB/T 36903 annex A.

    Attributes:
        code: three digits.
        name: what the document is called.
        kind: whom it identifies.
        in_standard: false for the rows that occur in the wild without standing in the annex.
    """

    code: str
    name: Text
    kind: HolderKind
    in_standard: bool = True


USCC: Final = "001"
CITIZEN_NUMBER: Final = "111"
OTHER_HOLDER: Final = "999"

_PERSON, _ENTITY, _OTHER = HolderKind.NATURAL_PERSON, HolderKind.LEGAL_ENTITY, HolderKind.OTHER

HOLDER_CODE_TYPES: Final[dict[str, HolderCodeType]] = {
    row.code: row
    for row in (
        HolderCodeType("001", Text("统一社会信用代码", "Unified social credit code"), _ENTITY),
        HolderCodeType(
            "099", Text("其他法人或其他组织有效证件", "Other document of a legal entity"), _ENTITY
        ),
        HolderCodeType("111", Text("居民身份证", "Citizen identity number"), _PERSON),
        HolderCodeType("114", Text("中国人民解放军军官证", "Military officer's certificate"), _PERSON),
        HolderCodeType(
            "115", Text("中国人民武装警察部队警官证", "Armed-police officer's certificate"), _PERSON
        ),
        HolderCodeType("118", Text("中国人民解放军士兵证", "Soldier's certificate"), _PERSON),
        HolderCodeType(
            "119", Text("中国人民武装警察部队士兵证", "Armed-police soldier's certificate"), _PERSON
        ),
        HolderCodeType(
            "120", Text("中国人民解放军文职人员证", "Military civilian staff certificate"), _PERSON
        ),
        HolderCodeType(
            "122", Text("中国人民武装警察部队文职人员证", "Armed-police civilian staff certificate"), _PERSON
        ),
        HolderCodeType("411", Text("外交护照", "Diplomatic passport"), _PERSON),
        HolderCodeType("412", Text("公务护照", "Service passport"), _PERSON),
        HolderCodeType("413", Text("公务普通护照", "Passport for public affairs"), _PERSON),
        HolderCodeType("414", Text("普通护照", "Ordinary passport"), _PERSON),
        HolderCodeType("511", Text("台湾居民来往大陆通行证", "Taiwan compatriot permit"), _PERSON),
        HolderCodeType("516", Text("港澳居民来往内地通行证", "Hong Kong and Macao permit"), _PERSON),
        HolderCodeType(
            "551", Text("港澳居民居住证", "Residence permit of a Hong Kong or Macao resident"), _PERSON, False
        ),
        HolderCodeType(
            "552", Text("台湾居民居住证", "Residence permit of a Taiwan resident"), _PERSON, False
        ),
        HolderCodeType("999", Text("其他", "Other"), _OTHER),
    )
}

_OTHER_NUMBER: Final = re.compile(r"[0-9A-Z][0-9A-Z()\-]{2,31}", re.ASCII)


def holder_code_type(code: str, *, where: str | None = None) -> HolderCodeType:
    """The row of ``code``; raises ``InvalidHolderCodeError`` for a code that is not in the table."""
    row = HOLDER_CODE_TYPES.get(code)
    if row is None:
        raise InvalidHolderCodeError(
            "证件类型代码不在 GB/T 36903 附录 A 的代码表中。",
            "The holder code type is not in the table of GB/T 36903 annex A.",
            where=where,
            next_step=Text("自然人常用 111，法人常用 001。", "Persons mostly use 111, legal entities 001."),
        )
    return row


def check_holder_number(code_type: str, number: str, *, where: str | None = None) -> str:
    """``number`` if a document of this type can carry it.

    Raises:
        InvalidHolderCodeError, InvalidCitizenNumberError, InvalidUsccError: it cannot. The message never repeats
            the number.
    """
    row = holder_code_type(code_type)
    if row.code == CITIZEN_NUMBER:
        return parse_citizen_number(number, where=where).text
    if row.code == USCC:
        return parse_uscc(number, where=where)
    if not _OTHER_NUMBER.fullmatch(number):
        raise InvalidHolderCodeError(
            "证件号码应为 3 至 32 位数字和大写字母。",
            "A document number has 3 to 32 digits and capital letters.",
            where=where,
        )
    return number
