"""A layout as somebody types it: JSON text, with errors that say where to look."""

from __future__ import annotations

import json
import re
from typing import Any, Final

from issuer.documents.faces.errors import InvalidLayoutError
from issuer.documents.faces.layout import Layout, parse_layout
from standards.json_reader import parse_json
from standards.licence_types import LicenceType
from standards.text import Text

MAX_CHARS: Final = 60_000

_PLACE: Final = re.compile(r"/pages/(\d+)(?:/blocks/(\d+))?(?:/(\w+))?")


def read_layout(text: str, licence_type: LicenceType) -> Layout:
    """Read what was typed, for one version of a type.

    Raises:
        InvalidLayoutError: what is wrong and where: line and column of broken JSON, else page, block and member.
    """
    if len(text) > MAX_CHARS:
        raise InvalidLayoutError(
            f"版式不得超过 {MAX_CHARS} 个字符。", f"A layout has at most {MAX_CHARS} characters."
        )
    try:
        json.loads(text, object_pairs_hook=_without_repeats, parse_constant=_refuse_constant)
    except json.JSONDecodeError as error:
        raise InvalidLayoutError(
            f"第 {error.lineno} 行第 {error.colno} 个字符处不是有效的 JSON。",
            f"The JSON is broken at line {error.lineno}, column {error.colno}.",
            where=f"line {error.lineno}",
            next_step=Text("请核对引号、逗号和括号。", "Look at the quotes, commas and brackets there."),
        ) from error
    except RecursionError as error:
        raise InvalidLayoutError("内容嵌套过深。", "The content is nested too deep.") from error
    return parse_layout(parse_json(text, error=InvalidLayoutError), licence_type)


def place_in_words(where: str | None) -> Text | None:
    """``/pages/0/blocks/3/w`` for people, who count from one; ``None`` for what is no place in a layout."""
    found = _PLACE.fullmatch(where or "")
    if found is None:
        return None
    page, block, member = found[1], found[2], found[3]
    zh, en = f"第 {int(page) + 1} 页", f"page {int(page) + 1}"
    if block is not None:
        zh, en = f"{zh}第 {int(block) + 1} 块", f"{en}, block {int(block) + 1}"
    if member is not None:
        zh, en = f"{zh}的 {member}", f"{en}, {member}"
    return Text(zh, en)


def _without_repeats(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    members = dict(pairs)
    if len(members) != len(pairs):
        names = [name for name, _ in pairs]
        twice = next(name for name in names if names.count(name) > 1)
        raise InvalidLayoutError(f"“{twice[:40]}”出现两次。", f"“{twice[:40]}” stands there twice.")
    return members


def _refuse_constant(name: str) -> float:
    raise InvalidLayoutError(f"不能使用 {name}。", f"{name} is no number of JSON.")
