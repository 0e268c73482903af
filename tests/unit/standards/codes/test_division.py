from __future__ import annotations

import contextlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from standards.codes.division import (
    DivisionLevel,
    DivisionStanding,
    InvalidDivisionError,
    division_name,
    parse_division,
)


@pytest.mark.parametrize(
    ("text", "code", "level", "name"),
    [
        ("33", "330000", DivisionLevel.PROVINCE, "浙江省"),
        ("3301", "330100", DivisionLevel.CITY, "杭州市"),
        ("510100", "510100", DivisionLevel.CITY, "成都市"),
        ("330105", "330105", DivisionLevel.COUNTY, "拱墅区"),
        ("110101", "110101", DivisionLevel.COUNTY, "东城区"),
    ],
)
def test_codes_of_today_are_padded_to_six_digits(text, code, level, name):
    division = parse_division(text)
    assert (division.code, division.level, division.name) == (code, level, name)
    assert division.standing is DivisionStanding.CURRENT


def test_a_retired_code_keeps_its_name():
    division = parse_division("330103")  # merged into other districts in 2021
    assert (division.name, division.standing) == ("下城区", DivisionStanding.RETIRED)


def test_an_unknown_code_is_tolerated_and_says_so():
    assert parse_division("998877").standing is DivisionStanding.UNKNOWN
    assert division_name("998877") == "998877"


@pytest.mark.parametrize(
    "text", ["", "3", "330", "33010", "330001", "0", "000000", "33010a", "３３0100", "3301001"]
)
def test_what_is_no_code_is_refused(text):
    with pytest.raises(InvalidDivisionError):
        parse_division(text)


def test_names_for_people_carry_the_province():
    assert division_name("330105") == "浙江省杭州市拱墅区"
    assert division_name("330000") == "浙江省"


def test_a_short_code_of_a_division_outside_the_current_list_keeps_its_name():
    """71 is Taiwan, which the list of today lacks and the history has; the short code answered an empty name."""
    assert division_name("71") == division_name("710000") == "台湾省"


def test_a_division_contains_those_below_it():
    province, city, county = (parse_division(code) for code in ("330000", "330100", "330105"))
    assert province.contains(city)
    assert city.contains(county)
    assert county.contains(county)
    assert not city.contains(province)
    assert not city.contains(parse_division("330200"))
    assert (county.province, county.city) == ("330000", "330100")


@given(st.text() | st.from_regex(r"[0-9]{2,6}", fullmatch=True))
def test_any_text_answers_with_a_value_or_its_own_error(text):
    with contextlib.suppress(InvalidDivisionError):
        assert len(parse_division(text).code) == 6
        assert division_name(text)
