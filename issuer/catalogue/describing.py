"""From what somebody typed to a licence type: completed by what the node knows, then checked as a whole."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any, Final

import orjson

from issuer.catalogue.draft_shape import shaped
from issuer.catalogue.examples import example_body
from issuer.catalogue.type_version import TypeVersion
from issuer.registrar.authority import Authority
from standards.codes.division import parse_division
from standards.errors import InvalidInputError
from standards.json_reader import Reader
from standards.licence_types import LicenceType, check_fields, check_licence_type
from standards.licence_types.coding import NumberingFacts

MAX_CONTENT_BYTES: Final = 128 * 1024

_GIVEN_BY_THE_NODE: Final = ("code", "version")
_LEVELS: Final = frozenset({"nation", "province", "city", "county", "township", "other"})
_SAMPLE_DIVISION: Final = "330100"


def empty_content(authority: Authority) -> dict[str, Any]:
    """A draft to begin with: what is the same for most types, and the face fields that nearly every licence has."""
    return {
        "code_origin": "published",
        "name": {"zh": "", "en": ""},
        "description": {"zh": "", "en": ""},
        "defining_authority": defined_by(authority),
        "issuing_level": authority.level if authority.level in _LEVELS else "other",
        "issuing_function": authority.name.to_json(),
        "department": "other",
        "service_item": {"zh": "", "en": ""},
        "holder": {"category": "natural_person", "code_types": ["111"], "minimum": 1, "maximum": 1},
        "validity": {
            "kind": "years",
            "description": {"zh": "自颁发之日起 3 年。", "en": "3 years from the day of issue."},
            "years": 3,
        },
        "coding": {
            "description": {"zh": "年份和六位顺序号。", "en": "Year and a running number of six digits."},
            "parts": [{"kind": "year"}, {"kind": "sequence", "digits": 6}],
        },
        "share_class": "conditional",
        "appearance": {"background": "#1d4f91", "text": "#ffffff"},
        "fields": [
            {"name": "licence_number", "label": {"zh": "证号", "en": "Licence number"}},
            {"name": "holder_name", "label": {"zh": "姓名", "en": "Name"}},
            {"name": "issuing_authority", "label": {"zh": "发证机关", "en": "Issuing authority"}},
            {"name": "valid_until", "label": {"zh": "有效期至", "en": "Valid until"}},
        ],
    }


def defined_by(authority: Authority) -> dict[str, Any]:
    """The member ``defining_authority`` of a type that the authority defines."""
    level = authority.level if authority.level in _LEVELS else "other"
    return {"uscc": authority.uscc, "name": authority.name.to_json(), "level": level}


def parse_content(obj: Any, before: Mapping[str, Any]) -> dict[str, Any]:
    """The data of a draft: bounded and of the outer shape, the rest may still be wrong or missing.

    Args:
        obj: untrusted.
        before: the content until now; who defines the type stays as it is.

    Raises:
        InvalidInputError: a member is of another kind than it must be, or all is too large.
    """
    Reader(obj)
    content = {name: value for name, value in obj.items() if name not in _GIVEN_BY_THE_NODE}
    content["defining_authority"] = before["defining_authority"]
    content["code_origin"] = before["code_origin"]
    content = shaped(content)
    if len(orjson.dumps(content)) > MAX_CONTENT_BYTES:
        raise InvalidInputError("证照类型的描述过长。", "The description of the type is too long.")
    return content


def check_version(
    version: TypeVersion, before: LicenceType | None
) -> tuple[LicenceType | None, tuple[InvalidInputError, ...]]:
    """The type that a version describes, or ``None``, and everything that is wrong with it.

    Args:
        version: with its content.
        before: the published version before it, whose patterns are trusted.
    """
    data = {**version.content, "code": version.code, "version": str(version.version)}
    licence_type, errors = check_licence_type(data, trusted_patterns=_patterns_of(before))
    if licence_type is None:
        return None, errors
    more = tuple(_against_itself(licence_type))
    return (None if more else licence_type), more


def _patterns_of(licence_type: LicenceType | None) -> frozenset[str]:
    if licence_type is None:
        return frozenset()
    fields = (field.pattern.pattern for field in licence_type.fields if field.pattern is not None)
    return frozenset({licence_type.coding.pattern.pattern, *fields})


def _against_itself(licence_type: LicenceType) -> list[InvalidInputError]:
    """Rules over the whole: an example made by the type's own rules must pass them."""
    errors: list[InvalidInputError] = []
    example = example_body(licence_type, date(2026, 1, 15))
    # A pattern that the version before had may be one for which no example can be made; its own example then stands.
    errors += [
        InvalidInputError(
            f"按规则生成的示例值不符合字段要求：{error.message.zh}",
            f"The example that the field's rules make does not pass them: {error.message.en}",
            where="/fields",
        )
        for error in check_fields(licence_type, example["fields"])
    ]
    place = parse_division(_SAMPLE_DIVISION)
    number = licence_type.coding.next_number(
        NumberingFacts(
            division=place.code,
            city_name=parse_division(place.city).name,
            year=2026,
            sequence=1,
            holder_number=example["holders"][0]["number"],
            fields=example["fields"],
        )
    )
    if not licence_type.coding.pattern.fullmatch(number):
        errors.append(
            InvalidInputError(
                f"编码规则生成的号码“{number}”不符合其格式。",
                f"The rule makes the number “{number}”, which does not follow its own pattern.",
                where="/coding/pattern",
            )
        )
    if len(number) > 60:
        errors.append(
            InvalidInputError(
                "号码不能超过 60 个字符。", "A number has at most 60 characters.", where="/coding/parts"
            )
        )
    return errors
