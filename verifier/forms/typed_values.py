"""What was typed into a form, read with distrust; everything that is wrong is said at once, each at its field."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping
from typing import Any, Final

from standards.errors import InvalidInputError
from standards.text import Text
from verifier.items import FieldInput, FormField, ServiceItem
from verifier.items.conditions import parse_day

MAX_TEXT_CHARS: Final = 200
MAX_LONG_TEXT_CHARS: Final = 2000

_NUMBER: Final = re.compile(r"[0-9]{1,12}(?:\.[0-9]{1,2})?", re.ASCII)


class InvalidFormError(InvalidInputError):
    """Fields of the form are wrong; nothing was kept.

    Attributes:
        problems: field id → what is wrong with it.
    """

    code = "invalid-form"

    def __init__(self, problems: Mapping[str, Text]) -> None:
        names = "、".join(problems), ", ".join(problems)
        super().__init__(
            f"表单有 {len(problems)} 项填写有误：{names[0]}。",
            f"{len(problems)} fields of the form are wrong: {names[1]}.",
            where="/" + next(iter(problems), ""),
        )
        self.problems = problems


def parse_typed_values(item: ServiceItem, body: Any) -> dict[str, str]:
    """Read ``{field id: text}``. Empty texts are left out: a form is filled in over several sittings.

    A value for a field that a licence fills is taken like any other: which of them counts, ``fill_form`` decides.

    Raises:
        InvalidFormError: every field that is wrong, at once; unknown ones too.
    """
    if not isinstance(body, dict):
        raise InvalidFormError({"": Text("应为一个对象。", "An object is expected.")})
    fields = {one.id: one for one in item.form}
    problems: dict[str, Text] = {}
    values: dict[str, str] = {}
    for name, given in body.items():
        one = fields.get(name)
        if one is None or not isinstance(given, str):
            problems[str(name)[:80]] = (
                Text("没有这个字段。", "There is no such field.") if one is None else _TEXT
            )
            continue
        value = unicodedata.normalize("NFC", given).strip()
        problem = _problem(one, value)
        if problem is not None:
            problems[name] = problem
        elif value:
            values[name] = value
    if problems:
        raise InvalidFormError(problems)
    return values


_TEXT: Final = Text("应为文字。", "A text is expected.")


def _problem(one: FormField, value: str) -> Text | None:
    if not value:
        return None
    longest = MAX_LONG_TEXT_CHARS if one.kind is FieldInput.LONG_TEXT else MAX_TEXT_CHARS
    if len(value) > longest:
        return Text(
            f"最多 {longest} 个字符，现有 {len(value)} 个。",
            f"At most {longest} characters; there are {len(value)}.",
        )
    if any(_is_control(character) for character in value if character != "\n"):
        return Text(
            "含有不可见的控制字符，请重新输入。", "It holds invisible control characters: type it again."
        )
    if one.kind is FieldInput.DATE and parse_day(value) is None:
        return Text("日期应写作 2026-11-22。", "A day is written as 2026-11-22.")
    if one.kind is FieldInput.NUMBER and not _NUMBER.fullmatch(value):
        return Text("应为数字，最多两位小数。", "A number is expected, with two decimals at most.")
    return None


def _is_control(character: str) -> bool:
    """Control, format (bidirectional marks too) and unassigned characters."""
    return unicodedata.category(character) in {"Cc", "Cf", "Cs", "Cn", "Zl", "Zp"}
