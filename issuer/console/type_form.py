"""The form of a licence type: what was typed, as the type's data; rows added, moved and taken out.

The name of an input is the JSON pointer of its place with points for slashes (``fields.0.label.zh``), so that every
mistake finds its input. Nothing is judged here: a draft may be wrong, and the check says where.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any, Final

from werkzeug.datastructures import MultiDict

from standards.errors import InvalidInputError
from standards.licence_types import COMMON_CLAIMS, Sensitivity
from standards.licence_types.bounded_pattern import MAX_PATTERN_CHARS
from standards.licence_types.coding import PartKind
from standards.licence_types.field_definition import MAX_FIELDS
from standards.text import Text

MASKS: Final[Mapping[str, dict[str, int] | None]] = {
    "open": None,
    "ends": {"show_first": 1, "show_last": 1},
    "number": {"show_first": 3, "show_last": 4},
    "family": {"show_first": 1, "show_last": 0},
    "all": {"show_first": 0, "show_last": 0},
}
MASK_NAMES: Final[Mapping[str, Text]] = {
    "open": Text("明文", "Shown openly"),
    "ends": Text("只显首末各一位", "First and last character"),
    "number": Text("显前三后四", "First three, last four"),
    "family": Text("只显首字", "First character only"),
    "all": Text("全部遮盖", "Hidden whole"),
    "keep": Text("按上一版", "As before"),
}
PALETTE: Final[Mapping[str, Text]] = {
    "#1d4f91": Text("藏青", "Navy"),
    "#15693f": Text("松绿", "Pine"),
    "#7a1f2b": Text("绛红", "Crimson"),
    "#5a2d6e": Text("紫", "Purple"),
    "#5b3b00": Text("赭石", "Ochre"),
    "#1f5f6b": Text("青", "Teal"),
    "#3d4450": Text("石墨", "Graphite"),
    "#f4e9d0": Text("米白", "Cream"),
}
"""Colours to begin with; any other may be typed."""

_ACTION: Final = re.compile(
    r"(fields|parts)\.(?:(add)(?::([a-z_]*))?|([0-9]{1,3})\.(up|down|remove))", re.ASCII
)
_NUMBER: Final = re.compile(r"[0-9]{1,9}", re.ASCII)
_MAX_PARTS: Final = 20


def content_of(form: MultiDict[str, str], before: Mapping[str, Any]) -> dict[str, Any]:
    """The type's data as typed.

    Args:
        form: untrusted.
        before: the content until now; what the form cannot express is kept from it.
    """
    content = dict(before)
    for name in ("name", "description", "issuing_function", "service_item"):
        content[name] = _text(form, name)
    for name in ("issuing_level", "department", "share_class"):
        content[name] = form.get(name, "")
    content["holder"] = {
        "category": form.get("holder.category", ""),
        "code_types": form.getlist("holder.code_types"),
        "minimum": _number(form, "holder.minimum"),
        "maximum": _number(form, "holder.maximum"),
    }
    content["validity"] = _validity(form, before)
    content["coding"] = _coding(form, before)
    content["appearance"] = {
        "background": form.get("appearance.background", "").strip().lower(),
        "text": form.get("appearance.text", "").strip().lower(),
    }
    content.pop("inspection", None)
    if "inspection" in form:
        content["inspection"] = {
            "name": _text(form, "inspection.name"),
            "every_months": _number(form, "inspection.every_months"),
            "overdue_invalidates": "inspection.overdue_invalidates" in form,
        }
    fields = _rows_of(before, "fields")
    content["fields"] = [
        _field(form, f"fields.{place}", fields[place] if place < len(fields) else {})
        for place in _places(form, "fields", MAX_FIELDS)
    ]
    return _with_compact_on_face(content)


def _with_compact_on_face(content: dict[str, Any]) -> dict[str, Any]:
    """What was taken off the face, or became sensitive, cannot go into the compact form; there is no input for it here."""
    compact = content.get("compact")
    if not isinstance(compact, list):
        return content
    allowed = [row.get("name") for row in content["fields"] if row.get("grade") != Sensitivity.SENSITIVE]
    return content | {"compact": [name for name in compact if name in allowed]}


def carry_out(content: dict[str, Any], action: str) -> dict[str, Any]:
    """The content with a row added, moved or taken out; an action that is none of these changes nothing.

    Args:
        content: of :func:`content_of`.
        action: ``fields.add``, ``fields.add:holder_name``, ``fields.3.up``, ``parts.0.remove`` …
    """
    match = _ACTION.fullmatch(action)
    if match is None:
        return content
    kind, add, name, place, move = match.groups()
    rows = list(content["fields"] if kind == "fields" else content["coding"].get("parts", []))
    if add:
        rows.append(_new_row(kind, name or "", rows))
    else:
        _moved(rows, int(place), move)
    if kind == "fields":
        return _with_compact_on_face(content | {"fields": rows})
    return content | {"coding": {**content["coding"], "parts": rows}}


def problems_by_place(errors: tuple[InvalidInputError, ...]) -> dict[str, Text]:
    """Name of an input → what is wrong with it; the first mistake of a place speaks."""
    found: dict[str, Text] = {}
    for error in errors:
        found.setdefault((error.where or "").strip("/").replace("/", "."), error.message)
    return found


def mask_choice(row: Mapping[str, Any]) -> str:
    """Which of ``MASKS`` a field has; ``keep`` for another one."""
    mask = row.get("mask")
    return next((name for name, data in MASKS.items() if data == mask), "keep")


def choice_lines(row: Mapping[str, Any]) -> str:
    """The choices of a field, one a line, Chinese and English with an equals sign between them."""
    return "\n".join(f"{one.get('zh', '')}={one.get('en', '')}" for one in row.get("choices", []))


def _field(form: MultiDict[str, str], at: str, before: Mapping[str, Any]) -> dict[str, Any]:
    name = form.get(f"{at}.name", "").strip()
    row: dict[str, Any] = {"name": name, "label": _text(form, f"{at}.label")}
    mask = form.get(f"{at}.mask", "open")
    kept = before.get("mask") if mask == "keep" else MASKS.get(mask)
    if kept is not None:
        row["mask"] = kept
    source = form.get(f"{at}.source", "")
    if source:
        row["source"] = source
    grade = _number(form, f"{at}.grade")
    if name in COMMON_CLAIMS:
        return row | ({"grade": grade} if grade else {})
    kind = form.get(f"{at}.kind", "")
    row |= {"grade": grade, "kind": kind, "required": f"{at}.required" in form}
    if before.get("name") == name and before.get("printed") is False:
        row["printed"] = False
    if kind == "choice":
        lines = (line.partition("=") for line in form.get(f"{at}.choices", "").splitlines() if line.strip())
        row["choices"] = [{"zh": zh.strip(), "en": (en or zh).strip()} for zh, _, en in lines]
    pattern = form.get(f"{at}.pattern", "")[: MAX_PATTERN_CHARS * 4]
    if pattern and kind in {"text", "long_text"}:
        row |= {"pattern": pattern, "hint": _text(form, f"{at}.hint")}
    longest = form.get(f"{at}.max_chars", "").strip()
    if longest:
        row["max_chars"] = _number(form, f"{at}.max_chars")
    return row


def _validity(form: MultiDict[str, str], before: Mapping[str, Any]) -> dict[str, Any]:
    kind = form.get("validity.kind", "")
    rule: dict[str, Any] = {"kind": kind, "description": _text(form, "validity.description")}
    if kind == "years":
        rule["years"] = _number(form, "validity.years")
        if "validity.or_long_term" in form:
            rule["or_long_term"] = True
    old = before.get("validity")
    if kind == "by_age" and isinstance(old, dict) and "bands" in old:
        rule["bands"] = old["bands"]
    return rule


def _coding(form: MultiDict[str, str], before: Mapping[str, Any]) -> dict[str, Any]:
    if "coding.keep" in form and isinstance(before.get("coding"), dict):
        return {**before["coding"], "description": _text(form, "coding.description")}
    parts = []
    for place in _places(form, "coding.parts", _MAX_PARTS):
        at = f"coding.parts.{place}"
        part: dict[str, Any] = {"kind": form.get(f"{at}.kind", "")}
        if part["kind"] in {PartKind.LITERAL, PartKind.FIELD}:
            part["value"] = form.get(f"{at}.value", "")
        if part["kind"] == PartKind.SEQUENCE:
            part["digits"] = _number(form, f"{at}.digits") or 6
        parts.append(part)
    return {"description": _text(form, "coding.description"), "parts": parts}


def _new_row(kind: str, name: str, rows: list[Any]) -> dict[str, Any]:
    if kind == "parts":
        return {"kind": "literal", "value": ""}
    claim = COMMON_CLAIMS.get(name)
    if claim is not None:
        return {"name": name, "label": claim.label.to_json()}
    taken = {row.get("name") for row in rows if isinstance(row, dict)}
    free = next(f"field_{number}" for number in range(1, MAX_FIELDS + 2) if f"field_{number}" not in taken)
    return {"name": free, "label": {"zh": "", "en": ""}, "kind": "text", "grade": 2, "required": False}


def _moved(rows: list[Any], place: int, move: str) -> None:
    if place >= len(rows):
        return
    if move == "remove":
        del rows[place]
        return
    other = place + (-1 if move == "up" else 1)
    if 0 <= other < len(rows):
        rows[place], rows[other] = rows[other], rows[place]


def _places(form: MultiDict[str, str], prefix: str, most: int) -> Iterator[int]:
    name = "kind" if prefix.endswith("parts") else "name"
    for place in range(most):
        if f"{prefix}.{place}.{name}" not in form:
            return
        yield place


def _rows_of(content: Mapping[str, Any], name: str) -> list[Mapping[str, Any]]:
    rows = content.get(name)
    return [row if isinstance(row, dict) else {} for row in rows] if isinstance(rows, list) else []


def _text(form: MultiDict[str, str], name: str) -> dict[str, str]:
    return {language: form.get(f"{name}.{language}", "").strip() for language in ("zh", "en")}


def _number(form: MultiDict[str, str], name: str) -> int | None:
    text = form.get(name, "").strip()
    return int(text) if _NUMBER.fullmatch(text) else None
