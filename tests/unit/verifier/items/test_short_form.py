"""Two codes at a window that is cut off: what they say together satisfies an item, and what they cannot say does not."""

from __future__ import annotations

from typing import Any

import pytest

from standards.verification_report import Indication, VerificationReport
from tests.support.trust_world import AT
from verifier.items import check_materials, load_items
from verifier.items.short_form import short_claims

ITEM = load_items().by_code("driving-licence-exchange")
DRIVING = {
    "holder_name": "张小明",
    "holder_number": "0016",
    "birth_date": "1988-05-12",
    "vehicle_classes": "C1",
}
IDENTITY = {"holder_name": "张小明", "holder_number": "0016"}


def judged(driving: dict[str, Any], identity: dict[str, Any]) -> tuple[Indication, set[str]]:
    findings = check_materials(ITEM, {"driving_licence": driving, "identity": identity}, AT)
    report = VerificationReport.of(findings)
    return report.indication, {one.code for one in findings}


def test_two_codes_of_one_person() -> None:
    indication, codes = judged(short_claims(DRIVING), short_claims(IDENTITY))
    assert indication is Indication.PASSED
    assert "condition-met-by-end-one-holder" in codes
    assert "condition-met-adult" in codes


def test_one_code_and_one_licence_shown_whole() -> None:
    whole = {"holder_name": "张小明", "holder_number": "990101198805120016"}
    assert judged(short_claims(DRIVING), whole)[0] is Indication.PASSED


@pytest.mark.parametrize(
    "identity", [IDENTITY | {"holder_name": "李小红"}, IDENTITY | {"holder_number": "0024"}]
)
def test_codes_of_two_people_are_refused(identity: dict[str, Any]) -> None:
    indication, codes = judged(short_claims(DRIVING), short_claims(identity))
    assert indication is Indication.FAILED
    assert "condition-not-met-one-holder" in codes


def test_what_a_code_does_not_carry_cannot_be_judged() -> None:
    without = {name: value for name, value in DRIVING.items() if name != "birth_date"}
    indication, codes = judged(short_claims(without), short_claims(IDENTITY))
    assert indication is Indication.INDETERMINATE
    assert "condition-unreadable-adult" in codes
    nameless = {"holder_number": "0016"}
    assert "condition-unreadable-one-holder" in judged(short_claims(DRIVING), short_claims(nameless))[1]


def test_one_of_two_is_awaited_and_not_wrong() -> None:
    findings = check_materials(ITEM, {"driving_licence": short_claims(DRIVING)}, AT)
    assert VerificationReport.of(findings).indication is Indication.INDETERMINATE
    assert "material-awaited" in {one.code for one in findings}
