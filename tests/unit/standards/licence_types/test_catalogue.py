from __future__ import annotations

import json
from importlib import resources
from pathlib import Path

import jsonschema
import pytest

from standards.codes.division import parse_division
from standards.licence_types import (
    COMMON_CLAIMS,
    Catalogue,
    InvalidLicenceTypeError,
    Sensitivity,
    UnknownLicenceTypeError,
    claims_of,
    load_catalogue,
    parse_licence_type,
    type_metadata,
)
from standards.licence_types.coding import NumberingFacts
from standards.licence_types.type_data import type_data
from standards.sd_jwt_vc import encode_type_metadata, parse_type_metadata, vct_integrity

DATA = resources.files("standards.licence_types").joinpath("data")
FILES = sorted(file.name for file in DATA.iterdir() if file.name.endswith(".json"))
SCHEMA = json.loads(
    (Path(__file__).parents[3] / "vectors" / "openid-schemas" / "type_metadata.json").read_text("utf-8")
)
TYPES = load_catalogue().all()
BY_NAME = {licence_type.name.en: licence_type for licence_type in TYPES}


def read(name: str) -> dict:
    return json.loads(DATA.joinpath(name).read_bytes())


@pytest.mark.parametrize("name", FILES)
def test_each_file_describes_a_type(name):
    licence_type = parse_licence_type(DATA.joinpath(name).read_bytes(), file_name=name)
    assert load_catalogue().by_vct(licence_type.vct) == licence_type
    assert licence_type.vct == f"urn:elicence:type:{licence_type.code}:{licence_type.version}"
    assert [field.order for field in licence_type.fields] == list(range(1, len(licence_type.fields) + 1))


def test_thirteen_types_ship_and_the_published_codes_are_kept():
    assert len(TYPES) == 13
    assert len(load_catalogue().versions()) == len(FILES)
    published = {licence_type.code for licence_type in TYPES if licence_type.code_origin == "published"}
    assert published == {
        "11100000000013338W001",
        "11100000MB0143028R001",
        "11100000MB03271699001",
        "11100000000019713D013",
    }


@pytest.mark.parametrize(
    ("name", "integrity"),
    [
        ("01-resident-identity-card.json", "sha256-ZIRpSDrZiAYEtVkj3I7DFVxNqD/zblZfrni7Vl3icaE="),
        ("02-business-licence.json", "sha256-xZqaIXcwEK5YBeVyGEvZn7iyRa5qcI96SFp5gCo2/s8="),
    ],
)
def test_a_published_version_never_changes(name, integrity):
    """Copies in people's hands carry this ``vct#integrity``; other metadata under the same vct would break them all."""
    document = encode_type_metadata(type_metadata(parse_licence_type(DATA.joinpath(name).read_bytes())))
    assert vct_integrity(document) == integrity


def test_the_code_means_the_newest_version_and_each_vct_its_own():
    catalogue = load_catalogue()
    card = catalogue.by_code("11100000000013338W001")
    assert card.version == "2"
    assert card.field("portrait").kind == "image"
    assert catalogue.find_version(card.code, "1").field("portrait") is None


def test_types_name_the_fields_that_say_who_acts_for_the_holder():
    named = {one.name.en: one.representatives for one in TYPES if one.representatives}
    assert {
        name: [(who.role, who.name_field, who.number_field) for who in whom] for name, whom in named.items()
    } == {
        "Business licence": [("legal_representative", "legal_representative", "legal_representative_number")],
        "Medical certificate of birth": [
            ("guardian", "mother_name", "mother_number"),
            ("guardian", "father_name", "father_number"),
        ],
    }
    number = BY_NAME["Business licence"].field("legal_representative_number")
    assert not number.printed
    assert not number.required


@pytest.mark.parametrize(
    "wrong",
    [
        {
            "role": "owner",
            "name_field": "legal_representative",
            "number_field": "legal_representative_number",
        },
        {"role": "guardian", "name_field": "holder_name", "number_field": "legal_representative_number"},
        {"role": "guardian", "name_field": "legal_representative", "number_field": "legal_representative"},
        {"role": "guardian", "name_field": "legal_representative", "number_field": "nobody"},
    ],
)
def test_representatives_that_no_field_names_are_refused(wrong):
    data = read("02-business-licence-2.json") | {"representatives": [wrong]}
    with pytest.raises(InvalidLicenceTypeError, match="representatives/0"):
        parse_licence_type(json.dumps(data).encode())


def test_type_data_read_again_give_the_same_type():
    for licence_type in load_catalogue().versions():
        again = parse_licence_type(json.dumps(type_data(licence_type)).encode())
        assert again == licence_type


def test_an_unknown_code_and_an_unknown_vct_are_refused():
    with pytest.raises(UnknownLicenceTypeError):
        load_catalogue().by_code("11100000000013338W999")
    with pytest.raises(UnknownLicenceTypeError):
        load_catalogue().by_vct("urn:elicence:type:11100000000013338W001:9")
    assert load_catalogue().find("x") is load_catalogue().find_vct("x") is None


