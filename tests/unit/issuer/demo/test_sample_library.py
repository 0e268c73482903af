from __future__ import annotations

from collections import Counter
from datetime import UTC, datetime

import pytest

from issuer.demo.authorities import demo_authorities
from issuer.demo.faces import FACES
from issuer.demo.sample_library import sample_library
from issuer.library.licence import LicenceState
from issuer.library.standing import standing
from service.demo.people import CITIZENS
from standards.codes.citizen_number import parse_citizen_number
from standards.codes.division import parse_division
from standards.codes.uscc import is_uscc
from standards.licence_types import check_fields, load_catalogue

CATALOGUE = load_catalogue()
AT = datetime(2026, 11, 22, 8, 0, tzinfo=UTC)


@pytest.fixture(scope="module")
def library():
    return sample_library(CATALOGUE, AT)


def test_authorities_stand_in_two_provinces_and_three_cities():
    authorities = demo_authorities()
    divisions = [parse_division(authority.division) for authority in authorities]
    assert len({authority.uscc for authority in authorities}) >= 6
    assert {division.province for division in divisions} == {"330000", "510000"}
    assert {division.city for division in divisions} == {"330100", "330200", "510100"}
    assert all(is_uscc(authority.uscc) and "示例" in authority.name.zh for authority in authorities)
    assert {code for authority in authorities for code in authority.licence_types} == {
        licence_type.code for licence_type in CATALOGUE
    }


def test_more_than_a_thousand_licences_of_all_types(library):
    assert len(library.licences) >= 1000
    assert {licence.type_code for licence in library.licences} == set(FACES) == {t.code for t in CATALOGUE}
    assert len({str(licence.identifier) for licence in library.licences}) == len(library.licences)


def test_the_same_seed_and_day_make_the_same_library(library):
    assert sample_library(CATALOGUE, AT) == library


def test_every_sample_keeps_the_rules_of_its_type(library):
    for licence in library.licences:
        licence_type = CATALOGUE.by_code(licence.type_code)
        assert check_fields(licence_type, licence.fields) == ()
        assert licence_type.coding.pattern.fullmatch(licence.licence_number), licence.licence_number


def test_nobody_real_is_in_it(library):
    for licence in library.licences:
        for holder in licence.holders:
            if holder.code_type == "111":
                assert parse_citizen_number(holder.number).division == "990101"


def test_every_state_occurs(library):
    states = Counter(standing(one, CATALOGUE.by_code(one.type_code), AT) for one in library.licences)
    assert set(LicenceState) - set(states) == {LicenceState.NOT_YET_EFFECTIVE, LicenceState.OTHER}
    assert states[LicenceState.VALID] > 900
    assert any(licence.proposal for licence in library.licences)


def test_citizens_hold_sensible_sets(library):
    names = {licence_type.code: licence_type.name.en for licence_type in CATALOGUE}
    held = {
        citizen.name: {
            names[licence.type_code]
            for licence in library.licences
            for holder in licence.holders
            if holder.number == citizen.number
        }
        for citizen in CITIZENS
    }
    assert all("Resident identity card" in types for types in held.values())
    couple = {"Marriage certificate", "Real-estate title"}
    assert couple <= held["张小明"]
    assert couple <= held["李小红"]
    assert "Driving licence" in held["张小明"]
    children = [one for one in library.licences if one.fields.get("mother_name") == "李小红"]
    assert [one.fields["father_name"] for one in children] == ["张小明"]
    shops = [one for one in library.licences if one.fields.get("legal_representative") == "张小明"]
    assert {names[one.type_code] for one in shops} == {"Business licence", "Food business licence"}
    for licence in library.licences:
        if licence.identifier.serial.startswith("DEMO"):
            assert standing(licence, CATALOGUE.by_code(licence.type_code), AT) is LicenceState.VALID
