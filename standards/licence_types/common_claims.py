"""The claims that every licence carries, whatever its type, because they belong to the record (GB/T 36903)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from standards.licence_types.licence_type import FieldKind, LicenceField, Sensitivity
from standards.licence_types.masking import NUMBER_MASK
from standards.text import Text


def _claim(
    name: str,
    zh: str,
    en: str,
    kind: FieldKind,
    grade: Sensitivity,
    *,
    masked: bool = False,
    required: bool = True,
) -> LicenceField:
    mask = NUMBER_MASK if masked else None
    return LicenceField(name, Text(zh, en), kind, grade, 0, required, common=True, mask=mask)


_TEXT, _DATE = FieldKind.TEXT, FieldKind.DATE
_PUBLIC, _INTERNAL, _PERSONAL, _SENSITIVE = Sensitivity

COMMON_CLAIMS: Final[Mapping[str, LicenceField]] = {
    claim.name: claim
    for claim in (
        _claim("licence_identifier", "电子证照标识", "Licence identifier", _TEXT, _INTERNAL),
        _claim("licence_number", "证照号码", "Licence number", _TEXT, _PERSONAL, masked=True),
        _claim("holder_name", "持证主体", "Holder", _TEXT, _PERSONAL),
        _claim("holder_code_type", "持证主体代码类型", "Type of the holder's number", _TEXT, _INTERNAL),
        _claim("holder_number", "持证主体代码", "Holder's number", _TEXT, _SENSITIVE, masked=True),
        _claim("issuing_authority", "颁发机构", "Issuing authority", _TEXT, _PUBLIC),
        _claim(
            "issuing_authority_code", "颁发机构代码", "Code of the issuing authority", FieldKind.USCC, _PUBLIC
        ),
        _claim("division", "所属行政区划代码", "Division code", FieldKind.DIVISION, _PUBLIC),
        _claim("issue_date", "颁发日期", "Date of issue", _DATE, _INTERNAL),
        _claim("valid_from", "有效期起始日期", "Valid from", _DATE, _INTERNAL, required=False),
        _claim("valid_until", "有效期截止日期", "Valid until", _DATE, _INTERNAL, required=False),
    )
}
"""By claim name, in the order in which they are printed after the face. A claim of a date is absent when the
licence has none (long-term)."""
