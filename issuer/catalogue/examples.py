"""A complete fictional body of ``POST /api/v1/licences`` for each type, for systems that are being connected.

They belong to the first citizen of the demo, or to a business of his. Serial and number are left to the library, so
that posting one again makes a further licence. For a type that was made in the console the values follow from its
fields' kinds.
"""

from __future__ import annotations

from datetime import date
from functools import cache
from importlib import resources
from typing import Any, Final

import orjson

from service.demo.people import CITIZENS
from standards.codes.holder_code import CITIZEN_NUMBER, USCC
from standards.licence_types import FieldKind, LicenceField, LicenceType
from standards.licence_types.bounded_pattern import example_of
from standards.licence_types.validity import ValidityKind

_FILE: Final = "data/examples.json"

_CITIZEN: Final = {"name": "张小明", "code_type": CITIZEN_NUMBER, "number": "990101198805120016"}
_OTHER_CITIZENS: Final = ({"name": "李小红", "code_type": CITIZEN_NUMBER, "number": "990101199203080023"},)
_BUSINESS: Final = {"name": "杭州小明面馆（示例）", "code_type": USCC, "number": "92990101MA99X00283"}

_OF_KIND: Final[dict[FieldKind, Any]] = {
    FieldKind.DATE: "2026-01-15",
    FieldKind.TIME: "09:00",
    FieldKind.INTEGER: 1,
    FieldKind.DECIMAL: "1.0",
    FieldKind.CITIZEN_NUMBER: _CITIZEN["number"],
    FieldKind.USCC: _BUSINESS["number"],
    FieldKind.DIVISION: "330100",
    FieldKind.IMAGE: CITIZENS[0].portrait,
}


def example_body(licence_type: LicenceType, today: date) -> dict[str, Any]:
    """The example for a type, issued today.

    Args:
        licence_type: of the catalogue.
        today: the day in China; an older day would let the first inspection fall due.
    """
    kept = _examples().get(licence_type.code)
    example = _made(licence_type, today) if kept is None else orjson.loads(kept)
    # A later version of a type that ships may have other fields.
    given = example["fields"]
    example["fields"] = {
        field.name: given.get(field.name, _value(field))
        for field in licence_type.own_fields
        if field.name in given or field.required or field.kind is FieldKind.IMAGE
    }
    return {"type": licence_type.code, "issue_date": today.isoformat(), **example}


def example_fields(licence_type: LicenceType) -> dict[str, Any]:
    """An example value for every own field, optional ones included: for a preview."""
    given = orjson.loads(_examples().get(licence_type.code, b'{"fields":{}}'))["fields"]
    return {field.name: given.get(field.name, _value(field)) for field in licence_type.own_fields}


def _made(licence_type: LicenceType, today: date) -> dict[str, Any]:
    rule = licence_type.holder
    holders: list[dict[str, str]] = []
    if CITIZEN_NUMBER in rule.code_types:
        holders = [_CITIZEN, *_OTHER_CITIZENS]
    elif USCC in rule.code_types:
        holders = [_BUSINESS]
    others = (
        {"name": f"示例持证人{place}", "code_type": rule.code_types[0], "number": f"Z99000000{place}"}
        for place in range(1, 10)
    )
    holders = [*holders[: rule.maximum], *others]
    made: dict[str, Any] = {"holders": holders[: rule.minimum], "fields": {}}
    if licence_type.validity.kind is ValidityKind.STATED:
        made["valid_until"] = date(today.year + 1, 12, 31).isoformat()
    return made


def _value(field: LicenceField) -> Any:
    if field.kind is FieldKind.CHOICE:
        return field.choices[0].value
    if field.kind in _OF_KIND:
        return _OF_KIND[field.kind]
    text = example_of(field.pattern.pattern) if field.pattern is not None else None
    return text or f"示例{field.label.zh}"[: field.max_chars]


@cache
def _examples() -> dict[str, bytes]:
    """Encoded by type code, so that nobody can change a kept example."""
    data = resources.files(__package__).joinpath(_FILE).read_bytes()
    return {code: orjson.dumps(body) for code, body in orjson.loads(data).items()}
