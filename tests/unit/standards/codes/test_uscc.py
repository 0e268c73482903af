from __future__ import annotations

import contextlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from standards.codes.uscc import InvalidUsccError, complete_uscc, is_uscc, parse_uscc


@pytest.mark.parametrize("text", ["11110000000021135M", "11430000006122244L", "11330105002500287C"])
def test_codes_of_the_worked_identifiers_are_right(text):
    assert parse_uscc(text) == text


@pytest.mark.parametrize(
    "text",
    [
        "11110000000021135N",  # another check character
        "1111000000002113M",  # 17 characters
        "11110000000021135m",  # lower case: one canonical form only
        " 11110000000021135M",
        "11110000000021135M\n",
        "1111000000002113IM",  # I is not in the alphabet
        "１１110000000021135M",  # full-width digits
        "",
    ],
)
def test_anything_else_is_refused_with_its_place(text):
    with pytest.raises(InvalidUsccError) as caught:
        parse_uscc(text, where="/holders/0/number")
    assert caught.value.where == "/holders/0/number"
    assert caught.value.next_step is not None


def test_every_single_wrong_character_is_noticed():
    right = "11330105002500287C"
    for place in range(18):
        for char in "0123456789ABCDEFGHJKLMNPQRTUWXY":
            changed = right[:place] + char + right[place + 1 :]
            if changed != right:
                assert not is_uscc(changed)


@given(st.from_regex(r"[0-9]{8}[0-9A-HJ-NPQRTUWXY]{9}", fullmatch=True))
def test_a_completed_code_is_right(first):
    assert is_uscc(complete_uscc(first))


@given(st.text())
def test_any_text_answers_with_a_value_or_its_own_error(text):
    with contextlib.suppress(InvalidUsccError):
        assert parse_uscc(text) == text
