"""Selections and lists over the real store: complete, once each, in order, and served by an index."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import pytest

from issuer.catalogue.examples import example_body
from issuer.library.inspection import InspectionResult, InspectionStanding
from issuer.library.licence import Licence, LicenceState, local_day
from issuer.library.selection import DayRange, Selection, parse_selection
from issuer.library.store.finding import LicenceFinder, ListFilter, Place
from issuer.node import IssuerNode
from standards.errors import InvalidInputError
from standards.licence_types import load_catalogue
from tests.service.issuer.conftest import DRIVING, FOOD, MARKET, POLICE
from tests.support.clock import START

TYPES = (DRIVING, FOOD)


@pytest.fixture(scope="module")
def finder(node: IssuerNode) -> LicenceFinder:
    return node.finder


@pytest.fixture(scope="module", autouse=True)
def licences(node: IssuerNode, police: Any, market: Any) -> list[Licence]:
    """Seven of the police, five of them of one instant as an import enters them, and one of the market's."""
    driving, food = (example_body(load_catalogue().by_code(code), local_day(START)) for code in TYPES)
    made = police.post("/api/v1/licences", driving).get_json()
    market.post("/api/v1/licences", food)
    first = node.licences.find(made["identifier"])
    assert first is not None
    others = []
    for number in range(1, 7):
        serial = f"{first.identifier.serial}{number}"
        others.append(
            replace(
                first,
                identifier=replace(first.identifier, serial=serial),
                licence_number=f"{first.licence_number[:-2]}{number:02}",
                recorded_at=START if number < 6 else START + timedelta(days=1),
                state=LicenceState.SUSPENDED if number % 2 else LicenceState.VALID,
                valid_until=date(2030, number, 1),
                authority=replace(first.authority, division="330200" if number < 3 else "330102"),
            )
        )
    node.licences.add_many(others)
    return [first, *others]


def walk(finder: LicenceFinder, selection: Selection, step: int) -> list[str]:
    found: list[str] = []
    while True:
        part = finder.identifiers(selection, found[-1] if found else None, step)
        found += part
        if len(part) < step:
            return found


@pytest.mark.parametrize("step", [1, 3, 7, 50])
def test_a_selection_is_read_in_steps_each_licence_once(finder, licences, step):
    expected = sorted(str(one.identifier) for one in licences)
    for selection in (Selection(POLICE.uscc), Selection(POLICE.uscc, type_code=DRIVING)):
        assert walk(finder, selection, step) == expected
    read = finder.licences(Selection(POLICE.uscc), expected[1], 2)
    assert [str(one.identifier) for one in read] == expected[2:4]


@pytest.mark.parametrize(
    ("conditions", "places"),
    [
        ({"states": ["suspended"]}, {1, 3, 5}),
        ({"states": ["suspended", "valid"], "type": DRIVING}, {0, 1, 2, 3, 4, 5, 6}),
        ({"states": ["revoked"]}, set()),
        ({"type": FOOD}, set()),
        ({"division": "330200"}, {1, 2}),
        ({"division": "330100"}, {0, 3, 4, 5, 6}),
        ({"division": "330000"}, {0, 1, 2, 3, 4, 5, 6}),
        ({"valid_until": {"from": "2030-02-01", "to": "2030-04-01"}}, {2, 3, 4}),
        ({"valid_until": {"to": "2030-01-01"}}, {1}),
        ({"issue_date": {"from": "2999-01-01"}}, set()),
        ({"source": "nobody"}, set()),
    ],
)
def test_each_condition_narrows_a_selection(finder, licences, conditions, places):
    selection = parse_selection(conditions, POLICE.uscc)
    found = set(walk(finder, selection, 2))
    own = {str(one.identifier) for place, one in enumerate(licences) if place in places}
    first = str(licences[0].identifier)
    assert found - {first} == own - {first}
    assert finder.count(selection, 100) == len(found)
    assert parse_selection(selection.to_json(), POLICE.uscc) == selection


def test_named_licences_are_selected_only_if_they_are_ones_own(finder, licences, market, food):
    """One of the market's identifiers in a selection of the police: it is not found."""
    foreign = market.post("/api/v1/licences", food).get_json()["identifier"]
    own = str(licences[2].identifier)
    selection = parse_selection({"identifiers": [foreign, own, own]}, POLICE.uscc)
    assert finder.identifiers(selection, None, 10) == (own,)
    assert finder.identifiers(replace(selection, authority=MARKET.uscc), None, 10) == (foreign,)


