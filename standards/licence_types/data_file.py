"""Reads the data file of a licence type strictly: a mistake in the catalogue is found at start, not at a window."""

from __future__ import annotations

import re
from typing import Any, Final

from standards.codes.holder_code import HOLDER_CODE_TYPES
from standards.codes.uscc import is_uscc
from standards.json_reader import Reader, parse_json
from standards.licence_types.coding import CodingRule, Part, PartKind, pattern_of
from standards.licence_types.data_reader import InvalidLicenceTypeError, TypeFindings, parse_text
from standards.licence_types.departments import DEPARTMENTS
from standards.licence_types.field_definition import parse_fields
from standards.licence_types.licence_type import (
    LEAST_CONTRAST,
    Appearance,
    AuthorityLevel,
    CodeOrigin,
    DefiningAuthority,
    FieldKind,
    HolderCategory,
    HolderRule,
    Inspection,
    LicenceField,
    LicenceType,
    Representative,
    RepresentativeRole,
    Sensitivity,
    ShareClass,
)
from standards.licence_types.validity import AgeBand, ValidityKind, ValidityRule

_CODE: Final = re.compile(r"[0-9A-Z]{18}[0-9]{3}", re.ASCII)
_VERSION: Final = re.compile(r"[1-9][0-9]{0,2}", re.ASCII)
_COLOUR: Final = re.compile(r"#[0-9a-f]{6}", re.ASCII)

_MEMBERS: Final = frozenset(
    {
        "code", "version", "code_origin", "name", "description", "defining_authority", "issuing_level",
        "issuing_function", "department", "service_item", "holder", "validity", "coding", "inspection", "share_class",
        "appearance", "representatives", "fields", "compact",
    }
)  # fmt: skip


def parse_licence_type(data: bytes, *, file_name: str = "") -> LicenceType:
    """The type described by one data file.

    Args:
        data: JSON, UTF-8.
        file_name: named in the error.

    Raises:
        InvalidLicenceTypeError: the first mistake; ``where`` is ``file_name#json-pointer``.
    """
    findings = TypeFindings()
    licence_type = findings.attempt(
        lambda: _read(
            Reader(parse_json(data, error=InvalidLicenceTypeError), error=InvalidLicenceTypeError), findings
        )
    )
    if licence_type is None or findings.errors:
        error = findings.errors[0]
        where = f"{file_name}#{error.where or ''}"
        raise InvalidLicenceTypeError(
            f"{where}：{error.message.zh}", f"{where}: {error.message.en}", where=where
        ) from error
    return licence_type


def check_licence_type(
    obj: Any, *, trusted_patterns: frozenset[str] = frozenset()
) -> tuple[LicenceType | None, tuple[InvalidLicenceTypeError, ...]]:
    """The type that ``obj`` describes, or ``None``, and everything that is wrong with it, each with its JSON pointer.

    Args:
        obj: the decoded data of a type that somebody made, untrusted.
        trusted_patterns: regular expressions of the version before; all others must be bounded.
    """
    findings = TypeFindings(bounded_patterns=True, trusted_patterns=trusted_patterns)
    licence_type = findings.attempt(lambda: _read(Reader(obj, error=InvalidLicenceTypeError), findings))
    return (None if findings.errors else licence_type), tuple(findings.errors)


