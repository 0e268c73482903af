"""How claims are told to a person, and what a disclosure shows and leaves out."""

from __future__ import annotations

from tests.support.faces import face
from wallet.holdings.face_fields import fields_of, licence_number, shown_by, withheld_by
from wallet.holdings.holding import parse_face


def names(fields: tuple) -> list[str]:
    return [field.name for field in fields]


def test_fields_come_in_printed_order_with_labels_and_masks() -> None:
    card = face(holder_number="990101198805120016", birth_date="1988-05-12", sex="男", division="330100")
    fields = {field.name: field for field in fields_of(card)}
    assert list(fields) == ["holder_name", "sex", "birth_date", "holder_number", "division"]
    assert fields["birth_date"].value.to_json() == {"zh": "1988年5月12日", "en": "12 May 1988"}
    assert fields["sex"].value.en == "Male"
    assert fields["holder_number"].masked == "9****************6"
    assert fields["holder_number"].sensitive
    assert fields["division"].value.zh == "浙江省杭州市（330100）"


def test_a_claim_that_the_catalogue_does_not_know_keeps_its_name_and_technical_ones_stay_away() -> None:
    card = face(something={"a": [1, True]}, status={}, cnf={})
    [_, unknown] = fields_of(card)
    assert (unknown.name, unknown.label.zh, unknown.value.zh) == ("something", "something", "a: 1、是")


def test_what_is_not_shown_is_withheld_and_nothing_is_both() -> None:
    card = face(birth_date="1988-05-12", sex="男", address="某路")
    paths = (("holder_name",), ("sex",))
    assert names(shown_by(card, paths)) == ["holder_name", "sex"]
    assert names(withheld_by(card, paths)) == ["birth_date", "address"]
    assert names(shown_by(card, ())) == []


def test_a_part_of_a_claim_shows_that_part_only() -> None:
    card = face(vct="urn:other:type", nested={"open": "yes", "closed": "no"})
    [shown] = shown_by(card, [("nested", "open")])
    assert shown.value.zh == "yes"


def test_a_day_that_is_none_stays_as_it_came() -> None:
    [_, field] = fields_of(face(birth_date="some time"))
    assert field.value.zh == "some time"


def test_a_licence_without_number_has_none() -> None:
    assert licence_number(face()) is None


def test_a_face_survives_the_store() -> None:
    card = face(birth_date="1988-05-12")
    assert parse_face(card.to_json()) == card