@pytest.mark.parametrize("licence_type", TYPES, ids=lambda found: found.name.en)
def test_type_metadata_keep_the_schema_of_the_draft(licence_type):
    document = type_metadata(licence_type)
    jsonschema.validate(document, SCHEMA)
    encoded = encode_type_metadata(document)
    parse_type_metadata(encoded, vct=licence_type.vct, integrity=vct_integrity(encoded))
    assert {claim["path"][0] for claim in document["claims"]} >= set(COMMON_CLAIMS)
    assert {claim["sd"] for claim in document["claims"]} == {"always"}
    assert [display["locale"] for display in document["display"]] == ["zh-CN", "en"]
    assert len(claims_of(licence_type)) == len(document["claims"])


@pytest.mark.parametrize("licence_type", TYPES, ids=lambda found: found.name.en)
def test_numbers_of_persons_are_masked(licence_type):
    for field in licence_type.fields:
        if field.name.endswith("_number") and field.grade is Sensitivity.SENSITIVE:
            assert field.mask is not None, field.name


@pytest.mark.parametrize("licence_type", TYPES, ids=lambda found: found.name.en)
def test_a_card_can_be_read(licence_type):
    """WCAG 2.2 contrast of the card's text on its ground is at least 4.5:1."""
    lighter, darker = luminance(licence_type.appearance.text), luminance(licence_type.appearance.background)
    assert (lighter + 0.05) / (darker + 0.05) >= 4.5


def luminance(colour: str) -> float:
    parts = [int(colour[place : place + 2], 16) / 255 for place in (1, 3, 5)]
    red, green, blue = (
        part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts
    )
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


@pytest.mark.parametrize(
    ("name", "fields", "number"),
    [
        ("Marriage certificate", {}, "J330100-2025-000042"),
        ("Real-estate title", {}, "浙（2025）杭州市不动产权第0000042号"),
        ("Food business licence", {"business_form": "餐饮服务经营者"}, "JY23301000000422"),
        ("Medical certificate of birth", {}, "Z000000042"),
        (
            "Disability certificate",
            {"disability_category": "肢体残疾", "disability_level": "二级"},
            "99010119900101001942",
        ),
        ("Physician's licence", {"practice_category": "中医"}, "140330100000042"),
        (
            "Graduation and degree certificate",
            {"school_code": "99001", "education_level": "本科"},
            "990011202505000042",
        ),
        ("Vehicle licence", {"plate_number": "浙A12345"}, "浙A12345"),
    ],
)
def test_the_next_number_follows_the_coding_rule(name, fields, number):
    coding = BY_NAME[name].coding
    city = parse_division("330100")
    made = coding.next_number(NumberingFacts(city.code, city.name, 2025, 42, "990101199001010019", fields))
    assert made == number
    assert coding.pattern.fullmatch(made)


def test_an_older_version_stays_known_by_its_vct():
    """Versions 1, 10 and 2 of one type: the code means 10, each vct its own; the same version twice is a mistake."""
    versions = {}
    for version in ("1", "10", "2"):
        document = {**read("08-food-business-licence.json"), "version": version}
        versions[version] = parse_licence_type(json.dumps(document).encode())
    catalogue = Catalogue(versions.values())
    food = versions["1"]
    assert catalogue.by_code(food.code).version == "10"
    assert [found.version for found in catalogue] == ["10"]
    assert catalogue.by_vct(food.vct) is food
    with pytest.raises(InvalidLicenceTypeError):
        Catalogue([food, food])


def broken(change):
    document = read("08-food-business-licence.json")
    change(document)
    return json.dumps(document).encode()


@pytest.mark.parametrize(
    ("change", "where"),
    [
        (lambda d: d.update(colour="red"), "/colour"),
        (lambda d: d.update(code="11100000MB0143028X901"), "/code"),
        (lambda d: d["defining_authority"].update(uscc="11100000000013338W"), "/defining_authority"),
        (lambda d: d.update(version="01"), "/version"),
        (lambda d: d["name"].pop("en"), "/name/en"),
        (lambda d: d["holder"].update(code_types=["112"]), "/holder/code_types"),
        (lambda d: d["holder"].update(minimum=3), "/holder/maximum"),
        (lambda d: d["validity"].update(kind="by_age", bands=[{"from_age": 3}]), "/validity/bands"),
        (lambda d: d["validity"].pop("years"), "/validity/years"),
        (lambda d: d["coding"].update(pattern="("), "/coding/pattern"),
        (lambda d: d["coding"]["parts"][1].update(value="nothing"), "/coding/parts/1/value"),
        (lambda d: d["coding"]["parts"][1].update(codes={"餐饮服务经营者": "2"}), "/coding/parts/1/codes"),
        (lambda d: d["appearance"].update(text="white"), "/appearance/text"),
        (lambda d: d["fields"][0].update(kind="text"), "/fields/0/kind"),
        (lambda d: d["fields"][3].update(name="cnf"), "/fields/3/name"),
        (lambda d: d["fields"][3].update(name="residence"), "/fields/4/name"),
        (lambda d: d["fields"][3].update(grade=5), "/fields/3/grade"),
        (lambda d: d["fields"][6].update(pattern="x"), "/fields/6/pattern"),
        (lambda d: d["fields"][6].update(choices=d["fields"][6]["choices"][:1] * 2), "/fields/6/choices"),
    ],
)
def test_a_mistake_in_a_file_is_named_by_file_and_place(change, where):
    with pytest.raises(InvalidLicenceTypeError) as caught:
        parse_licence_type(broken(change), file_name="food.json")
    assert caught.value.where == f"food.json#{where}"
