from __future__ import annotations

import contextlib
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from standards.codes.citizen_number import (
    UNKNOWN_DIVISION,
    InvalidCitizenNumberError,
    Sex,
    build_citizen_number,
    parse_citizen_number,
)


def test_parts_of_a_number():
    number = parse_citizen_number(build_citizen_number("990101", date(1990, 2, 28), "012").text)
    assert (number.division, number.birth_date, number.sex) == ("990101", date(1990, 2, 28), Sex.FEMALE)
    assert number.warnings == ()


def test_a_person_born_before_the_division_existed_is_real():
    """Division 330106 has existed since 1983, the person was born in 1960 → accepted (stdnum's validate refuses)."""
    from stdnum.cn import ric

    text = build_citizen_number("330106", date(1960, 5, 1), "001").text
    assert not ric.is_valid(text)
    assert parse_citizen_number(text).warnings == ()


def test_a_retired_division_is_no_warning_and_an_unknown_one_is():
    assert parse_citizen_number(build_citizen_number("330103", date(1990, 1, 1), "001").text).warnings == ()
    unknown = parse_citizen_number(build_citizen_number("998877", date(1990, 1, 1), "001").text)
    assert unknown.warnings == (UNKNOWN_DIVISION,)


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("99010119900230001X", "birth date"),
        ("990101199001010010", "check digit"),
        ("990101900101001", "18 digits"),
        ("99010119900101001x", "18 digits"),
        ("９90101199001010019", "18 digits"),
        ("990101000001010017", "birth date"),
    ],
)
def test_wrong_numbers_say_why_and_never_repeat_the_number(text, reason):
    with pytest.raises(InvalidCitizenNumberError) as caught:
        parse_citizen_number(text)
    assert reason in caught.value.message.en
    assert text not in caught.value.message.zh + caught.value.message.en


def test_the_number_never_shows_in_a_representation():
    number = build_citizen_number("990101", date(1990, 1, 1), "001")
    assert number.text not in repr(number)


@pytest.mark.parametrize(
    ("day", "age"), [(date(2026, 3, 1), 26), (date(2026, 2, 28), 25), (date(2000, 2, 29), 0)]
)
def test_age_in_completed_years(day, age):
    assert build_citizen_number("990101", date(2000, 2, 29), "001").age_on(day) == age


@given(st.dates(date(1850, 1, 1), date(2100, 1, 1)), st.integers(0, 999))
def test_built_numbers_read_back(birth_date, sequence):
    number = build_citizen_number("990101", birth_date, f"{sequence:03d}")
    assert parse_citizen_number(number.text) == number


@given(st.text() | st.from_regex(r"[0-9]{17}[0-9X]", fullmatch=True))
def test_any_text_answers_with_a_value_or_its_own_error(text):
    with contextlib.suppress(InvalidCitizenNumberError):
        assert parse_citizen_number(text).text == text
