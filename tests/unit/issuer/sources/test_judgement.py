"""Who may write which field: one source per field."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from time import perf_counter
from typing import Any

import pytest

from issuer.library.licence import Holder, Licence
from issuer.library.licence_input import parse_licence_draft
from issuer.sources import Source, differences, face_of, face_of_draft, judge
from standards.licence_types import DEPARTMENTS, LicenceType, load_catalogue
from tests.unit.issuer.library.builders import AUTHORITY, BUSINESS, DRIVING, FOOD, TITLE, TODAY, body, licence

ROAD = "11100000000019713D013"


def source(department: str) -> Source:
    return Source(AUTHORITY.uscc, "feed", "来源", department, "", timedelta(days=1))


def type_of(one: Licence) -> LicenceType:
    return load_catalogue().by_vct(one.vct)


def test_every_field_of_every_type_has_one_source() -> None:
    for licence_type in load_catalogue().all():
        for field in licence_type.fields:
            assert licence_type.source_of(field.name) in DEPARTMENTS


def test_a_holder_is_called_what_the_register_of_his_number_says() -> None:
    food = load_catalogue().by_code(FOOD)
    assert food.source_of("holder_name", "111") == "public_security"
    assert food.source_of("holder_name", "001") == "market_regulation"
    assert load_catalogue().by_code(TITLE).source_of("holder_name", "414") == "natural_resources"
    assert load_catalogue().by_code(ROAD).source_of("plate_number") == "public_security"


def test_a_new_licence_is_accepted_whole() -> None:
    face = {"premises": "x"}
    judgement = judge(load_catalogue().by_code(FOOD), source("taxation"), None, face)
    assert (judgement.accepted, judgement.refused, judgement.changed) == (face, (), ("premises",))


def test_the_right_department_writes_and_another_does_not() -> None:
    one = licence(FOOD)
    incoming = {"premises": "示例路 8 号", "business_items": one.fields["business_items"]}
    right = judge(type_of(one), source("market_regulation"), face_of(one), incoming)
    assert (right.accepted, right.refused, right.changed) == (incoming, (), ("premises",))
    wrong = judge(type_of(one), source("taxation"), face_of(one), incoming)
    assert wrong.accepted == {"business_items": one.fields["business_items"]}
    assert wrong.changed == ()
    (conflict,) = wrong.refused
    assert (conflict.field, conflict.current, conflict.incoming) == (
        "premises",
        one.fields["premises"],
        "示例路 8 号",
    )
    assert conflict.department == "market_regulation"
    assert "示例路" not in repr(wrong)


def test_an_authoritys_own_hand_writes_everything() -> None:
    one = licence(FOOD)
    incoming = {"premises": "示例路 8 号", "valid_until": "2030-01-01"}
    judgement = judge(type_of(one), None, face_of(one), incoming)
    assert judgement.refused == ()
    assert judgement.changed == ("premises", "valid_until")


def test_no_value_against_a_value_is_a_difference() -> None:
    """registered_capital: None says that there is none; a field that is left out says nothing."""
    one = licence(BUSINESS)
    one = replace(one, fields={**one.fields, "registered_capital": "100 万元"})
    judgement = judge(type_of(one), source("taxation"), face_of(one), {"registered_capital": None})
    assert [conflict.field for conflict in judgement.refused] == ["registered_capital"]
    assert judge(type_of(one), source("taxation"), face_of(one), {}).refused == ()


def renamed(one: Licence, name: str) -> tuple[Holder, ...]:
    return (replace(one.holders[0], name=name), *one.holders[1:])


def test_a_name_is_refused_while_the_rest_of_the_holders_is_taken() -> None:
    """Title of two; the registry replaces the second holder and writes the first one's name otherwise."""
    first = Holder("甲示例", "111", "990101198805120016")
    second = Holder("乙示例", "111", "990101199203080023")
    third = Holder("丙示例", "111", "990101197511230039")
    one = replace(licence(TITLE), holders=(first, second))
    incoming = {"holders": (replace(first, name="甲示列"), third)}
    judgement = judge(type_of(one), source("natural_resources"), face_of(one), incoming)
    assert judgement.accepted["holders"] == (first, third)
    assert judgement.changed == ("holders",)
    (conflict,) = judgement.refused
    assert (conflict.field, conflict.place, conflict.incoming) == ("holder_name", 0, "甲示列")
    assert conflict.department == "public_security"


def test_the_population_register_writes_names_and_not_who_holds_it() -> None:
    first = Holder("甲示例", "111", "990101198805120016")
    third = Holder("丙示例", "111", "990101197511230039")
    one = replace(licence(TITLE), holders=(first,))
    police = source("public_security")
    judgement = judge(type_of(one), police, face_of(one), {"holders": (replace(first, name="甲新名"),)})
    assert judgement.accepted["holders"] == (replace(first, name="甲新名"),)
    assert judgement.refused == ()
    judgement = judge(type_of(one), police, face_of(one), {"holders": (third,)})
    assert judgement.accepted["holders"] == (first,)
    assert [(found.field, found.department) for found in judgement.refused] == [
        ("holders", "natural_resources")
    ]
    assert judgement.changed == ()


def test_the_same_holders_in_another_order_are_no_difference() -> None:
    first = Holder("甲示例", "111", "990101198805120016")
    second = Holder("乙示例", "111", "990101199203080023")
    one = replace(licence(TITLE), holders=(first, second))
    incoming = {"holders": (second, first)}
    assert differences(type_of(one), face_of(one), incoming) == ()
    judgement = judge(type_of(one), source("taxation"), face_of(one), incoming)
    assert (judgement.accepted["holders"], judgement.refused, judgement.changed) == ((first, second), (), ())


def test_differences_name_every_field_whoever_may_write_it() -> None:
    one = licence(FOOD)
    incoming = {
        "premises": "示例路 8 号",
        "licence_number": one.licence_number,
        "holders": renamed(one, "新字号（示例）"),
        "valid_until": None,
    }
    found = differences(type_of(one), face_of(one), incoming)
    assert [(one.field, one.department) for one in found] == [
        ("premises", "market_regulation"),
        ("holder_name", "market_regulation"),
        ("valid_until", "market_regulation"),
    ]


@pytest.mark.parametrize("type_code", [FOOD, DRIVING, BUSINESS, TITLE])
def test_a_draft_of_the_same_content_changes_nothing(type_code: str) -> None:
    one = licence(type_code)
    draft = parse_licence_draft(body(type_code), load_catalogue(), today=TODAY)
    face: dict[str, Any] = face_of_draft(replace(draft, licence_number=one.licence_number))
    judgement = judge(type_of(one), source("other"), face_of(one), face)
    assert (judgement.refused, judgement.changed) == ((), ())


def test_judging_costs_little_beside_reading_a_row() -> None:
    """5,000 rows a second leave 200 µs a row; judging an unchanged one may take a twentieth of that."""
    one = licence(FOOD)
    current, incoming, feed, kind = face_of(one), face_of(one), source("taxation"), type_of(one)
    best = min(_seconds(lambda: judge(kind, feed, current, incoming)) for _ in range(5))
    assert best < 10e-6


def _seconds(work: Any) -> float:
    start = perf_counter()
    for _ in range(1_000):
        work()
    return (perf_counter() - start) / 1_000
