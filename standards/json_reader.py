"""A small typed reader for untrusted JSON.

A parser walks the input once with a ``Reader`` and comes out with plain typed values, or with an error that names
the place by JSON pointer (RFC 6901). Sizes have limits from the start, so that no parser forgets one.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, datetime
from typing import Any, Final

import orjson

from standards.errors import InvalidInputError

DEFAULT_MAX_CHARS: Final = 4096
"""Longest text that a member may hold unless its reader says otherwise, in characters."""

DEFAULT_MAX_ITEMS: Final = 256
"""Most items that a list may hold unless its reader says otherwise."""

LARGEST_INTEGER: Final = 2**53 - 1
"""Largest integer that every JSON implementation keeps exactly (RFC 8259 section 6)."""


_LATEST_SECOND: Final = 253_402_300_799  # 9999-12-31T23:59:59Z, the last that a datetime holds

MAX_DEPTH: Final = 64
"""Deepest nesting of a document. The decoder takes 1,024 levels and the encoder 254: what is read can be written."""


def parse_json(data: bytes | str, *, error: type[InvalidInputError] = InvalidInputError) -> Any:
    """The JSON value in ``data``; raises ``error`` on anything else, too deep a nesting included."""
    try:
        value = orjson.loads(data)
    except (orjson.JSONDecodeError, UnicodeEncodeError) as cause:
        raise error("内容不是有效的 JSON。", "The content is not valid JSON.") from cause
    if _may_be_deep(data) and _is_too_deep(value):
        raise error(f"JSON 嵌套超过 {MAX_DEPTH} 层。", f"The JSON is nested deeper than {MAX_DEPTH} levels.")
    return value


def _may_be_deep(data: bytes | str) -> bool:
    """Whether there are brackets enough; counting them costs nothing beside the walk."""
    opened = (
        data.count("[") + data.count("{") if isinstance(data, str) else data.count(b"[") + data.count(b"{")
    )
    return opened > MAX_DEPTH


def _is_too_deep(value: Any) -> bool:
    level = [value] if isinstance(value, dict | list) else []
    for _ in range(MAX_DEPTH):
        inside = (item.values() if isinstance(item, dict) else item for item in level)
        level = [child for items in inside for child in items if isinstance(child, dict | list)]
        if not level:
            return False
    return True


# Inside the class, ``list`` is its method.
_Items = list[Any]


class Reader:
    """Reads the members of one JSON object.

    Every method raises the ``error`` class given at construction, with ``where`` set to the JSON pointer of the
    member. ``optional_*`` answers ``None`` for an absent member and refuses a member of the wrong kind.
    """

    __slots__ = ("_error", "_members", "_where")

    def __init__(
        self, obj: Any, where: str = "", *, error: type[InvalidInputError] = InvalidInputError
    ) -> None:
        self._error = error
        self._where = where
        if not isinstance(obj, dict):
            raise error("此处应为 JSON 对象。", "A JSON object is expected here.", where=where or "/")
        self._members: dict[str, Any] = obj

    @property
    def where(self) -> str:
        """JSON pointer of this object; the empty string is the whole document."""
        return self._where

    def __contains__(self, name: str) -> bool:
        return name in self._members

    def names(self) -> tuple[str, ...]:
        """Names of all members, in the order of the input."""
        return tuple(self._members)

    def pointer(self, *tokens: str | int) -> str:
        """JSON pointer of a place under this object (RFC 6901 section 3)."""
        where = self._where
        for token in tokens:
            text = str(token)
            if "~" in text or "/" in text:
                text = text.replace("~", "~0").replace("/", "~1")
            where += f"/{text}"
        return where

    def fail(self, name: str, zh: str, en: str) -> InvalidInputError:
        """The error for member ``name``; for rules that this reader does not know. The caller raises it."""
        return self._error(zh, en, where=self.pointer(name))

    def refuse_unknown(self, known: frozenset[str]) -> None:
        """Raises if there is a member that is not in ``known``."""
        for name in self._members:
            if name not in known:
                raise self.fail(name, "不认识此项。", "This member is not known.")

    # -- one method per kind; each optional form stands beside it ---------------------------------------------

    def any(self, name: str) -> Any:
        """The member as it is, unchecked."""
        if name not in self._members:
            raise self.fail(name, "缺少必填项。", "This member is required.")
        return self._members[name]

    def text(
        self, name: str, *, max_chars: int = DEFAULT_MAX_CHARS, min_chars: int = 1, strip: bool = False
    ) -> str:
        """A text of ``min_chars`` to ``max_chars`` characters."""
        value = self.any(name)
        if not isinstance(value, str):
            raise self.fail(name, "此项应为文字。", "This member must be a text.")
        if strip:
            value = value.strip()
        if not min_chars <= len(value) <= max_chars:
            raise self.fail(
                name,
                f"此项应为 {min_chars} 至 {max_chars} 个字符。",
                f"This member must have {min_chars} to {max_chars} characters.",
            )
        return value

    def optional_text(
        self, name: str, *, max_chars: int = DEFAULT_MAX_CHARS, min_chars: int = 1, strip: bool = False
    ) -> str | None:
        """Like ``text``; ``None`` when absent."""
        if name not in self._members:
            return None
        return self.text(name, max_chars=max_chars, min_chars=min_chars, strip=strip)

    def integer(self, name: str, *, minimum: int = 0, maximum: int = LARGEST_INTEGER) -> int:
        """An integer from ``minimum`` to ``maximum``; never a boolean, never a number with a fraction."""
        value = self.any(name)
        if not isinstance(value, int) or isinstance(value, bool):
            raise self.fail(name, "此项应为整数。", "This member must be an integer.")
        if not minimum <= value <= maximum:
            raise self.fail(
                name,
                f"此项应在 {minimum} 与 {maximum} 之间。",
                f"This member must be from {minimum} to {maximum}.",
            )
        return value

    def optional_integer(self, name: str, *, minimum: int = 0, maximum: int = LARGEST_INTEGER) -> int | None:
        """Like ``integer``; ``None`` when absent."""
        return self.integer(name, minimum=minimum, maximum=maximum) if name in self._members else None

    def instant(self, name: str) -> datetime:
        """A NumericDate (RFC 7519 section 2): seconds since the epoch, a fraction allowed, as aware UTC."""
        value = self.any(name)
        if isinstance(value, bool) or not isinstance(value, int | float):
            raise self.fail(name, "时间应为数字。", "A time must be a number of seconds.")
        if not 0 <= value <= _LATEST_SECOND:
            raise self.fail(name, "时间无效。", "The time is not valid.")
        return datetime.fromtimestamp(value, UTC)

    def optional_instant(self, name: str) -> datetime | None:
        """Like ``instant``; ``None`` when absent."""
        return self.instant(name) if name in self._members else None

    def iso_instant(self, name: str) -> datetime:
        """An instant as RFC 3339 writes it, with a zone; as aware UTC."""
        try:
            value = datetime.fromisoformat(self.text(name, max_chars=40))
            if value.tzinfo is not None:
                return value.astimezone(UTC)
        except (ValueError, OverflowError):
            pass
        raise self.fail(name, "时间格式不正确，须带时区。", "An instant with its zone is expected here.")

    def optional_iso_instant(self, name: str) -> datetime | None:
        """Like ``iso_instant``; ``None`` when absent."""
        return self.iso_instant(name) if name in self._members else None

    def boolean(self, name: str) -> bool:
        """``true`` or ``false``."""
        value = self.any(name)
        if not isinstance(value, bool):
            raise self.fail(name, "此项应为 true 或 false。", "This member must be true or false.")
        return value

    def optional_boolean(self, name: str) -> bool | None:
        """Like ``boolean``; ``None`` when absent."""
        return self.boolean(name) if name in self._members else None

    def choice(self, name: str, choices: Sequence[str] | frozenset[str]) -> str:
        """One of the texts in ``choices``."""
        value = self.any(name)
        if not isinstance(value, str) or value not in choices:
            listed = ", ".join(sorted(choices))
            raise self.fail(name, f"此项应为以下之一：{listed}。", f"This member must be one of: {listed}.")
        return value

    def optional_choice(self, name: str, choices: Sequence[str] | frozenset[str]) -> str | None:
        """Like ``choice``; ``None`` when absent."""
        return self.choice(name, choices) if name in self._members else None

    def object(self, name: str) -> Reader:
        """A reader of the object under ``name``."""
        return Reader(self.any(name), self.pointer(name), error=self._error)

    def optional_object(self, name: str) -> Reader | None:
        """Like ``object``; ``None`` when absent."""
        return self.object(name) if name in self._members else None

    def mapping(self, name: str) -> Mapping[str, Any]:
        """The object under ``name`` with its values unchecked."""
        value = self.any(name)
        if not isinstance(value, dict):
            raise self.fail(name, "此项应为 JSON 对象。", "This member must be a JSON object.")
        return value

    def list(self, name: str, *, min_items: int = 0, max_items: int = DEFAULT_MAX_ITEMS) -> _Items:
        """The items of the list under ``name``, unchecked."""
        value = self.any(name)
        if not isinstance(value, list):
            raise self.fail(name, "此项应为列表。", "This member must be a list.")
        if not min_items <= len(value) <= max_items:
            raise self.fail(
                name,
                f"列表应有 {min_items} 至 {max_items} 项。",
                f"The list must have {min_items} to {max_items} items.",
            )
        return value

    def optional_list(
        self, name: str, *, min_items: int = 0, max_items: int = DEFAULT_MAX_ITEMS
    ) -> _Items | None:
        """Like ``list``; ``None`` when absent."""
        return self.list(name, min_items=min_items, max_items=max_items) if name in self._members else None

    def objects(
        self, name: str, *, min_items: int = 0, max_items: int = DEFAULT_MAX_ITEMS
    ) -> Iterator[Reader]:
        """A reader for each object of the list under ``name``."""
        for index, item in enumerate(self.list(name, min_items=min_items, max_items=max_items)):
            yield Reader(item, self.pointer(name, index), error=self._error)

    def texts(
        self,
        name: str,
        *,
        max_chars: int = DEFAULT_MAX_CHARS,
        min_items: int = 0,
        max_items: int = DEFAULT_MAX_ITEMS,
    ) -> tuple[str, ...]:
        """The texts of the list under ``name``, each of 1 to ``max_chars`` characters."""
        items = self.list(name, min_items=min_items, max_items=max_items)
        for index, item in enumerate(items):
            if not isinstance(item, str) or not 0 < len(item) <= max_chars:
                raise self._error(
                    f"此处应为不超过 {max_chars} 个字符的文字。",
                    f"A text of at most {max_chars} characters is expected here.",
                    where=self.pointer(name, index),
                )
        return tuple(items)

    def optional_texts(
        self,
        name: str,
        *,
        max_chars: int = DEFAULT_MAX_CHARS,
        min_items: int = 0,
        max_items: int = DEFAULT_MAX_ITEMS,
    ) -> tuple[str, ...] | None:
        """Like ``texts``; ``None`` when absent."""
        if name not in self._members:
            return None
        return self.texts(name, max_chars=max_chars, min_items=min_items, max_items=max_items)
