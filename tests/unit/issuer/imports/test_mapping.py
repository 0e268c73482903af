"""What columns are, and what a row says by them."""

from __future__ import annotations

from typing import Any

import pytest

from issuer.imports.errors import InvalidMappingError
from issuer.imports.identity import RowIdentity
from issuer.imports.mapping import parse_mapping, propose_mapping, stored_mapping, targets_of
from issuer.imports.row_body import RowMapper, target_of
from standards.licence_types import load_catalogue
from tests.support.import_files import FOOD, HEADER, MAPPING, food_row

FOOD_TYPE = load_catalogue().by_code(FOOD)


@pytest.mark.parametrize("licence_type", list(load_catalogue()), ids=lambda one: one.code)
def test_the_names_and_the_labels_of_all_targets_are_known(licence_type: Any) -> None:
    targets = targets_of(licence_type)
    assert set(propose_mapping(licence_type, targets).columns) >= set(targets)
    fields = {own.label.zh: own.name for own in licence_type.own_fields}
    proposed = propose_mapping(licence_type, fields).columns
    assert {rule.column: name for name, rule in proposed.items() if rule.column in fields} == fields


def test_a_mapping_comes_back_as_it_was_kept() -> None:
    mapping = parse_mapping(
        {**MAPPING, "columns": {**MAPPING["columns"], "division": {"constant": "330100"}}},  # type: ignore[dict-item]
        FOOD_TYPE,
    )
    assert stored_mapping(mapping.to_json()) == mapping
    assert parse_mapping(mapping.to_json(), FOOD_TYPE) == mapping
    without_key = propose_mapping(FOOD_TYPE, HEADER)
    assert parse_mapping(without_key.to_json(), FOOD_TYPE) == without_key


@pytest.mark.parametrize(
    "wrong",
    [
        {},
        {"columns": {}},
        {"columns": {"colour": "x"}},
        {"columns": {"holder_name": {}}},
        {"columns": {"holder_name": {"column": "x", "constant": "y"}}},
        {"columns": {"holder_2_name": "x"}},
        {"columns": {"holder_name": "x"}, "more": 1},
    ],
)
def test_what_is_no_mapping_is_refused(wrong: dict[str, Any]) -> None:
    with pytest.raises(InvalidMappingError):
        parse_mapping(wrong, FOOD_TYPE)


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ("2025-03-01", "2025-03-01"), ("2025/3/1", "2025-03-01"), ("2025.03.1", "2025-03-01"),
        ("20250301", "2025-03-01"), ("2025年3月1日", "2025-03-01"), ("2025-03-01 00:00:00", "2025-03-01"),
        ("01/03/2025", "01/03/2025"), ("2025-3-1 08:00", "2025-3-1 08:00"),
    ],
)  # fmt: skip
def test_dates_are_read_as_sources_write_them_and_never_guessed(written: str, meant: str) -> None:
    mapper = RowMapper(parse_mapping(MAPPING, FOOD_TYPE), FOOD_TYPE, HEADER)
    says = mapper.body_of(list(food_row(1, 颁发日期=written).values()))
    assert says.body["issue_date"] == meant
    assert says.key == "K0000001"


def test_long_term_and_values_are_translated() -> None:
    mapping = parse_mapping(
        {
            "columns": {
                "holder_name": "n",
                "valid_until": "u",
                "business_form": {"column": "f", "values": {"2": "餐饮服务经营者"}},
            }
        },
        FOOD_TYPE,
    )
    mapper = RowMapper(mapping, FOOD_TYPE, ("n", "u", "f"))
    body = mapper.body_of(["甲", "长期", "2"]).body
    assert body["valid_until"] is None
    assert body["fields"] == {"business_form": "餐饮服务经营者"}
    assert "valid_until" not in mapper.body_of(["甲", "", "2"]).body


@pytest.mark.parametrize(
    ("pointer", "target"),
    [
        ("/holders/0/number", "holder_number"), ("/holders/2/name", "holder_3_name"), ("/holders", "holder_number"),
        ("/fields/premises", "premises"), ("/inspection/due", "inspection_due"), ("/issue_date", "issue_date"),
        (None, ""),
    ],
)  # fmt: skip
def test_a_mistake_is_named_by_the_target_it_came_from(pointer: str | None, target: str) -> None:
    assert target_of(pointer) == target


def test_an_identity_depends_on_secret_source_type_and_key_alone() -> None:
    one, same = RowIdentity(b"s" * 32, "a"), RowIdentity(b"s" * 32, "a")
    assert one.serial(FOOD, "K1") == same.serial(FOOD, "K1")
    others = {
        one.serial(FOOD, "K2"),
        one.serial(FOOD[:-1] + "2", "K1"),
        RowIdentity(b"s" * 32, "b").serial(FOOD, "K1"),
        RowIdentity(b"t" * 32, "a").serial(FOOD, "K1"),
    }
    assert len(others | {one.serial(FOOD, "K1")}) == 5
    assert one.digest({"x": 1, "y": 2}) == one.digest({"y": 2, "x": 1})
    assert one.digest({"x": 1}) != one.digest({"x": 2})


def test_a_bare_heading_is_known_by_the_label_that_says_more() -> None:
    business = load_catalogue().by_code("11100000MB0143028R001")
    proposed = propose_mapping(business, ["法定代表人", "住所", "经营范围"]).columns
    assert {"legal_representative", "premises", "business_scope"} <= set(proposed)
