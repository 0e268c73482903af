"""The x5c header."""

from __future__ import annotations

import contextlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from standards.jose import JoseError, build_x5c, x5c_of


def test_there_and_back_with_standard_base64() -> None:
    chain = (b"\xfb\xff\xfe", b"\x00")
    assert build_x5c(chain) == ["+//+", "AA=="]
    assert x5c_of({"x5c": build_x5c(chain)}) == chain


@pytest.mark.parametrize(
    "value", [None, [], "AA==", [1], [""], ["AA"], ["-_-_"], ["A A="], ["中"], ["AA=="] * 7, ["A" * 8196]]
)
def test_refused(value: object) -> None:
    with pytest.raises(JoseError):
        x5c_of({"x5c": value})


def test_absent_is_refused() -> None:
    with pytest.raises(JoseError):
        x5c_of({})


@given(st.lists(st.text(max_size=20) | st.integers() | st.none(), max_size=8))
def test_any_list_gives_bytes_or_a_jose_error(value: list[object]) -> None:
    with contextlib.suppress(JoseError):
        assert all(isinstance(item, bytes) for item in x5c_of({"x5c": value}))
