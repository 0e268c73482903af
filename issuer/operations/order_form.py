"""The console's form for a bulk operation: between its fields and the request of the interface."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import date
from typing import Any, Final

from issuer.library.reason_codes import REASON_CODES
from issuer.library.selection import DayRange, Selection
from issuer.operations.bulk_operation import BULK_OPERATIONS
from standards.licence_types import Catalogue
from standards.text import Text

_RANGES: Final = ("valid_until", "issue_date")

FIELD_OF: Final[Mapping[str, str]] = {
    "/operation": "what",
    "/reason_code": "what",
    "/reason": "reason",
    "/inspection": "inspection_result",
    "/inspection/result": "inspection_result",
    "/inspection/due": "inspection_due",
    "/selection/type": "type",
    "/selection/states": "state",
    "/selection/division": "division",
    "/selection/source": "source",
    "/selection/inspection_overdue_on": "overdue",
    "/selection/identifiers": "identifiers",
    **{f"/selection/{name}/{end}": f"{name}_{end}" for name in _RANGES for end in ("from", "to")},
}
"""Place in the request → field of the form."""


def body_of_form(form: Mapping[str, str], today: date) -> dict[str, Any]:
    """The request in a form; what was left empty is left out."""
    operation, _, code = form.get("what", "").partition("/")
    body: dict[str, Any] = {
        "selection": _selection_of_form(form, today),
        "operation": operation,
        "reason_code": code,
        "reason": form.get("reason", ""),
    }
    if operation == "inspect":
        inspection = {"result": form.get("inspection_result", ""), "due": form.get("inspection_due", "")}
        body["inspection"] = {name: value for name, value in inspection.items() if value}
    if form.get("preview"):
        body["preview"] = form["preview"]
    return body


def _selection_of_form(form: Mapping[str, str], today: date) -> dict[str, Any]:
    selection: dict[str, Any] = {
        name: form[name].strip() for name in ("type", "division", "source") if form.get(name, "").strip()
    }
    if form.get("state"):
        selection["states"] = [form["state"]]
    for name in _RANGES:
        ends = {end: form.get(f"{name}_{end}", "").strip() for end in ("from", "to")}
        if any(ends.values()):
            selection[name] = {end: day for end, day in ends.items() if day}
    if form.get("overdue"):
        selection["inspection_overdue_on"] = today.isoformat()
    identifiers = re.split(r"[\s,;，；、]+", form.get("identifiers", "").strip())
    if identifiers != [""]:
        selection["identifiers"] = list(dict.fromkeys(identifiers))
    return selection


def field_at(where: str | None) -> str | None:
    """The field of the form that a place of the request belongs to, or ``None``."""
    place = where or ""
    while place:
        if place in FIELD_OF:
            return FIELD_OF[place]
        place = place.rpartition("/")[0]
    return None


def grounds() -> list[tuple[Text, list[tuple[str, Text]]]]:
    """Operation → (value of the field ``what``, ground), for the choice of both at once."""
    return [
        (operation.label, [(f"{operation}/{code}", label) for code, label in REASON_CODES[operation].items()])
        for operation in BULK_OPERATIONS
    ]


def words_of(selection: Selection, catalogue: Catalogue) -> list[tuple[Text, Text]]:
    """The conditions of a selection in words: (label, value)."""
    found: list[tuple[Text, Text]] = []

    def add(zh: str, en: str, value: Text | str) -> None:
        found.append((Text(zh, en), value if isinstance(value, Text) else Text(value, value)))

    if selection.type_code is not None:
        licence_type = catalogue.find(selection.type_code)
        add("证照类型", "Licence type", selection.type_code if licence_type is None else licence_type.name)
    if selection.states:
        labels = sorted((state.label for state in selection.states), key=lambda label: label.en)
        zh, en = "、".join(label.zh for label in labels), ", ".join(label.en for label in labels)
        add("状态", "State", Text(zh, en))
    if selection.division is not None:
        add("区划", "Division", selection.division)
    if selection.valid_until is not None:
        add("有效期届满日", "Last day of validity", _days(selection.valid_until))
    if selection.issue_date is not None:
        add("颁发日期", "Issued", _days(selection.issue_date))
    if selection.inspection_overdue_on is not None:
        day = selection.inspection_overdue_on.isoformat()
        add("检验", "Inspection", Text(f"截至 {day} 逾期未检", f"overdue on {day}"))
    if selection.source is not None:
        add("数据来源", "Source", selection.source)
    if selection.identifiers:
        count = len(selection.identifiers)
        add("指定证照", "Named licences", Text(f"{count} 件", f"{count}"))
    if not found:
        add("范围", "Extent", Text("本机构的全部证照", "All licences of this authority"))
    return found


def _days(days: DayRange) -> Text:
    first = "…" if days.first is None else days.first.isoformat()
    last = "…" if days.last is None else days.last.isoformat()
    return Text(f"{first} 至 {last}", f"{first} to {last}")
