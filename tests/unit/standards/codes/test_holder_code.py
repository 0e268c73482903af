from __future__ import annotations

import contextlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from standards.codes.citizen_number import InvalidCitizenNumberError, build_citizen_number
from standards.codes.holder_code import (
    HOLDER_CODE_TYPES,
    HolderKind,
    InvalidHolderCodeError,
    check_holder_number,
    holder_code_type,
)
from standards.codes.iso_date import InvalidDateError, parse_date
from standards.codes.uscc import InvalidUsccError
from standards.errors import InvalidInputError


def test_the_table_of_annex_a_and_what_else_occurs():
    annex = {code for code, row in HOLDER_CODE_TYPES.items() if row.in_standard}
    assert annex == {
        "001", "099", "111", "114", "115", "118", "119", "120", "122",
        "411", "412", "413", "414", "511", "516", "999",
    }  # fmt: skip
    assert set(HOLDER_CODE_TYPES) - annex == {"551", "552"}
    assert holder_code_type("001").kind is HolderKind.LEGAL_ENTITY
    assert holder_code_type("414").kind is HolderKind.NATURAL_PERSON


def test_a_code_outside_the_table_is_refused():
    with pytest.raises(InvalidHolderCodeError) as caught:
        holder_code_type("112", where="/holders/0/code_type")
    assert caught.value.where == "/holders/0/code_type"


def test_each_type_checks_its_own_numbers():
    from datetime import date

    citizen = build_citizen_number("990101", date(1990, 1, 1), "001").text
    assert check_holder_number("111", citizen) == citizen
    assert check_holder_number("414", "E12345678") == "E12345678"
    with pytest.raises(InvalidCitizenNumberError):
        check_holder_number("111", "E12345678")
    with pytest.raises(InvalidUsccError):
        check_holder_number("001", citizen)
    with pytest.raises(InvalidHolderCodeError):
        check_holder_number("999", "no spaces please")


@given(st.sampled_from(sorted(HOLDER_CODE_TYPES)), st.text())
def test_any_number_answers_with_itself_or_an_input_error(code_type, number):
    with contextlib.suppress(InvalidInputError):
        assert check_holder_number(code_type, number) == number


@pytest.mark.parametrize(
    "text", ["2026-02-29", "20260101", "2026-W01-1", "2026-1-1", "2026-01-01T00:00", "", "٢026-01-01"]
)
def test_dates_have_one_form(text):
    with pytest.raises(InvalidDateError):
        parse_date(text)
