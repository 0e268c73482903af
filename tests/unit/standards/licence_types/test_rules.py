from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from standards.licence_types import FieldKind, InvalidFieldError, check_fields, load_catalogue
from standards.licence_types.masking import NUMBER_MASK, Mask
from standards.licence_types.validity import anniversary

BY_NAME = {licence_type.name.en: licence_type for licence_type in load_catalogue()}
BIRTH = BY_NAME["Medical certificate of birth"]
RIGHT = {
    "sex": "女",
    "birth_date": "2024-05-06",
    "birth_time": "08:30",
    "birth_weight_grams": 3200,
    "birth_division": "330100",
    "mother_name": "李小红",
    "mother_number": "990101199001010027",
}


def test_right_fields_have_no_errors():
    assert check_fields(BIRTH, RIGHT) == ()


@pytest.mark.parametrize(
    ("name", "value", "words"),
    [
        ("sex", "F", "Male|女"),
        ("sex", ["女"], "expected"),
        ("birth_date", "2024-02-30", "date"),
        ("birth_date", 20240506, "text"),
        ("birth_time", "25:00", "time"),
        ("birth_weight_grams", "3200", "integer"),
        ("birth_weight_grams", True, "integer"),
        ("birth_weight_grams", -1, "integer"),
        ("birth_weight_grams", 3.5, "integer"),
        ("birth_division", "33010", "division"),
        ("mother_name", " ", "empty"),
        ("mother_name", "李\u0000", "printed"),
        ("mother_name", "李\u202e小", "printed"),
        ("mother_name", "x" * 61, "60"),
        ("mother_name", None, "text"),
        ("mother_number", "990101199001010017", "check digit"),
    ],
)
def test_a_wrong_value_says_where_and_why(name, value, words):
    (error,) = check_fields(BIRTH, RIGHT | {name: value}, where="/fields")
    assert isinstance(error, InvalidFieldError)
    assert error.where == f"/fields/{name}"
    assert any(word in error.message.en for word in words.split("|"))
    assert BIRTH.field(name).label.zh in error.message.zh


def test_every_error_is_named_at_once():
    errors = check_fields(BIRTH, {"birth_time": "noon", "holder_name": "x", "shoe/size": "35"})
    assert [error.where for error in errors] == [
        "/fields/sex",
        "/fields/birth_date",
        "/fields/birth_time",
        "/fields/birth_weight_grams",
        "/fields/birth_division",
        "/fields/mother_name",
        "/fields/mother_number",
        "/fields/holder_name",
        "/fields/shoe~1size",
    ]


def test_a_pattern_explains_itself():
    vehicle = BY_NAME["Vehicle licence"]
    errors = {error.where: error for error in check_fields(vehicle, {"vin": "IOQ"})}
    assert errors["/fields/vin"].next_step == vehicle.field("vin").hint


json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=5,
)
field_names = sorted({field.name for found in load_catalogue() for field in found.fields})


@given(
    st.sampled_from(load_catalogue().all()),
    st.dictionaries(st.sampled_from(field_names) | st.text(), json_values, max_size=8),
)
def test_any_values_answer_with_named_errors(licence_type, values):
    for error in check_fields(licence_type, values):
        assert error.where.startswith("/fields/")


@pytest.mark.parametrize(
    ("age", "end"),
    [
        (3, date(2029, 3, 1)),
        (16, date(2034, 3, 1)),
        (25, date(2034, 3, 1)),
        (26, date(2044, 3, 1)),
        (46, None),
    ],
)
def test_an_identity_card_holds_by_age(age, end):
    assert BY_NAME["Resident identity card"].validity.end(date(2024, 3, 1), age=age) == end


def test_other_validity_rules():
    start = date(2024, 2, 29)
    assert BY_NAME["Food business licence"].validity.end(start) == date(2029, 2, 28)
    assert BY_NAME["Marriage certificate"].validity.end(start) is None
    assert BY_NAME["Driving licence"].validity.may_be_long_term
    assert not BY_NAME["Food business licence"].validity.may_be_long_term


def test_an_anniversary_of_a_leap_day():
    assert anniversary(date(2024, 2, 29), 4) == date(2028, 2, 29)
    assert anniversary(date(2024, 2, 29), 1) == date(2025, 2, 28)


@pytest.mark.parametrize(
    ("mask", "value", "shown"),
    [
        (NUMBER_MASK, "990101199001010019", "9****************9"),
        (NUMBER_MASK, "12", "**"),
        (NUMBER_MASK, "", ""),
        (Mask(hide_from=11, hide_to=14), "990101199001010019", "9901011990****0019"),
        (Mask(1, 0), "张小明", "张**"),
    ],
)
def test_masks(mask, value, shown):
    assert mask.apply(value) == shown


def test_decimal_fields_are_text():
    """A floor area of 89.50 keeps its last digit; a JSON number would lose it → refused."""
    title = BY_NAME["Real-estate title"]
    assert title.field("floor_area_square_metres").kind is FieldKind.DECIMAL
    for value, right in (("89.50", True), (89.5, False), ("1e3", False), ("089", False), ("-1", False)):
        wrong = {error.where for error in check_fields(title, {"floor_area_square_metres": value})}
        assert ("/fields/floor_area_square_metres" not in wrong) is right
