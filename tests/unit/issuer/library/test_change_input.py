from __future__ import annotations

import contextlib
from dataclasses import replace
from datetime import date

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from issuer.library.change_input import parse_change_request
from issuer.library.event import Actor, Operation
from issuer.library.licence import InspectionResult
from issuer.library.numbering import number_of
from standards.errors import InvalidInputError
from standards.licence_types import load_catalogue
from tests.unit.issuer.library.builders import DRIVING, FOOD, TODAY, licence
from tests.unit.issuer.library.test_licence_input import json_values

CATALOGUE = load_catalogue()


def parse(value, found=None):
    found = found or licence(DRIVING)
    return parse_change_request(value, found, CATALOGUE.by_code(found.type_code), CATALOGUE, today=TODAY)


def test_an_operation_with_its_two_persons():
    request = parse(
        {"operation": "revoke", "reason": "  严重违法  ", "approval": {"proposer": "甲", "approver": "乙"}}
    )
    assert (request.operation, request.reason) == (Operation.REVOKE, "严重违法")
    assert (request.proposer, request.approver) == (Actor("甲"), Actor("乙"))


def test_a_change_lays_new_values_over_the_old():
    request = parse({"operation": "change", "reason": "搬家", "changes": {"fields": {"address": "新址"}}})
    assert request.draft.fields["address"] == "新址"
    assert request.draft.fields["sex"] == "男"
    assert request.draft.issue_date == TODAY


def test_a_number_that_follows_from_the_licence_follows_the_change():
    """A vehicle's number is its plate: with a new plate the number is not kept. A running number is."""
    vehicle = replace(licence("11100000000013338W902"), licence_number="浙A99X01")
    body = {"operation": "change", "reason": "换号牌", "changes": {"fields": {"plate_number": "浙A99X02"}}}
    draft = parse(body, vehicle).draft
    assert (draft.licence_number, number_of(draft, "330100")) == (None, "浙A99X02")
    food = replace(licence(FOOD), licence_number="JY23301000000422")
    body = {"operation": "change", "reason": "迁址", "changes": {"fields": {"premises": "新址"}}}
    assert parse(body, food).draft.licence_number == "JY23301000000422"


def test_a_replacement_needs_no_change():
    assert parse({"operation": "replace", "reason": "遗失补领"}).draft.holders[0].name == "张小明"


def test_an_extension_counts_from_the_last_day_of_the_old_term():
    found = replace(licence(DRIVING), valid_from=date(2020, 12, 1), valid_until=date(2026, 12, 1))
    request = parse({"operation": "extend", "reason": "期满换证"}, found)
    assert request.draft.period.valid_until == date(2032, 12, 1)
    # In force at once: the old version ends today, and between the two the holder would have no licence.
    assert request.draft.period.valid_from == TODAY


@pytest.mark.parametrize("last", ["2026-12-01", "2026-11-30"])
def test_an_extension_takes_no_day_away(last):
    """Valid until 2026-12-01, "extended" until that day or an earlier one → refused: that needs two persons."""
    found = replace(licence(DRIVING), valid_from=date(2020, 12, 1), valid_until=date(2026, 12, 1))
    body = {"operation": "extend", "reason": "期满换证", "changes": {"valid_until": last}}
    with pytest.raises(InvalidInputError) as refused:
        parse(body, found)
    assert refused.value.where == "/changes/valid_until"
    body["changes"] = {"valid_until": None}
    assert parse(body, found).draft.period.valid_until is None


@pytest.mark.parametrize("changes", [{}, {"valid_until": None}, {"valid_until": "2040-01-01"}])
@pytest.mark.parametrize("code", [DRIVING, "11100000000013338W902"])
def test_what_has_no_last_day_is_not_extended(code, changes):
    """A long-term driving licence, and a vehicle licence, whose type has no period: nothing to extend."""
    found = replace(licence(code), valid_until=None)
    with pytest.raises(InvalidInputError) as refused:
        parse({"operation": "extend", "reason": "延续", "changes": changes}, found)
    assert refused.value.where == "/operation"


def test_an_extension_says_until_when_where_no_rule_does():
    """A real-estate title with a term of use: by its rule it would have become long-term without a word."""
    title = licence("11100000MB03271699001")
    found = replace(title, valid_from=date(2018, 12, 31), valid_until=date(2088, 12, 31))
    with pytest.raises(InvalidInputError) as refused:
        parse({"operation": "extend", "reason": "续期"}, found)
    assert refused.value.where == "/changes/valid_until"


def test_an_inspection_has_its_result_and_falls_due_again():
    request = parse({"operation": "inspect", "reason": "年审", "inspection": {"result": "passed"}})
    assert request.inspection.result is InspectionResult.PASSED
    assert request.inspection.due == date(2027, 11, 22)


@pytest.mark.parametrize(
    ("value", "where"),
    [
        (None, "/"),
        ({}, "/operation"),
        ({"operation": "issue", "reason": "x"}, "/operation"),
        ({"operation": "explode", "reason": "x"}, "/operation"),
        ({"operation": "suspend"}, "/reason"),
        ({"operation": "suspend", "reason": "   "}, "/reason"),
        ({"operation": "suspend", "reason": "x" * 501}, "/reason"),
        ({"operation": "suspend", "reason": "x\u0000"}, "/reason"),
        ({"operation": "suspend", "reason": "x", "approval": {}}, "/approval/proposer"),
        ({"operation": "suspend", "reason": "x", "approval": {"approver": "乙"}}, "/approval/proposer"),
        ({"operation": "suspend", "reason": "x", "approval": "乙"}, "/approval"),
        ({"operation": "suspend", "reason": "x", "changes": {}}, "/changes"),
        ({"operation": "suspend", "reason": "x", "inspection": {"result": "passed"}}, "/inspection"),
        ({"operation": "inspect", "reason": "x"}, "/inspection"),
        ({"operation": "change", "reason": "x"}, "/changes"),
        ({"operation": "change", "reason": "x", "changes": {"state": "valid"}}, "/changes/state"),
        ({"operation": "change", "reason": "x", "changes": {"fields": {"sex": "?"}}}, "/changes/fields/sex"),
        ({"operation": "change", "reason": "x", "changes": {"fields": {"sex": None}}}, "/changes/fields/sex"),
        ({"operation": "suspend", "reason": "x", "now": True}, "/now"),
    ],
)
def test_every_mistake_is_named_by_its_place(value, where):
    with pytest.raises(InvalidInputError) as caught:
        parse(value)
    assert caught.value.where == where


def test_a_type_without_inspections_is_not_inspected():
    with pytest.raises(InvalidInputError) as caught:
        parse(
            {"operation": "inspect", "reason": "x", "inspection": {"result": "passed"}},
            licence(FOOD),
        )
    assert caught.value.where == "/inspection"


@settings(max_examples=150)
@given(
    st.fixed_dictionaries(
        {},
        optional={
            "operation": st.sampled_from([operation.value for operation in Operation]) | json_values,
            "reason": st.text(min_size=1, max_size=9) | json_values,
            "approval": st.dictionaries(st.sampled_from(["proposer", "approver"]), json_values) | json_values,
            "changes": st.dictionaries(
                st.sampled_from(["holders", "valid_from", "valid_until", "fields"]), json_values
            ),
            "inspection": st.dictionaries(st.sampled_from(["result", "due"]), json_values),
        },
    )
    | json_values
)
def test_any_body_answers_with_a_request_or_a_named_mistake(value):
    with contextlib.suppress(InvalidInputError):
        assert parse(value).reason
