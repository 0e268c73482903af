"""The rules over materials, each at its edges."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from verifier.items.conditions import (
    Age,
    ClaimAmong,
    EqualClaims,
    HasClass,
    OneOf,
    ValidFor,
    add_months,
    full_years,
)

TODAY = date(2026, 11, 22)
CARD, TITLE = ("card", "holder_number"), ("title", "holder_number")


def test_equal_claims_apply_once_two_are_there() -> None:
    rule = EqualClaims((CARD, TITLE, ("third", "holder_number")))
    assert rule.check({"card": {"holder_number": "1"}}, TODAY) is None
    assert rule.check({"card": {"holder_number": "1"}, "title": {"holder_number": "1"}}, TODAY) is True
    assert rule.check({"card": {"holder_number": "1"}, "title": {"holder_number": "2"}}, TODAY) is False


@pytest.mark.parametrize("value", [None, "", "  ", 7, ["1"], {}])
def test_what_cannot_be_read_is_never_equal(value: object) -> None:
    """Both licences withhold, or say nonsense → not met: two unreadable claims prove nothing."""
    rule = EqualClaims((CARD, TITLE))
    assert rule.check({"card": {"holder_number": value}, "title": {"holder_number": value}}, TODAY) is False
    assert rule.check({"card": {}, "title": {}}, TODAY) is False


def test_the_guardian_is_the_mother_or_the_father() -> None:
    rule = ClaimAmong(("guardian", "number"), (("birth", "mother"), ("birth", "father")))
    birth = {"mother": "m", "father": "f"}
    assert rule.check({"guardian": {"number": "f"}, "birth": birth}, TODAY) is True
    assert rule.check({"guardian": {"number": "x"}, "birth": birth}, TODAY) is False
    assert rule.check({"guardian": {"number": "m"}, "birth": {"mother": "m"}}, TODAY) is True
    assert rule.check({"birth": birth}, TODAY) is None
    assert rule.check({"guardian": {}, "birth": {"mother": "m"}}, TODAY) is False, "no number is nobody's"


@pytest.mark.parametrize(
    ("held", "met"),
    [("A2", True), ("C1", False), ("B2D", True), ("DE", False), ("A1A2", True), ("", False), (None, False)],
)
def test_vehicle_classes(held: str | None, met: bool) -> None:
    assert (
        HasClass(("licence", "classes"), ("A1", "A2", "B2")).check({"licence": {"classes": held}}, TODAY)
        is met
    )


@pytest.mark.parametrize(
    ("until", "met"),
    [
        ("2027-02-22", True),
        ("2027-02-21", False),
        ("9999-12-31", True),
        ("", False),
        (None, False),
        ("soon", False),
        ("20270222", False),
    ],
)
def test_three_months_more(until: str | None, met: bool) -> None:
    """A card that ends the day before three months are over → not met; a date held back → not met."""
    assert ValidFor(("card", "valid_until"), 3).check({"card": {"valid_until": until}}, TODAY) is met


@pytest.mark.parametrize(
    ("born", "today", "years"),
    [
        ("2008-11-22", "2026-11-22", 18),
        ("2008-11-23", "2026-11-22", 17),
        ("2008-02-29", "2026-02-28", 17),
        ("2008-02-29", "2026-03-01", 18),
    ],
)
def test_full_years(born: str, today: str, years: int) -> None:
    assert full_years(date.fromisoformat(born), date.fromisoformat(today)) == years


def test_marriage_ages_differ_by_sex() -> None:
    rule = Age(("card", "birth_date"), at_least=22, only_if=OneOf(("card", "sex"), ("男",)))
    assert rule.check({"card": {"birth_date": "2004-11-22", "sex": "男"}}, TODAY) is True
    assert rule.check({"card": {"birth_date": "2004-11-23", "sex": "男"}}, TODAY) is False
    assert rule.check({"card": {"birth_date": "2005-01-01", "sex": "女"}}, TODAY) is None
    assert rule.check({"card": {"sex": "男"}}, TODAY) is False


def test_an_upper_age() -> None:
    rule = Age(("card", "birth_date"), below=61)
    assert rule.check({"card": {"birth_date": "1965-11-23"}}, TODAY) is True
    assert rule.check({"card": {"birth_date": "1965-11-22"}}, TODAY) is False


@pytest.mark.parametrize(
    ("day", "months", "later"),
    [
        ("2026-11-30", 3, "2027-02-28"),
        ("2027-11-30", 3, "2028-02-29"),
        ("2026-01-31", 1, "2026-02-28"),
        ("2026-12-31", 12, "2027-12-31"),
    ],
)
def test_adding_months(day: str, months: int, later: str) -> None:
    assert add_months(date.fromisoformat(day), months) == date.fromisoformat(later)


@given(st.dates(date(1900, 1, 1), date(2900, 1, 1)), st.integers(1, 120))
def test_months_always_lead_forward_and_never_past_the_month(day: date, months: int) -> None:
    later = add_months(day, months)
    assert later > day
    assert (later.year * 12 + later.month) - (day.year * 12 + day.month) == months
