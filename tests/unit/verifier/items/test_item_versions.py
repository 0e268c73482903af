"""Items in versions with days, ways of several licences together, issuers asked for, the operator's own items."""

from __future__ import annotations

import json
from datetime import UTC, date, datetime
from importlib import resources
from pathlib import Path
from typing import Any

import pytest

from standards.licence_types import load_catalogue
from tests.support.clock import FixedClock
from verifier.items import check_materials, issuer_facts, load_items, load_items_with, satisfied_by
from verifier.items.item_file import InvalidServiceItemError, parse_service_item
from verifier.items.register import ItemRegister, UnknownServiceItemError
from verifier.items.service_item import ServiceItem

AT = datetime(2026, 11, 22, 8, tzinfo=UTC)
USCC = "11330100MB99X1024U"


def data_of(file: str = "07-social-security-transfer.json") -> dict[str, Any]:
    content = resources.files("verifier.items").joinpath("data", file).read_bytes()
    value: dict[str, Any] = json.loads(content)
    return value


def parse(data: dict[str, Any]) -> ServiceItem:
    return parse_service_item(json.dumps(data).encode(), load_catalogue(), file_name="test.json")


def versions(*changes: dict[str, Any]) -> ItemRegister:
    return ItemRegister([parse(data_of() | change) for change in changes])


FIRST = {"version": 1, "effective_from": "2019-01-01"}
SECOND = {"version": 2, "effective_from": "2026-07-01", "effective_until": "2027-06-30"}


@pytest.mark.parametrize(
    ("day", "version"),
    [
        (date(2018, 12, 31), None),
        (date(2019, 1, 1), 1),
        (date(2026, 6, 30), 1),
        (date(2026, 7, 1), 2),
        (date(2027, 6, 30), 2),
        (date(2027, 7, 1), None),
    ],
)
def test_the_version_in_force_on_a_day(day: date, version: int | None) -> None:
    register = versions(SECOND, FIRST)
    found = register.find("social-security-transfer", at=day)
    assert (found.version if found else None) == version


def test_the_register_lists_what_applies_today_by_civil_time() -> None:
    """22:00 UTC on 30 June is 1 July in China."""
    register = versions(FIRST, SECOND)
    for instant, version in (
        (datetime(2026, 6, 30, 15, 59, tzinfo=UTC), 1),
        (datetime(2026, 6, 30, 16, tzinfo=UTC), 2),
    ):
        today = register.on_clock(FixedClock(instant))
        assert [item.version for item in today] == [version]
        assert len(today) == 1
    assert [item.version for item in register.versions("social-security-transfer")] == [1, 2]
    assert register.by_code("social-security-transfer", version=1).version == 1


def test_an_item_that_does_not_apply_says_when_it_does() -> None:
    register = versions(SECOND).on_clock(FixedClock(datetime(2026, 1, 1, tzinfo=UTC)))
    with pytest.raises(UnknownServiceItemError, match="from 2026-07-01 to 2027-06-30"):
        register.by_code("social-security-transfer")


@pytest.mark.parametrize("second", [{**SECOND, "version": 1}, {**SECOND, "effective_from": "2019-01-01"}])
def test_versions_that_contradict_each_other(second: dict[str, Any]) -> None:
    with pytest.raises(InvalidServiceItemError, match="versions"):
        versions(FIRST, second)


@pytest.mark.parametrize(
    ("change", "where"),
    [
        ({"effective_from": "1.1.2019"}, "/effective_from"),
        ({"effective_until": "2018-12-31"}, "/effective_until"),
        ({"version": 0}, "/version"),
        ({"region": "33010"}, "/region"),
        ({"stages": ["handling", "consult"]}, "/stages"),
        ({"stages": ["consult"]}, "/stages"),
        ({"stages": ["cooking", "handling"]}, "/stages"),
        ({"own_forms": -1}, "/own_forms"),
        (
            {"offline": {"trust_max_age_hours": 9999, "status_max_age_hours": 1, "unredeemed": True}},
            "/offline/trust_max_age_hours",
        ),
        (
            {
                "form": [
                    {
                        "id": "a",
                        "label": {"zh": "甲", "en": "A"},
                        "kind": "text",
                        "required": True,
                        "from": ["identity.nothing"],
                    }
                ]
            },
            "/form/0/from",
        ),
    ],
)
def test_a_mistake_is_named_with_its_place(change: dict[str, Any], where: str) -> None:
    with pytest.raises(InvalidServiceItemError) as refused:
        parse(data_of() | change)
    assert refused.value.where == f"test.json#{where}"


def together() -> dict[str, Any]:
    """The card, or identity card and degree together."""
    data = data_of()
    card = data["materials"][0]["accepts"][0]
    pair = [
        {"query": "other_identity", "type": "11100000000013338W001", "claims": ["holder_name"]},
        {"query": "other_degree", "type": "11100000MB990003XK901", "claims": ["major"]},
    ]
    data["materials"][0]["accepts"] = [card, {"all_of": pair}]
    return data