def _read(reader: Reader, findings: TypeFindings) -> LicenceType | None:
    attempt = findings.attempt
    attempt(lambda: reader.refuse_unknown(_MEMBERS))
    code = attempt(lambda: _code(reader))
    version = attempt(lambda: _version(reader))
    authority = attempt(lambda: _defining_authority(reader, code))
    fields = parse_fields(reader, findings)
    parts: dict[str, Any] = {
        "code": code,
        "version": version,
        "code_origin": attempt(lambda: CodeOrigin(reader.choice("code_origin", tuple(CodeOrigin)))),
        "name": findings.text(reader, "name"),
        "description": findings.text(reader, "description"),
        "defining_authority": authority,
        "issuing_level": attempt(
            lambda: AuthorityLevel(reader.choice("issuing_level", tuple(AuthorityLevel)))
        ),
        "issuing_function": findings.text(reader, "issuing_function"),
        "department": attempt(lambda: reader.choice("department", frozenset(DEPARTMENTS))),
        "service_item": findings.text(reader, "service_item"),
        "holder": attempt(lambda: _holder_rule(reader.object("holder"))),
        "validity": attempt(lambda: _validity(reader.object("validity"))),
        "coding": attempt(lambda: _coding(reader.object("coding"), fields, findings)),
        "share_class": attempt(lambda: ShareClass(reader.choice("share_class", tuple(ShareClass)))),
        "appearance": attempt(lambda: _appearance(reader.object("appearance"))),
    }
    inspection = attempt(lambda: _optional_inspection(reader))
    parts["representatives"] = attempt(lambda: _representatives(reader, fields)) or ()
    compact = attempt(lambda: _compact(reader, fields))
    if findings.errors:
        return None
    return LicenceType(**parts, inspection=inspection, fields=fields, compact=compact)


def _code(reader: Reader) -> str:
    code = reader.text("code")
    if not (_CODE.fullmatch(code) and is_uscc(code[:18])):
        raise reader.fail(
            "code", "应为 18 位统一社会信用代码加 3 位数字。", "A USCC and three digits are expected."
        )
    return code


def _version(reader: Reader) -> str:
    version = reader.text("version")
    if not _VERSION.fullmatch(version):
        raise reader.fail("version", "应为 1 至 999。", "1 to 999 is expected.")
    return version


def _compact(reader: Reader, fields: tuple[LicenceField, ...]) -> tuple[str, ...] | None:
    names = reader.optional_texts("compact", max_chars=60, max_items=12)
    known = {field.name: field for field in fields}
    for name in names or ():
        if name not in known or known[name].grade is Sensitivity.SENSITIVE:
            raise reader.fail(
                "compact",
                f"{name} 不是票面字段，或属于敏感信息。",
                f"{name} is not on the face, or is sensitive.",
            )
    return names


def _representatives(reader: Reader, fields: tuple[LicenceField, ...]) -> tuple[Representative, ...]:
    if "representatives" not in reader:
        return ()
    kinds = {field.name: field.kind for field in fields if not field.common}
    found = []
    for item in reader.objects("representatives", min_items=1, max_items=10):
        item.refuse_unknown(frozenset({"role", "name_field", "number_field"}))
        role = RepresentativeRole(item.choice("role", tuple(RepresentativeRole)))
        name, number = item.text("name_field"), item.text("number_field")
        if kinds.get(name) is not FieldKind.TEXT:
            raise item.fail("name_field", "应为本类型的文字字段。", "A text field of the type is expected.")
        if kinds.get(number) is not FieldKind.CITIZEN_NUMBER:
            raise item.fail(
                "number_field",
                "应为本类型的公民身份号码字段。",
                "A field of the type with a citizen number is expected.",
            )
        found.append(Representative(role, name, number))
    return tuple(found)


def _optional_inspection(reader: Reader) -> Inspection | None:
    inspection = reader.optional_object("inspection")
    return None if inspection is None else _inspection(inspection)


def _defining_authority(whole: Reader, code: str | None) -> DefiningAuthority:
    reader = whole.object("defining_authority")
    reader.refuse_unknown(frozenset({"uscc", "name", "level"}))
    uscc = reader.text("uscc")
    if code is not None and uscc != code[:18]:
        raise whole.fail("defining_authority", "与类型代码不符。", "It disagrees with the type code.")
    return DefiningAuthority(
        uscc,
        parse_text(reader.object("name")),
        AuthorityLevel(reader.choice("level", tuple(AuthorityLevel))),
    )


def _holder_rule(reader: Reader) -> HolderRule:
    reader.refuse_unknown(frozenset({"category", "code_types", "minimum", "maximum"}))
    code_types = reader.texts("code_types", min_items=1)
    if not set(code_types) <= set(HOLDER_CODE_TYPES):
        raise reader.fail("code_types", "含有未知的证件类型代码。", "A holder code type is not known.")
    minimum = reader.integer("minimum", minimum=1, maximum=99)
    return HolderRule(
        HolderCategory(reader.choice("category", tuple(HolderCategory))),
        code_types,
        minimum,
        reader.integer("maximum", minimum=minimum, maximum=99),
    )


