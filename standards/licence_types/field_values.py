"""Checks the field values of a licence against its type: every wrong field is named, with why and what to do."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from typing import Any, Final

from standards.codes.citizen_number import parse_citizen_number
from standards.codes.division import parse_division
from standards.codes.iso_date import parse_date
from standards.codes.uscc import parse_uscc
from standards.errors import InvalidInputError
from standards.licence_types.image_value import parse_image
from standards.licence_types.licence_type import FieldKind, LicenceField, LicenceType
from standards.single_line import is_paragraph, is_single_line
from standards.text import Text

_TIME: Final = re.compile(r"(?:[01][0-9]|2[0-3]):[0-5][0-9]", re.ASCII)
_DECIMAL: Final = re.compile(r"(?:0|[1-9][0-9]{0,14})(?:\.[0-9]{1,6})?", re.ASCII)

LARGEST_INTEGER: Final = 10**15


class InvalidFieldError(InvalidInputError):
    """One field that is missing, not known, or has a value that its type does not allow."""

    code = "invalid-field"


def check_fields(
    licence_type: LicenceType, values: Mapping[str, Any], *, where: str = "/fields"
) -> tuple[InvalidFieldError, ...]:
    """Everything that is wrong with ``values``, in printed order; empty when all is right.

    Args:
        licence_type: whose own fields are expected; common claims are taken from the record.
        values: field name → JSON value.
        where: JSON pointer of ``values`` in the input.
    """
    return tuple(_errors(licence_type, values, where))


def _errors(licence_type: LicenceType, values: Mapping[str, Any], where: str) -> Iterator[InvalidFieldError]:
    for field in licence_type.own_fields:
        place = f"{where}/{field.name}"
        if field.name not in values:
            if field.required:
                yield InvalidFieldError(
                    f"缺少“{field.label.zh}”。",
                    f"“{field.label.en}” is missing.",
                    where=place,
                    next_step=Text("请补充此字段。", "Add this field."),
                )
            continue
        error = _check_value(field, values[field.name], place)
        if error is not None:
            yield error
    known = {field.name for field in licence_type.own_fields}
    for name in values:
        if name not in known:
            yield _unknown(licence_type, name, where)


def _unknown(licence_type: LicenceType, name: str, where: str) -> InvalidFieldError:
    # The name is the sender's text: it goes into the pointer, escaped and bounded, and not into the sentence.
    place = f"{where}/{name[:64].replace('~', '~0').replace('/', '~1')}"
    common = licence_type.field(name)
    if common is not None and common.common:
        return InvalidFieldError(
            f"“{common.label.zh}”取自证照记录本身，不应重复填写。",
            f"“{common.label.en}” comes from the licence record and is not repeated here.",
            where=place,
            next_step=Text("请从 fields 中删去此项。", "Remove it from the fields."),
        )
    return InvalidFieldError(
        f"“{licence_type.name.zh}”没有此字段。",
        f"“{licence_type.name.en}” has no such field.",
        where=place,
        next_step=Text(
            "请对照 GET /api/v1/types 的字段表。", "Compare with the fields in GET /api/v1/types."
        ),
    )


def _check_value(field: LicenceField, value: Any, where: str) -> InvalidFieldError | None:
    try:
        _CHECKS[field.kind](field, value, where)
    except InvalidInputError as error:
        label = field.label
        return InvalidFieldError(
            f"“{label.zh}”不对：{error.message.zh}",
            f"“{label.en}” is wrong: {error.message.en}",
            where=where,
            next_step=error.next_step,
        )
    return None


def _text(field: LicenceField, value: Any, where: str, *, lines: bool = False) -> str:
    if not isinstance(value, str):
        raise InvalidInputError("应为文字。", "A text is expected.", where=where)
    if not value.strip():
        raise InvalidInputError("不能为空。", "It must not be empty.", where=where)
    if len(value) > field.max_chars:
        raise InvalidInputError(
            f"不能超过 {field.max_chars} 个字符。",
            f"At most {field.max_chars} characters are allowed.",
            where=where,
        )
    if not (is_paragraph(value) if lines else is_single_line(value)):
        raise InvalidInputError(
            "含有不可打印的字符。", "It has characters that cannot be printed.", where=where
        )
    if field.pattern is not None and not field.pattern.fullmatch(value):
        raise InvalidInputError(
            "格式不对。", "It does not have the right form.", where=where, next_step=field.hint
        )
    return value


def _long_text(field: LicenceField, value: Any, where: str) -> None:
    _text(field, value, where, lines=True)


def _time(field: LicenceField, value: Any, where: str) -> None:
    if not _TIME.fullmatch(_text(field, value, where)):
        raise InvalidInputError("应为时间，写作 HH:MM。", "A time, written HH:MM, is expected.", where=where)


def _integer(_field: LicenceField, value: Any, where: str) -> None:
    if not isinstance(value, int) or isinstance(value, bool) or not 0 <= value <= LARGEST_INTEGER:
        raise InvalidInputError("应为不小于 0 的整数。", "An integer from 0 on is expected.", where=where)


def _decimal(field: LicenceField, value: Any, where: str) -> None:
    if not _DECIMAL.fullmatch(_text(field, value, where)):
        raise InvalidInputError(
            '应为写成文字的小数，例如 "89.50"。',
            'A decimal number as text is expected, such as "89.50".',
            where=where,
        )


def _choice(field: LicenceField, value: Any, where: str) -> None:
    if not isinstance(value, str) or value not in {choice.value for choice in field.choices}:
        listed = "、".join(choice.value for choice in field.choices)
        raise InvalidInputError(
            f"应为以下之一：{listed}。", f"One of these is expected: {listed}.", where=where
        )


def _image(_field: LicenceField, value: Any, where: str) -> None:
    parse_image(value, where=where)


def _coded(parse: Callable[..., object]) -> Callable[[LicenceField, Any, str], None]:
    def check(field: LicenceField, value: Any, where: str) -> None:
        parse(_text(field, value, where), where=where)

    return check


_CHECKS: Final[Mapping[FieldKind, Callable[[LicenceField, Any, str], object]]] = {
    FieldKind.TEXT: _text,
    FieldKind.LONG_TEXT: _long_text,
    FieldKind.DATE: _coded(parse_date),
    FieldKind.TIME: _time,
    FieldKind.INTEGER: _integer,
    FieldKind.DECIMAL: _decimal,
    FieldKind.CHOICE: _choice,
    FieldKind.CITIZEN_NUMBER: _coded(parse_citizen_number),
    FieldKind.USCC: _coded(parse_uscc),
    FieldKind.DIVISION: _coded(parse_division),
    FieldKind.IMAGE: _image,
}
