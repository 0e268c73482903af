from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest

from issuer.library.credential_claims import credential_claims
from issuer.library.licence import InspectionResult, InspectionStanding, LicenceState, local_day
from issuer.library.standing import next_review, standing, status_value
from standards.licence_types import claims_of, load_catalogue
from standards.status_list import StatusValue
from tests.unit.issuer.library.builders import AT, BUSINESS, DRIVING, TITLE, TODAY, licence

CATALOGUE = load_catalogue()
DAY = timedelta(days=1)


def stands(found, at=AT):
    return standing(found, CATALOGUE.by_code(found.type_code), at)


def test_dates_are_days_of_china():
    """16:00 UTC is midnight in Beijing: the last day ends there and not in Greenwich."""
    assert local_day(datetime(2026, 11, 22, 15, 59, tzinfo=UTC)) == date(2026, 11, 22)
    assert local_day(datetime(2026, 11, 22, 16, 0, tzinfo=UTC)) == date(2026, 11, 23)


def test_time_makes_a_valid_licence_begin_and_end():
    found = replace(licence(), valid_from=TODAY, valid_until=TODAY)
    assert stands(found, AT - DAY) is LicenceState.NOT_YET_EFFECTIVE
    assert stands(found) is LicenceState.VALID
    assert stands(found, AT + DAY) is LicenceState.EXPIRED


def test_a_decided_state_comes_before_what_time_makes():
    found = replace(licence(), valid_until=TODAY, state=LicenceState.REVOKED)
    assert stands(found, AT + DAY) is LicenceState.REVOKED


@pytest.mark.parametrize("state", [LicenceState.SUSPENDED, LicenceState.REPORTED_LOST])
def test_after_its_last_day_a_licence_that_is_held_or_lost_has_expired(state):
    """Its copies are invalid for good, not only for now."""
    found = replace(licence(), valid_until=TODAY, state=state)
    assert stands(found) is state
    assert stands(found, AT + DAY) is LicenceState.EXPIRED
    assert next_review(found, CATALOGUE.by_code(found.type_code), TODAY) == TODAY + DAY


@pytest.mark.parametrize("result", [InspectionResult.PASSED, InspectionResult.NOT_INSPECTED])
def test_an_inspection_is_overdue_after_its_last_day(result):
    found = replace(licence(DRIVING), inspection=InspectionStanding(result, TODAY))
    assert stands(found) is LicenceState.VALID
    assert stands(found, AT + DAY) is LicenceState.INSPECTION_OVERDUE
    assert status_value(found, CATALOGUE.by_code(DRIVING), AT + DAY) is StatusValue.INSPECTION_OVERDUE


def test_a_failed_inspection_counts_at_once():
    found = replace(licence(DRIVING), inspection=InspectionStanding(InspectionResult.FAILED, TODAY + DAY))
    assert stands(found) is LicenceState.INSPECTION_OVERDUE


def test_a_business_licence_without_its_annual_report_is_only_flagged():
    found = replace(licence(BUSINESS), inspection=InspectionStanding(InspectionResult.NOT_INSPECTED, TODAY))
    assert stands(found, AT + DAY) is LicenceState.VALID
    assert found.inspection.overdue_on(TODAY + DAY)


def test_the_next_review_is_the_first_day_on_which_something_changes():
    driving = CATALOGUE.by_code(DRIVING)
    found = replace(
        licence(DRIVING),
        valid_from=TODAY + 5 * DAY,
        valid_until=TODAY + 20 * DAY,
        inspection=InspectionStanding(InspectionResult.PASSED, TODAY + 10 * DAY),
    )
    assert next_review(found, driving, TODAY) == TODAY + 5 * DAY
    assert next_review(found, driving, TODAY + 5 * DAY) == TODAY + 11 * DAY
    assert next_review(found, driving, TODAY + 11 * DAY) == TODAY + 21 * DAY
    assert next_review(found, driving, TODAY + 21 * DAY) is None
    assert next_review(replace(found, state=LicenceState.REVOKED), driving, TODAY) is None


def test_claims_of_a_copy_name_the_holder_who_gets_it():
    title = CATALOGUE.by_code(TITLE)
    found = licence(TITLE)
    names = [credential_claims(found, title, holder)["holder_name"] for holder in found.holders]
    assert names == ["张小明", "李小红"]
    claims = credential_claims(found, title, found.holders[0])
    assert set(claims) <= {field.name for field in claims_of(title)}
    assert claims["right_holders"] == "张小明、李小红"
    assert claims["valid_until"] == "2088-12-31"
    assert list(claims)[:2] == ["licence_number", "holder_name"]


def test_a_long_term_licence_has_no_claim_of_an_end():
    found = replace(licence(DRIVING), valid_until=None)
    assert "valid_until" not in credential_claims(found, CATALOGUE.by_code(DRIVING), found.holders[0])


def test_nothing_personal_shows_in_a_representation():
    found = licence()
    for text in (repr(found), repr(found.holders[0]), repr(found.events[0].proposer)):
        assert "张小明" not in text
        assert found.holders[0].number not in text