def _validity(reader: Reader) -> ValidityRule:
    reader.refuse_unknown(frozenset({"kind", "description", "years", "bands", "or_long_term"}))
    kind = ValidityKind(reader.choice("kind", tuple(ValidityKind)))
    years = reader.integer("years", minimum=1, maximum=100) if kind is ValidityKind.YEARS else None
    bands: list[AgeBand] = []
    if kind is ValidityKind.BY_AGE:
        for band in reader.objects("bands", min_items=1):
            band.refuse_unknown(frozenset({"from_age", "years"}))
            bands.append(
                AgeBand(
                    band.integer("from_age", maximum=150),
                    band.optional_integer("years", minimum=1, maximum=100),
                )
            )
        ages = [band.from_age for band in bands]
        if ages != sorted(set(ages)) or ages[0] != 0:
            raise reader.fail("bands", "年龄段应从 0 起逐段递增。", "The bands must rise from age 0.")
    or_long_term = reader.optional_boolean("or_long_term") or False
    return ValidityRule(kind, parse_text(reader.object("description")), years, tuple(bands), or_long_term)


def _coding(reader: Reader, fields: tuple[LicenceField, ...], findings: TypeFindings) -> CodingRule:
    reader.refuse_unknown(frozenset({"description", "pattern", "parts"}))
    parts = []
    for part in reader.objects("parts", min_items=1):
        part.refuse_unknown(frozenset({"kind", "value", "digits", "codes"}))
        kind = PartKind(part.choice("kind", tuple(PartKind)))
        value = part.text("value") if kind in {PartKind.LITERAL, PartKind.FIELD} else ""
        digits = part.integer("digits", minimum=1, maximum=18) if kind is PartKind.SEQUENCE else 0
        codes = _codes(part, value, fields) if kind is PartKind.FIELD else ()
        parts.append(Part(kind, value, digits, codes))
    pattern = findings.pattern(reader, "pattern") if "pattern" in reader else re.compile(pattern_of(parts))
    return CodingRule(parse_text(reader.object("description")), pattern, tuple(parts))


def _codes(reader: Reader, name: str, fields: tuple[LicenceField, ...]) -> tuple[tuple[str, str], ...]:
    """The codes of a field's choices; a choice without its code would make a wrong number."""
    field = next((field for field in fields if field.name == name and not field.common), None)
    if field is None:
        raise reader.fail("value", "没有此字段。", "There is no such field.")
    codes = reader.optional_object("codes")
    if codes is None:
        return ()
    if set(codes.names()) != {choice.value for choice in field.choices}:
        raise reader.fail("codes", "应为每个选项各给一个代码。", "Every choice needs a code.")
    return tuple((value, codes.text(value)) for value in codes.names())


def _inspection(reader: Reader) -> Inspection:
    reader.refuse_unknown(frozenset({"name", "every_months", "overdue_invalidates"}))
    return Inspection(
        parse_text(reader.object("name")),
        reader.integer("every_months", minimum=1, maximum=120),
        reader.boolean("overdue_invalidates"),
    )


def _appearance(reader: Reader) -> Appearance:
    reader.refuse_unknown(frozenset({"background", "text"}))
    colours = []
    for name in ("background", "text"):
        colour = reader.text(name)
        if not _COLOUR.fullmatch(colour):
            raise reader.fail(name, "应为 #rrggbb。", "#rrggbb is expected.")
        colours.append(colour)
    appearance = Appearance(*colours)
    if appearance.contrast < LEAST_CONTRAST:
        raise reader.fail(
            "text",
            f"文字与底色的对比度为 {appearance.contrast:.1f}，应不低于 {LEAST_CONTRAST}。",
            f"The contrast of text and background is {appearance.contrast:.1f}; {LEAST_CONTRAST} is the least.",
        )
    return appearance
