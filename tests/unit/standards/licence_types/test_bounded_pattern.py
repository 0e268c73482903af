"""Patterns that may come from outside."""

from __future__ import annotations

import re
import time

import pytest

from standards.licence_types.bounded_pattern import example_of, is_bounded


@pytest.mark.parametrize(
    "pattern",
    [
        "[0-9]{6}",
        "[A-Z]{2}[0-9]{4,8}",
        "证字第[0-9]{3}号",
        r"\d{4}-\d{2}",
        "a{2}b?",
        "[一-龥]{2,4}",
        r"\(a\)",
    ],
)
def test_a_bounded_pattern_matches_its_own_example(pattern: str) -> None:
    example = example_of(pattern)
    assert example is not None
    assert re.fullmatch(pattern, example)


@pytest.mark.parametrize(
    "pattern",
    [
        "(a+)+",
        "a*",
        "a+",
        "[0-9]{1,300}",
        "[^a]{3}",
        "a|b",
        ".{3}",
        "[z-a]",
        "a{3,1}",
        "a{0}",
        "(?=a)",
        r"\1",
        "[",
    ],
)
def test_what_may_take_long_or_is_none_is_not(pattern: str) -> None:
    assert not is_bounded(pattern)


def test_the_worst_that_is_taken_is_quick() -> None:
    """Three variable repeats of the same character against a long run of it: a cubic search, over in a moment."""
    pattern = "a{1,200}a{1,200}a{1,200}b"
    assert is_bounded(pattern)
    began = time.perf_counter()
    assert re.fullmatch(pattern, "a" * 4000) is None
    assert time.perf_counter() - began < 2
