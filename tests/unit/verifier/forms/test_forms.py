"""The one form: filled from licences, locked, in conflict, typed in; what is typed is read with distrust."""

from __future__ import annotations

from typing import Any

import pytest

from verifier.forms import FilledField, InvalidFormError, fill_form, parse_typed_values
from verifier.items import ServiceItem, load_items

ITEM: ServiceItem = load_items().by_code("social-security-transfer")
CARD = {"holder_name": "张小明", "holder_number": "990101198805120016", "licence_number": "A12345678"}
IDENTITY = {
    "holder_name": "张小明",
    "holder_number": "990101198805120016",
    "address": "浙江省杭州市示例路1号",
}


def filled(claims: dict[str, dict[str, Any]], typed: dict[str, str] | None = None) -> dict[str, FilledField]:
    return {one.asked.id: one for one in fill_form(ITEM, claims, typed or {}).fields}


def test_fields_come_from_licences_with_their_source_and_are_locked() -> None:
    fields = filled({"social_security_card": CARD, "identity": IDENTITY})
    assert (fields["name"].value, fields["name"].locked, fields["name"].conflict) == ("张小明", True, False)
    assert [source.licence.zh for source in fields["name"].sources] == ["社会保障卡", "居民身份证"]
    assert fields["address"].sources[0].material.zh == next(
        material.name.zh for material in ITEM.materials if material.id == "identity"
    )
    assert not fields["telephone"].locked
    assert fields["telephone"].open


def test_what_is_typed_counts_only_where_no_licence_speaks() -> None:
    typed = {"name": "李四", "telephone": "13800000000"}
    fields = filled({"social_security_card": CARD}, typed)
    assert fields["name"].value == "张小明"
    assert (fields["telephone"].value, fields["telephone"].typed) == ("13800000000", True)
    assert filled({}, typed)["name"].value == "李四"


def test_licences_that_disagree_are_both_shown() -> None:
    fields = filled({"social_security_card": CARD, "identity": {**IDENTITY, "holder_name": "张晓明"}})
    assert fields["name"].conflict
    assert [source.value for source in fields["name"].sources] == ["张小明", "张晓明"]
    assert fill_form(ITEM, {"social_security_card": CARD, "identity": IDENTITY}, {}).conflicts == ()


def test_complete_once_nothing_required_is_open() -> None:
    claims = {"social_security_card": CARD, "identity": IDENTITY}
    assert not fill_form(ITEM, claims, {}).complete
    form = fill_form(ITEM, claims, {"former_place": "四川省成都市", "telephone": "13800000000"})
    assert form.complete
    assert form.saved == 4
    assert form.to_json()["from_licences"] == 4


@pytest.mark.parametrize("empty", [None, "", "  "])
def test_a_licence_that_says_nothing_leaves_the_field_open(empty: object) -> None:
    assert not filled({"identity": {**IDENTITY, "address": empty}})["address"].locked


@pytest.mark.parametrize(
    ("item", "typed", "wrong"),
    [
        ("social-security-transfer", {"nothing": "x"}, {"nothing"}),
        ("social-security-transfer", {"telephone": 13800000000, "nothing": "x"}, {"telephone", "nothing"}),
        ("social-security-transfer", {"telephone": "1" * 201}, {"telephone"}),
        ("social-security-transfer", {"telephone": "1\u202e2"}, {"telephone"}),
        ("social-security-transfer", {"telephone": "1\x002"}, {"telephone"}),
        ("real-estate-transfer", {"price": "一百万", "buyer": "李四"}, {"price"}),
        ("real-estate-transfer", {"price": "100.123"}, {"price"}),
        ("school-enrolment", {"birth_date": "2020-02-30"}, {"birth_date"}),
        ("school-enrolment", [], {""}),
    ],
)
def test_everything_wrong_is_said_at_once(item: str, typed: Any, wrong: set[str]) -> None:
    with pytest.raises(InvalidFormError) as refused:
        parse_typed_values(load_items().by_code(item), typed)
    assert set(refused.value.problems) == wrong


def test_what_is_typed_is_trimmed_and_normal() -> None:
    item = load_items().by_code("food-business-licence")
    typed = {"telephone": " 138 ", "items": "热食类\n冷食类", "applicant": ""}
    assert parse_typed_values(item, typed) == {"telephone": "138", "items": "热食类\n冷食类"}
