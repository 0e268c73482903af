"""The form of a licence type: what is typed becomes the type's data, and rows can be added, moved and taken out."""

from __future__ import annotations

from typing import Any

import pytest
from werkzeug.datastructures import MultiDict

from issuer.console.type_form import carry_out, choice_lines, content_of, mask_choice, problems_by_place
from standards.errors import InvalidInputError
from standards.licence_types import check_licence_type, load_catalogue
from standards.licence_types.type_data import type_data
from tests.support.made_types import bee_permit, inputs_of

GIVEN = {"defining_authority": {"uscc": "x"}, "code_origin": "published"}


def form_of(data: dict[str, Any], **more: Any) -> MultiDict[str, str]:
    """The form as a browser sends it."""
    typed: MultiDict[str, str] = MultiDict()
    for name, value in (dict(inputs_of(data)) | more).items():
        for one in value if isinstance(value, list) else [value]:
            typed.add(name, str(one))
    return typed


def test_what_is_typed_becomes_the_types_data() -> None:
    masks = {
        f"fields.{place}.mask": "keep" for place, row in enumerate(bee_permit()["fields"]) if "mask" in row
    }
    content = content_of(form_of(bee_permit(), **masks), bee_permit() | GIVEN)
    expected = bee_permit() | GIVEN
    for row in expected["fields"]:
        row.setdefault("label", {})
    assert {name: value for name, value in content.items() if name != "fields"} == {
        name: value for name, value in expected.items() if name != "fields"
    }
    for typed, meant in zip(content["fields"], expected["fields"], strict=True):
        assert {name: value for name, value in typed.items() if value is not None} == meant


@pytest.mark.parametrize("licence_type", load_catalogue().all(), ids=lambda one: one.name.en)
def test_the_form_loses_nothing_of_a_type_that_ships(licence_type: Any) -> None:
    """A next version of a shipped type begins with its data: bands by age, codes of choices and rich patterns stay."""
    before = type_data(licence_type)
    masks = {f"fields.{place}.mask": mask_choice(row) for place, row in enumerate(before["fields"])}
    ticks = {"coding.keep": "on"} | ({"inspection": "on"} if "inspection" in before else {})
    content = content_of(form_of(before, **masks, **ticks), before)
    patterns = [row["pattern"] for row in before["fields"] if "pattern" in row]
    trusted = frozenset([licence_type.coding.pattern.pattern, *patterns])
    again, errors = check_licence_type(content, trusted_patterns=trusted)
    assert errors == ()
    assert again == licence_type


@pytest.mark.parametrize(
    ("action", "names"),
    [
        ("fields.0.down", ["holder_name", "licence_number", "place"]),
        ("fields.2.up", ["licence_number", "place", "holder_name"]),
        ("fields.1.remove", ["licence_number", "place"]),
        ("fields.add:issue_date", ["licence_number", "holder_name", "place", "issue_date"]),
        ("fields.add", ["licence_number", "holder_name", "place", "field_1"]),
        ("fields.0.up", ["licence_number", "holder_name", "place"]),
        ("fields.9.remove", ["licence_number", "holder_name", "place"]),
        ("fields.__class__", ["licence_number", "holder_name", "place"]),
    ],
)
def test_rows_are_added_moved_and_taken_out(action: str, names: list[str]) -> None:
    rows = [{"name": name, "label": {}} for name in ("licence_number", "holder_name", "place")]
    content = carry_out({"fields": rows, "coding": {"parts": []}}, action)
    assert [row["name"] for row in content["fields"]] == names


def test_parts_of_the_number_are_added_and_taken_out() -> None:
    content: dict[str, Any] = {"fields": [], "coding": {"parts": [{"kind": "year"}]}}
    more = carry_out(content, "parts.add")
    assert [part["kind"] for part in more["coding"]["parts"]] == ["year", "literal"]
    assert carry_out(more, "parts.0.remove")["coding"]["parts"] == [{"kind": "literal", "value": ""}]


@pytest.mark.parametrize(
    "typed", [{}, {"holder.minimum": "-1"}, {"fields.0.name": "x"}, {"validity.years": "9" * 99}]
)
def test_whatever_is_sent_is_a_draft_and_the_check_names_its_mistakes(typed: dict[str, str]) -> None:
    content = content_of(MultiDict(typed), bee_permit() | GIVEN)
    licence_type, errors = check_licence_type(content | {"code": "x", "version": "1"})
    assert licence_type is None
    assert {"/name/zh", "/department"} <= {error.where for error in errors}


def test_a_mistake_finds_its_input() -> None:
    errors = (InvalidInputError("a", "a", where="/fields/0/label/zh"), InvalidInputError("b", "b"))
    assert set(problems_by_place(errors)) == {"fields.0.label.zh", ""}


def test_choices_are_written_one_a_line() -> None:
    assert choice_lines({"choices": [{"zh": "甲", "en": "A"}, {"zh": "乙", "en": "B"}]}) == "甲=A\n乙=B"


def test_what_leaves_the_face_leaves_the_compact_form() -> None:
    """A next version of the driving licence without its classes, or with classes that are sensitive: no mistake remains
    that nobody could mend in the form."""
    before = type_data(load_catalogue().by_code("11100000000013338W901"))
    place = next(n for n, row in enumerate(before["fields"]) if row["name"] == "vehicle_classes")
    assert "vehicle_classes" in before["compact"]
    removed = carry_out(content_of(form_of(before), before), f"fields.{place}.remove")
    assert removed["compact"] == [name for name in before["compact"] if name != "vehicle_classes"]
    sensitive = content_of(form_of(before, **{f"fields.{place}.grade": "4"}), before)
    assert sensitive["compact"] == removed["compact"]
