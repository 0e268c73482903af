"""The items that ship: each is read, asks for the minimum, and can be answered."""

from __future__ import annotations

import contextlib
import json
from importlib import resources
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from standards.dcql import parse_dcql
from standards.licence_types import load_catalogue
from verifier.items import ServiceItem, load_items
from verifier.items.item_file import InvalidServiceItemError, parse_service_item
from verifier.items.register import ItemRegister, UnknownServiceItemError

ITEMS = tuple(load_items())
FILES = sorted(
    (
        file
        for file in resources.files("verifier.items").joinpath("data").iterdir()
        if file.name.endswith(".json")
    ),
    key=lambda file: file.name,
)
RESTAURANT = json.loads(FILES[0].read_bytes())


def test_ten_items_for_every_region_level_in_use() -> None:
    assert len(ITEMS) == 10
    assert sum(len(load_items().versions(item.code)) for item in ITEMS) == len(FILES)
    assert {"food-business-licence", "real-estate-transfer", "school-enrolment"} <= {
        item.code for item in ITEMS
    }


@pytest.mark.parametrize("item", ITEMS, ids=lambda item: item.code)
def test_an_item_asks_for_what_it_uses_and_no_more(item: ServiceItem) -> None:
    """A claim that is neither compared nor a fact nor read by the clerk's decision would be one too many."""
    query = load_items().query(item)
    assert parse_dcql(query.to_json()) == query
    assert len(item.facts) == 3
    for material in item.materials:
        for accepted in material.accepts:
            assert accepted.licence_type.vct in query.credential(accepted.query).types  # type: ignore[union-attr]
            assert len(accepted.asked) < len(accepted.licence_type.fields), (
                "the whole face is not the minimum"
            )


@pytest.mark.parametrize("item", ITEMS, ids=lambda item: item.code)
def test_texts_are_there_in_both_languages(item: ServiceItem) -> None:
    for text in (
        item.name,
        item.purpose,
        item.basis.law,
        item.retention,
        *(condition.refusal for condition in item.conditions),
    ):
        assert any("一" <= character <= "鿿" for character in text.zh)
        assert text.en.isascii() or "’" in text.en


def test_choices_and_options_become_credential_sets() -> None:
    query = load_items().query(load_items().by_code("school-enrolment"))
    assert [(entry.options, entry.required) for entry in query.credential_sets] == [
        ((("birth_certificate",),), True),
        ((("guardian_identity",),), True),
        ((("residence_title",), ("residence_social_security",)), True),
    ]
    assert query.credentials[0].claim_sets == (
        ("holder_name", "birth_date", "mother_number", "father_number"),
        ("holder_name", "birth_date", "mother_number"),
        ("holder_name", "birth_date", "mother_number", "father_number", "sex"),
        ("holder_name", "birth_date", "mother_number", "sex"),
    )
    assert not load_items().query(load_items().by_code("social-security-transfer")).credential_sets


def broken(**changes: Any) -> bytes:
    return json.dumps(RESTAURANT | changes).encode()


def material(**changes: Any) -> dict[str, Any]:
    first, *others = RESTAURANT["materials"]
    return {"materials": [first | changes, *others]}


def accepted(**changes: Any) -> dict[str, Any]:
    return material(accepts=[RESTAURANT["materials"][0]["accepts"][0] | changes])


def condition(rule: dict[str, Any]) -> dict[str, Any]:
    return {"conditions": [RESTAURANT["conditions"][0] | {"rule": rule}]}


@pytest.mark.parametrize(
    ("changes", "where"),
    [
        ({"surprise": 1}, "/surprise"),
        ({"code": "Not A Code"}, "/code"),
        ({"name": {"zh": "只有中文"}}, "/name/en"),
        ({"level": "village"}, "/level"),
        ({"paper_baseline": 1}, "/paper_baseline"),
        ({"materials": []}, "/materials"),
        ({"facts": ["business_licence.founded_date"]}, "/facts"),
        (material(id="representative_identity"), "/materials"),
        (material(of="neighbour"), "/materials/0/of"),
        (accepted(type="11100000000000000X999"), "/materials/0/accepts/0/type"),
        (accepted(claims=["no_such_claim"]), "/materials/0/accepts/0/claims"),
        (accepted(claims=["valid_until"]), "/materials/0/accepts/0/claims"),
        (accepted(claims=["holder_name", "holder_name"]), "/materials/0/accepts/0/claims"),
        (accepted(claims_if_present=["nothing"]), "/materials/0/accepts/0/claims_if_present"),
        (accepted(optional=["nothing"]), "/materials/0/accepts/0/optional"),
        (accepted(optional=["holder_name"]), "/materials/0/accepts/0/claims"),
        ({"basis": "curiosity"}, "/basis"),
        ({"retention": None}, "/retention"),
        (condition({"kind": "magic"}), "/conditions/0/rule/kind"),
        (
            condition({"kind": "equal", "claims": ["business_licence.holder_name"]}),
            "/conditions/0/rule/claims",
        ),
        (condition({"kind": "equal", "claims": ["a.b", "c.d"]}), "/conditions/0/rule/claims"),
        (condition({"kind": "age", "birth": "business_licence.premises"}), "/conditions/0/rule/at_least"),
        (
            condition({"kind": "valid_for", "claim": "business_licence.premises", "months": 0}),
            "/conditions/0/rule/months",
        ),
    ],
)
def test_a_broken_file_names_the_place(changes: dict[str, Any], where: str) -> None:
    with pytest.raises(InvalidServiceItemError) as error:
        parse_service_item(broken(**changes), load_catalogue(), file_name="item.json")
    assert error.value.where == f"item.json#{where}"


@given(st.binary(max_size=300) | st.text(max_size=300).map(str.encode))
def test_any_bytes_are_an_item_or_its_error(data: bytes) -> None:
    with pytest.raises(InvalidServiceItemError):
        parse_service_item(data, load_catalogue(), file_name="x")


@given(
    st.dictionaries(
        st.sampled_from(sorted(RESTAURANT)), st.none() | st.integers() | st.text() | st.lists(st.text())
    )
)
def test_any_changed_member_is_an_item_or_its_error(changes: dict[str, Any]) -> None:
    with contextlib.suppress(InvalidServiceItemError):
        parse_service_item(broken(**changes), load_catalogue(), file_name="x")


def test_codes_are_unique_and_unknown_ones_are_said_so() -> None:
    with pytest.raises(InvalidServiceItemError):
        ItemRegister([ITEMS[0], ITEMS[0]])
    with pytest.raises(UnknownServiceItemError):
        load_items().by_code("nothing")