def test_several_licences_together_satisfy_a_material() -> None:
    item = parse(together())
    material = item.materials[0]
    assert material.options == (("social_security_card",), ("other_identity", "other_degree"))
    query = load_items().query(load_items().by_code("social-security-transfer")).to_json()
    assert "credential_sets" not in query
    asked = ItemRegister([item]).query(item).to_json()
    assert asked["credential_sets"][0]["options"] == [
        ["social_security_card"],
        ["other_identity", "other_degree"],
    ]
    half = {"other_identity": {"holder_name": "张小明"}}
    assert satisfied_by(material, half) is None
    assert satisfied_by(material, {**half, "other_degree": {"major": "法学"}}) == "other_identity"
    missing = check_materials(item, half, AT)[0]
    assert missing.code == "material-missing"
    assert missing.next_step is not None
    assert "居民身份证和毕业证书" in missing.next_step.zh


@pytest.mark.parametrize(
    ("rule", "issuer", "met"),
    [
        ({"authorities": [USCC]}, issuer_facts(USCC, "330100"), True),
        ({"authorities": [USCC]}, issuer_facts("11510100MB99Y2044D", "510100"), False),
        ({"divisions": ["33", "5101"]}, issuer_facts(USCC, "330100"), True),
        ({"divisions": ["33", "5101"]}, issuer_facts(USCC, "510400"), False),
        ({"divisions": ["33"]}, issuer_facts(USCC, None), False),
        ({"authorities": [USCC], "divisions": ["51"]}, issuer_facts(USCC, "330100"), False),
        ({"authorities": [USCC]}, {}, False),
    ],
)
def test_a_licence_of_certain_issuers(rule: dict[str, Any], issuer: dict[str, str], met: bool) -> None:
    data = data_of()
    data["conditions"] = [
        {
            "id": "issuer",
            "label": {"zh": "由指定机关签发", "en": "Issued by one of the authorities named"},
            "refusal": {"zh": "不是指定机关签发的。", "en": "It was issued by another authority."},
            "rule": {"kind": "issued_by", "query": "identity", **rule},
        }
    ]
    item = parse(data)
    shown = {"identity": {"holder_name": "张小明", "holder_number": "1", **issuer}}
    codes = [finding.code for finding in check_materials(item, shown, AT)]
    assert f"condition-{'met' if met else 'not-met'}-issuer" in codes
    assert not any("issuer" in finding.code for finding in check_materials(item, {}, AT))


def test_an_operators_own_items(tmp_path: Path) -> None:
    """A new item and a new version of one that ships stand beside the shipped ones; a broken file names itself."""
    shipped = len(load_items())
    (tmp_path / "own.json").write_text(json.dumps(data_of() | {"code": "own-item"}))
    (tmp_path / "newer.json").write_text(
        json.dumps(data_of() | {"version": 7, "effective_from": "2030-01-01"})
    )
    register = load_items_with(tmp_path)
    assert len(register) == shipped + 1
    assert [item.version for item in register.versions("social-security-transfer")][-1] == 7
    assert len(load_items_with(tmp_path / "absent")) == shipped
    (tmp_path / "own.json").write_text("{")
    with pytest.raises(InvalidServiceItemError) as refused:
        load_items_with(tmp_path)
    assert str(tmp_path / "own.json") in (refused.value.where or "")


def test_every_shipped_item_is_complete() -> None:
    for item in load_items():
        assert item.paper_baseline >= len(item.materials), item.code
        assert item.form, item.code
        assert any(not field.sources for field in item.form), "something is always asked of people"
        assert item.offline.status_max_age <= item.offline.trust_max_age, item.code


@pytest.mark.parametrize(
    ("region", "division", "applies"),
    [("", "510100", True), ("51", "510100", True), ("5101", "510105", True), ("33", "510100", False)],
)
def test_an_item_applies_in_its_region(region: str, division: str, applies: bool) -> None:
    assert parse(data_of() | {"region": region}).applies_in(division) is applies


def test_of_a_code_alone_only_what_it_carries_is_judged() -> None:
    """The compact form satisfies its material without all claims; a condition over what it lacks cannot be judged."""
    item = parse(data_of())
    short = {"social_security_card": {"holder_name": "张小明"}}
    findings = {
        finding.code: finding.outcome.value
        for finding in check_materials(item, short, AT, short=frozenset(short))
    }
    assert findings["material-satisfied"] == "passed"
    assert findings["condition-unreadable-card-valid-three-months"] == "indeterminate"
    assert "material-awaited" in findings, "the identity card is still wanted"
    assert "condition-unreadable-one-holder" not in findings, "there is nothing to compare with"
