"""The outer shape of a draft: enough that a form can show it and somebody can mend the rest."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from standards.errors import InvalidInputError
from standards.text import Text

_WORDS: Final = {"zh": "", "en": ""}
_SHAPE: Final[Mapping[str, Any]] = {
    "name": _WORDS,
    "description": _WORDS,
    "issuing_function": _WORDS,
    "service_item": _WORDS,
    "holder": {"code_types": [], "category": "", "minimum": 1, "maximum": 1},
    "validity": {"kind": "", "description": _WORDS},
    "coding": {"description": _WORDS, "parts": [{}]},
    "appearance": {"background": "#1d4f91", "text": "#ffffff"},
    "fields": [{"name": "", "label": _WORDS}],
}
"""What a form reads without asking. A list names the shape of each of its items."""

_WHERE_PRESENT: Final[Mapping[str, Any]] = {"inspection": {"name": _WORDS}}


def shaped(content: Mapping[str, Any]) -> dict[str, Any]:
    """``content`` with every member that a form reads, empty where it was missing.

    Raises:
        InvalidInputError: a member is of another kind than it must be, with its place.
    """
    present = {name: shape for name, shape in _WHERE_PRESENT.items() if content.get(name) is not None}
    return dict(_completed(content, {**_SHAPE, **present}, ""))


def _completed(given: Any, shape: Any, where: str) -> Any:
    if isinstance(shape, Mapping):
        if not isinstance(given, Mapping):
            raise _wrong(where, Text("此处应为 JSON 对象。", "A JSON object is expected here."))
        inner = {
            name: _completed(given[name], part, f"{where}/{name}") if name in given else _empty(part)
            for name, part in shape.items()
        }
        return {**given, **inner}
    if isinstance(shape, list):
        if not isinstance(given, list):
            raise _wrong(where, Text("此处应为列表。", "A list is expected here."))
        return [
            _completed(item, shape[0], f"{where}/{at}") if shape else item for at, item in enumerate(given)
        ]
    if isinstance(shape, str) and not isinstance(given, str):
        raise _wrong(where, Text("此处应为文字。", "A text is expected here."))
    return given


def _empty(shape: Any) -> Any:
    if isinstance(shape, list):
        return []
    return {name: _empty(part) for name, part in shape.items()} if isinstance(shape, Mapping) else shape


def _wrong(where: str, message: Text) -> InvalidInputError:
    return InvalidInputError(message.zh, message.en, where=where or "/")
