"""Turns the cells of a row into the body that the library's own parser checks; what a cell says is not judged here."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from issuer.imports.mapping import ERROR_COLUMN, ColumnMapping
from issuer.library.licence import InspectionResult, LicenceState
from standards.errors import InvalidInputError
from standards.licence_types import LicenceType
from standards.licence_types.licence_type import FieldKind
from standards.text import Text

LONG_TERM: Final = frozenset({"长期", "长期有效", "long-term", "long term", "永久", "9999-12-31"})
"""How sources write that a licence has no last day."""

_DATE: Final = re.compile(
    r"([0-9]{4})(?:[-/.年]([0-9]{1,2})[-/.月]([0-9]{1,2})日?|([0-9]{2})([0-9]{2}))(?:[ T]00:00(?::00(?:\.0+)?)?)?",
    re.ASCII,
)
_WHOLE: Final = re.compile(r"-?[0-9]{1,15}(?:\.0+)?", re.ASCII)
_STATE_WORDS: Final[Mapping[str, str]] = {
    **{state.value: state.value for state in LicenceState},
    **{state.label.zh: state.value for state in LicenceState},
    **{state.label.en.casefold(): state.value for state in LicenceState},
    "正常": "valid",
    "在业": "valid",
}
_RESULT_WORDS: Final[Mapping[str, str]] = {
    **{result.value: result.value for result in InspectionResult},
    **{result.label.zh: result.value for result in InspectionResult},
}
_BODY_MEMBERS: Final = frozenset(
    {"type", "holders", "issue_date", "valid_from", "valid_until", "division", "licence_number", "fields",
     "inspection"}
)  # fmt: skip

Convert = Callable[[str], Any]


@dataclass(slots=True, repr=False)
class RowBody:
    """What a row says.

    Attributes:
        body: as ``parse_licence_draft`` reads it.
        key: the source system's key, or the licence number; empty where the row has neither.
        identifier: the licence identifier that the row names, or empty.
        state: value of ``LicenceState``, or empty where the row says nothing of it.
        state_reason: in words, or empty.
    """

    body: dict[str, Any]
    key: str
    identifier: str = ""
    state: str = ""
    state_reason: str = ""

    def says(self) -> dict[str, Any]:
        """Everything that counts for whether the row says something new."""
        return {"body": self.body, "state": self.state, "reason": self.state_reason}


class RowMapper:
    """A mapping made ready for the columns of one file."""

    def __init__(self, mapping: ColumnMapping, licence_type: LicenceType, header: Sequence[str]) -> None:
        """Args:
        mapping: checked against ``header``.
        licence_type: of the mapping.
        header: the columns of the file; empty for JSON Lines, whose members are named by each row.
        """
        places = {name: place for place, name in enumerate(header)}
        converts = _converts(licence_type)
        own = {field.name for field in licence_type.own_fields}
        self._type = licence_type.code
        self._constants: list[tuple[tuple[str | int, ...], Any]] = []
        self._places: list[tuple[tuple[str | int, ...], Any, Mapping[str, str], Convert | None]] = []
        self._key: Any = None if mapping.key is None else places.get(mapping.key, mapping.key)
        self._holders = 1
        for target, rule in mapping.columns.items():
            path = _path(target, own)
            if path[0] == "holders":
                self._holders = max(self._holders, int(path[1]) + 1)
            convert = converts.get(target)
            if rule.column is None:
                text = rule.constant or ""
                self._constants.append((path, text if convert is None else convert(text)))
            else:
                place = places.get(rule.column, rule.column)
                self._places.append((path, place, rule.values, convert))

    def body_of(self, cells: Sequence[str] | Mapping[str, Any]) -> RowBody:
        """What the cells say. A row of JSON Lines in the form of the interface is taken as it is."""
        if isinstance(cells, Mapping):
            if isinstance(cells.get("fields"), Mapping) or isinstance(cells.get("holders"), list):
                return _of_interface_form(cells, self._key, self._type)
            cells = {name: _cell(value) for name, value in cells.items() if name != ERROR_COLUMN}
            texts = [
                (path, cells.get(place, ""), values, convert) for path, place, values, convert in self._places
            ]
            key = "" if self._key is None else cells.get(self._key, "").strip()
        else:
            texts = [(path, cells[place], values, convert) for path, place, values, convert in self._places]
            key = "" if self._key is None else cells[self._key].strip()
        fields: dict[str, Any] = {}
        holders: list[dict[str, Any]] = [{} for _ in range(self._holders)]
        parts: dict[str, Any] = {}
        for path, value in self._constants:
            _put(path, value, fields, holders, parts)
        for path, raw, values, convert in texts:
            text = raw.strip()
            if values:
                text = values.get(text, text)
            if text:
                _put(path, text if convert is None else convert(text), fields, holders, parts)
        return self._row_body(fields, holders, parts, key)

    def _row_body(
        self, fields: dict[str, Any], holders: list[dict[str, Any]], parts: dict[str, Any], key: str
    ) -> RowBody:
        body: dict[str, Any] = {"type": self._type, "fields": fields}
        # A constant code type alone makes no further holder.
        named = [holder for holder in holders if "name" in holder or "number" in holder]
        body["holders"] = named or holders[:1]
        identifier = parts.pop("licence_identifier", "")
        state = parts.pop("state", "")
        reason = parts.pop("state_reason", "")
        result, due = parts.pop("inspection_result", None), parts.pop("inspection_due", None)
        if result is not None or due is not None:
            body["inspection"] = {"result": result or "not_inspected"} | ({"due": due} if due else {})
        body.update(parts)
        return RowBody(body, key or parts.get("licence_number", ""), identifier, state, reason)


def target_of(pointer: str | None) -> str:
    """The target that a place in the body (JSON pointer) came from; empty for the row as a whole."""
    parts = (pointer or "").strip("/").split("/")
    if parts[0] == "holders" and len(parts) == 3:
        return f"holder_{parts[2]}" if parts[1] == "0" else f"holder_{int(parts[1]) + 1}_{parts[2]}"
    if parts[0] == "holders":
        return "holder_number"
    if parts[0] == "inspection":
        return f"inspection_{parts[-1]}" if len(parts) > 1 else "inspection_result"
    return parts[-1]


def _path(target: str, own: set[str]) -> tuple[str | int, ...]:
    if target in own:
        return "fields", target
    if target.startswith("holder_"):
        number, _, part = target.removeprefix("holder_").partition("_")
        if number.isdigit():
            return "holders", int(number) - 1, part
        return "holders", 0, target.removeprefix("holder_")
    return "parts", target


def _put(
    path: tuple[Any, ...],
    value: Any,
    fields: dict[str, Any],
    holders: list[dict[str, Any]],
    parts: dict[str, Any],
) -> None:
    kind = path[0]
    if kind == "fields":
        fields[path[1]] = value
    elif kind == "holders":
        holders[path[1]][path[2]] = value
    else:
        parts[path[1]] = value


def _converts(licence_type: LicenceType) -> dict[str, Convert]:
    converts: dict[str, Convert] = {
        "issue_date": _date,
        "valid_from": _date,
        "valid_until": _last_day,
        "inspection_due": _date,
        "state": lambda text: _STATE_WORDS.get(text.casefold(), text),
        "inspection_result": lambda text: _RESULT_WORDS.get(text, text),
        "holder_number": str.upper,
    }
    for field in licence_type.own_fields:
        if field.kind is FieldKind.DATE:
            converts[field.name] = _date
        elif field.kind is FieldKind.INTEGER:
            converts[field.name] = _integer
    return converts


def _date(text: str) -> str:
    """The ISO form of a date as sources write it; anything else as it is, for the parser to refuse."""
    if len(text) == 10 and text[4] == "-" == text[7]:
        return text
    match = _DATE.fullmatch(text)
    if match is None:
        return text
    year, month, day = match[1], match[2] or match[4], match[3] or match[5]
    return f"{year}-{month:0>2}-{day:0>2}"


def _last_day(text: str) -> str | None:
    day = _date(text)
    return None if day.casefold() in LONG_TERM else day


def _integer(text: str) -> int | str:
    return int(text.partition(".")[0]) if _WHOLE.fullmatch(text) else text


def _cell(value: Any) -> str:
    if isinstance(value, str):
        return value
    if value is None:
        return ""
    return str(value).lower() if isinstance(value, bool) else str(value)


def _of_interface_form(cells: Mapping[str, Any], key: Any, type_code: str) -> RowBody:
    body = {name: cells[name] for name in _BODY_MEMBERS if name in cells}
    body.setdefault("type", type_code)
    if body["type"] != type_code:
        raise InvalidInputError(
            "此行是另一类证照。",
            "The row is a licence of another type.",
            where="/type",
            next_step=Text("一个文件只含一类证照。", "One file holds licences of one type."),
        )
    for name in cells:
        if name not in _BODY_MEMBERS and name not in _EXTRA_MEMBERS and name != key:
            raise InvalidInputError("不认识此项。", "This member is not known.", where=f"/{name[:64]}")
    number = cells.get("licence_number")
    own_key = cells.get(key) if key is not None else number
    texts = [cells.get(name, "") for name in ("licence_identifier", "state", "state_reason")]
    identifier, state, reason = (text if isinstance(text, str) else "" for text in texts)
    return RowBody(body, own_key if isinstance(own_key, str) else "", identifier, state, reason)


_EXTRA_MEMBERS: Final = frozenset({"licence_identifier", "state", "state_reason", ERROR_COLUMN})
