from __future__ import annotations

import contextlib
from datetime import date

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from issuer.catalogue.examples import example_body
from issuer.library.errors import InvalidLicenceError
from issuer.library.licence import InspectionResult
from issuer.library.licence_input import MEMBERS, parse_licence_draft
from service.demo.people import CITIZENS
from standards.licence_types import load_catalogue
from tests.unit.issuer.library.builders import (
    BIRTH,
    BUSINESS,
    DRIVING,
    FOOD,
    IDENTITY,
    TITLE,
    TODAY,
    body,
)

CATALOGUE = load_catalogue()


def parse(value):
    return parse_licence_draft(value, CATALOGUE, today=TODAY)


def errors_of(value):
    with pytest.raises(InvalidLicenceError) as caught:
        parse(value)
    assert all(error.message.zh and error.message.en for error in caught.value.errors)
    return {error.where for error in caught.value.errors}


@pytest.mark.parametrize("licence_type", CATALOGUE.all(), ids=lambda found: found.name.en)
def test_the_example_of_every_type_is_a_licence(licence_type):
    draft = parse(example_body(licence_type, TODAY))
    assert draft.licence_type is licence_type


def test_examples_of_persons_belong_to_the_demos_citizens():
    citizens = {(citizen.name, citizen.number) for citizen in CITIZENS}
    for licence_type in CATALOGUE:
        for holder in example_body(licence_type, TODAY)["holders"]:
            if holder["code_type"] == "111":
                assert (holder["name"], holder["number"]) in citizens


def test_the_vct_names_the_type_too():
    licence_type = CATALOGUE.by_code(FOOD)
    assert parse(body(FOOD, type=licence_type.vct)).licence_type is licence_type


def test_periods_follow_the_rule_of_the_type():
    food = parse(body(FOOD, issue_date="2026-01-31"))
    assert (food.period.valid_from, food.period.valid_until) == (date(2026, 1, 31), date(2031, 1, 31))
    identity = parse(body(IDENTITY, issue_date="2026-01-31"))  # the holder is 37
    assert identity.period.valid_until == date(2046, 1, 31)
    assert parse(body(BIRTH)).period.valid_from is None
    assert parse({**body(DRIVING), "valid_until": None}).period.valid_until is None


def test_inspections_fall_due_by_the_rule_of_the_type():
    driving = parse(body(DRIVING, issue_date="2026-01-31"))
    assert driving.inspection.result is InspectionResult.NOT_INSPECTED
    assert driving.inspection.due == date(2027, 1, 31)
    assert parse(body(IDENTITY)).inspection.due is None


@pytest.mark.parametrize(
    ("value", "places"),
    [
        ({}, {"/type"}),
        ({"type": "x"}, {"/type"}),
        ({"type": FOOD}, {"/holders", "/fields"}),
        (body(FOOD, colour="red"), {"/colour"}),
        (body(FOOD, holders=[]), {"/holders"}),
        (body(FOOD, holders="me"), {"/holders"}),
        (body(DRIVING, holders=body(DRIVING)["holders"] * 2), {"/holders"}),
        (body(TITLE, holders=body(DRIVING)["holders"] * 2), {"/holders"}),
        (body(BUSINESS, holders=body(DRIVING)["holders"]), {"/holders/0/code_type"}),
        (body(FOOD, holders=[{"name": "x", "code_type": "001", "number": "1"}]), {"/holders/0/number"}),
        (body(FOOD, holders=[{"name": "\u0000", "code_type": "001", "number": "1"}]), {"/holders/0/name"}),
        (body(FOOD, issue_date="2026-13-01"), {"/issue_date"}),
        (body(FOOD, issue_date="2999-01-01"), {"/issue_date"}),
        (body(FOOD, valid_from="2026-02-01", valid_until="2026-01-01"), {"/valid_until"}),
        ({**body(FOOD), "valid_until": None}, {"/valid_until"}),
        (body(BIRTH, valid_until="2030-01-01"), {"/valid_until"}),
        (body(FOOD, division="33"), set()),
        (body(FOOD, division="abc"), {"/division"}),
        (body(FOOD, licence_number="JY1"), {"/licence_number"}),
        (body(FOOD, serial="a"), {"/serial"}),
        (body(FOOD, inspection={"result": "passed"}), {"/inspection"}),
        (body(DRIVING, inspection={"result": "good"}), {"/inspection/result"}),
        (body(DRIVING, inspection={"result": "passed", "due": "x"}), {"/inspection/due"}),
        (body(DRIVING, inspection={"result": "passed", "due": "9999-12-31"}), {"/inspection/due"}),
        (body(FOOD, valid_until="9999-12-31"), {"/valid_until"}),
        (body(FOOD, valid_from="3000-01-01"), {"/valid_from"}),
        (body(FOOD, fields={}, serial="a"), {
            "/fields/legal_representative", "/fields/residence", "/fields/premises",
            "/fields/business_form", "/fields/business_items", "/serial",
        }),
    ],
)  # fmt: skip
def test_every_mistake_is_named_by_its_place(value, places):
    if not places:
        parse(value)
        return
    assert errors_of(value) == places


json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
    max_leaves=6,
)


@settings(max_examples=150)
@given(
    st.sampled_from(CATALOGUE.all()),
    st.dictionaries(st.sampled_from(sorted(MEMBERS)) | st.text(max_size=8), json_values, max_size=4),
)
def test_any_change_to_an_example_answers_with_a_draft_or_named_mistakes(licence_type, changes):
    with contextlib.suppress(InvalidLicenceError):
        assert parse({**example_body(licence_type, TODAY), **changes}).licence_type
