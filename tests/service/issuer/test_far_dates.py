"""Dates at the two ends of the calendar, in every place where a licence has one."""

from __future__ import annotations

from typing import Any

import pytest

LICENCES = "/api/v1/licences"


@pytest.fixture
def bodies(
    market: Any, police: Any, food: dict[str, Any], driving: dict[str, Any]
) -> dict[str, tuple[Any, dict[str, Any]]]:
    """By type: the department that issues it, and a right body."""
    return {"food": (market, food), "driving": (police, driving)}


@pytest.mark.parametrize("day", ["0001-01-01", "9996-02-29", "9998-12-31", "9999-12-31"])
@pytest.mark.parametrize("member", ["issue_date", "valid_from", "valid_until"])
@pytest.mark.parametrize("body_of", ["food", "driving"])
def test_a_day_at_an_end_of_the_calendar(
    bodies: dict[str, tuple[Any, dict[str, Any]]], body_of: str, member: str, day: str
) -> None:
    """A licence whose first, last or issuing day lies at an end of the calendar: entered and offered, or refused."""
    system, body = bodies[body_of]
    answer = system.post(LICENCES, {**body, member: day})
    assert answer.status_code in {201, 400, 409, 422}, answer.get_json()
    if answer.status_code == 201:
        identifier = answer.get_json()["identifier"]
        assert system.get(f"{LICENCES}/{identifier}").status_code == 200
        for change in (
            {"operation": "extend", "reason": "期满"},
            {"operation": "suspend", "reason": "检查", "approval": {"proposer": "甲", "approver": "乙"}},
        ):
            assert system.post(f"{LICENCES}/{identifier}/events", change).status_code < 500
        assert system.post(f"{LICENCES}/{identifier}/offers", {}).status_code < 500