def test_a_replaced_version_is_left_out_unless_asked_for(finder, node, police, licences):
    identifier = str(licences[4].identifier)
    answer = police.post(
        f"/api/v1/licences/{identifier}/events", {"operation": "replace", "reason": "破损换发"}
    )
    assert answer.status_code in (200, 201), answer.get_json()
    current = walk(finder, Selection(POLICE.uscc), 3)
    assert identifier not in current
    assert len(current) == 7
    assert len(walk(finder, Selection(POLICE.uscc, all_versions=True), 3)) == 8


def test_counting_stops_where_it_was_told(finder):
    assert finder.count(Selection(POLICE.uscc), 3) == 3
    assert finder.count_listed(ListFilter(POLICE.uscc), 3) == 3


@pytest.mark.parametrize(
    ("obj", "where"),
    [
        ({"states": ["inspection_overdue"]}, "/selection/states/0"),
        ({"identifiers": ["1.2.3"]}, "/selection/identifiers/0"),
        ({"identifiers": []}, "/selection/identifiers"),
        ({"valid_until": {"from": "2030-01-02", "to": "2030-01-01"}}, "/selection/valid_until/to"),
        ({"issue_date": {"after": "2030-01-02"}}, "/selection/issue_date/after"),
        ({"division": "33000x"}, "/selection/division"),
        ({"authority": "somebody"}, "/selection/authority"),
    ],
)
def test_a_wrong_selection_is_refused_with_its_place(obj, where):
    with pytest.raises(InvalidInputError) as refused:
        parse_selection(obj, POLICE.uscc, where="/selection")
    assert refused.value.where == where


@pytest.mark.parametrize(
    "wanted",
    [
        ListFilter(POLICE.uscc),
        ListFilter(POLICE.uscc, type_code=DRIVING),
        ListFilter(POLICE.uscc, state=LicenceState.SUSPENDED, type_codes=TYPES),
        ListFilter(POLICE.uscc, DRIVING, LicenceState.VALID),
    ],
)
@pytest.mark.parametrize("size", [1, 2, 5])
def test_pages_follow_one_another_and_lead_back(finder, wanted, size):
    everything = [one.identifier for one in finder.page(wanted, limit=100).licences]
    assert everything
    pages: list[list[Any]] = []
    place = None
    while True:
        page = finder.page(wanted, limit=size, older_than=place)
        pages.append([one.identifier for one in page.licences])
        assert page.has_newer is (place is not None)
        if not page.has_older:
            break
        place = Place(page.licences[-1].recorded_at, str(page.licences[-1].identifier))
    assert [one for page in pages for one in page] == everything
    for before, shown in zip(reversed(pages[:-1]), reversed(pages[1:]), strict=True):
        first = next(one for one in finder.page(wanted, limit=100).licences if one.identifier == shown[0])
        back = finder.page(wanted, limit=size, newer_than=Place(first.recorded_at, str(first.identifier)))
        assert [one.identifier for one in back.licences] == before
        assert back.has_older
        assert back.has_newer is (before != pages[0])


def test_a_licence_is_found_by_its_printed_number(finder, licences):
    wanted = licences[3]
    [found] = finder.by_number(POLICE.uscc, wanted.licence_number)
    assert found.identifier == wanted.identifier
    assert finder.by_number(MARKET.uscc, wanted.licence_number) == ()
    assert finder.by_number(POLICE.uscc, "没有") == ()


def test_overdue_inspections_are_selected_as_the_library_counts_them(finder, node, licences):
    """Due before the day, or failed; due on the very day is not overdue yet. The rule is ``InspectionStanding``'s."""
    day = date(2027, 5, 1)
    standings = (
        InspectionStanding(InspectionResult.PASSED, day),
        InspectionStanding(InspectionResult.PASSED, day - timedelta(days=1)),
        InspectionStanding(InspectionResult.FAILED, None),
        InspectionStanding(InspectionResult.NOT_INSPECTED, None),
    )
    made = [
        replace(
            licences[0],
            identifier=replace(licences[0].identifier, serial=f"INSPECTED{place}"),
            inspection=standing,
        )
        for place, standing in enumerate(standings)
    ]
    node.licences.add_many(made)
    selection = parse_selection({"inspection_overdue_on": day.isoformat()}, POLICE.uscc)
    found = finder.identifiers(selection, None, 100)
    for licence in made:
        assert (str(licence.identifier) in found) is licence.inspection.overdue_on(day)
    assert parse_selection(selection.to_json(), POLICE.uscc) == selection


def test_an_open_range_takes_no_licence_without_an_end(finder, node, licences):
    """``valid_until: null`` in the store must not pass for a day before all others."""
    endless = replace(
        licences[0], identifier=replace(licences[0].identifier, serial="ENDLESS"), valid_until=None
    )
    node.licences.add(endless)
    found = finder.identifiers(Selection(POLICE.uscc, valid_until=DayRange(last=date(9999, 1, 1))), None, 100)
    assert str(endless.identifier) not in found
