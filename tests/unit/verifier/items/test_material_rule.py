"""Step 9: materials and conditions of an item over verified claims."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from standards.verification_report import Indication, VerificationReport
from verifier.items import check_materials, load_items

AT = datetime(2026, 11, 22, 8, 0, tzinfo=UTC)
SCHOOL = load_items().by_code("school-enrolment")
RESTAURANT = load_items().by_code("food-business-licence")
BUSINESS = {
    "holder_name": "面馆",
    "holder_number": "9",
    "legal_representative": "张小明",
    "premises": "一号",
    "business_scope": "餐饮",
}


def family(**changes: dict[str, Any]) -> dict[str, dict[str, Any]]:
    return {
        "birth_certificate": {
            "holder_name": "小宝",
            "birth_date": "2020-08-31",
            "mother_number": "M",
            "father_number": "F",
        },
        "guardian_identity": {"holder_name": "父亲", "holder_number": "F"},
        "residence_social_security": {"issuing_authority": "某局", "holder_number": "F"},
    } | changes


def codes(item: Any, claims: dict[str, dict[str, Any]], at: datetime = AT) -> tuple[Indication, list[str]]:
    report = VerificationReport.of(check_materials(item, claims, at))
    return report.indication, [finding.code for finding in report.findings if finding.outcome == "failed"]


def test_either_proof_of_residence_will_do() -> None:
    assert codes(SCHOOL, family()) == (Indication.PASSED, [])
    title = {"residence_title": {"location": "某路", "holder_number": "F"}}
    claims = family() | title
    del claims["residence_social_security"]
    assert codes(SCHOOL, claims) == (Indication.PASSED, [])


def test_a_missing_material_is_named_with_what_would_do() -> None:
    claims = family()
    del claims["residence_social_security"]
    findings = [finding for finding in check_materials(SCHOOL, claims, AT) if finding.outcome == "failed"]
    assert [finding.code for finding in findings] == ["material-missing"]
    assert "不动产权证书" in findings[0].next_step.zh  # type: ignore[union-attr]
    assert "社会保障卡" in findings[0].next_step.zh  # type: ignore[union-attr]


def test_a_licence_without_a_needed_claim_does_not_count() -> None:
    partial = {name: value for name, value in BUSINESS.items() if name != "premises"}
    assert codes(RESTAURANT, {"business_licence": partial}) == (Indication.FAILED, ["material-missing"])


def test_an_optional_material_is_neutral_until_shown_then_it_counts() -> None:
    assert codes(RESTAURANT, {"business_licence": BUSINESS}) == (Indication.PASSED, [])
    right = {"business_licence": BUSINESS, "representative_identity": {"holder_name": "张小明"}}
    assert codes(RESTAURANT, right) == (Indication.PASSED, [])
    wrong = {"business_licence": BUSINESS, "representative_identity": {"holder_name": "李小红"}}
    assert codes(RESTAURANT, wrong) == (Indication.FAILED, ["condition-not-met-representative-is-named"])


def test_the_stranger_and_the_child_too_young() -> None:
    stranger = family(guardian_identity={"holder_name": "某人", "holder_number": "X"})
    assert codes(SCHOOL, stranger)[1] == [
        "condition-not-met-guardian-is-parent",
        "condition-not-met-residence-of-guardian",
    ]
    young = family(birth_certificate=family()["birth_certificate"] | {"birth_date": "2020-11-23"})
    assert codes(SCHOOL, young)[1] == ["condition-not-met-school-age"]


def test_days_are_counted_in_china() -> None:
    """Born 23 November 2020; at 16:30 UTC on the 22nd it is the 23rd in Beijing: six years old."""
    child = family(birth_certificate=family()["birth_certificate"] | {"birth_date": "2020-11-23"})
    assert codes(SCHOOL, child, datetime(2026, 11, 22, 15, 59, tzinfo=UTC))[1] == [
        "condition-not-met-school-age"
    ]
    assert codes(SCHOOL, child, datetime(2026, 11, 22, 16, 30, tzinfo=UTC))[1] == []


def test_nothing_shown_is_never_passed() -> None:
    for item in load_items():
        assert codes(item, {})[0] is Indication.FAILED
