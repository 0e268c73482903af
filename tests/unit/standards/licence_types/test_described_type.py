"""A type as it is shown by who does not issue it."""

from __future__ import annotations

import orjson
import pytest

from standards.licence_types import load_catalogue, parse_licence_type, type_metadata
from standards.licence_types.described_type import (
    PLAIN,
    describe,
    described_type_data,
    described_type_of,
    parse_described_type,
)
from standards.licence_types.type_data import type_data
from standards.sd_jwt_vc import TypeMetadataError, encode_type_metadata, vct_integrity

TYPES = load_catalogue().all()


@pytest.mark.parametrize("licence_type", TYPES, ids=lambda one: one.name.en)
def test_a_types_data_read_again_are_the_type(licence_type):
    assert parse_licence_type(orjson.dumps(type_data(licence_type))) == licence_type


@pytest.mark.parametrize("licence_type", TYPES, ids=lambda one: one.name.en)
def test_what_the_issuer_publishes_describes_the_type_as_the_catalogue_does(licence_type):
    document = encode_type_metadata(type_metadata(licence_type))
    found = parse_described_type(
        document,
        vct=licence_type.vct,
        integrity=vct_integrity(document),
        data=orjson.dumps(type_data(licence_type)),
    )
    meant = describe(licence_type)
    assert (found.name, found.appearance, list(found.fields)) == (
        meant.name,
        meant.appearance,
        list(meant.fields),
    )
    for name, field in meant.fields.items():
        shown = found.fields[name]
        assert (shown.label, shown.kind, shown.grade, shown.mask, shown.choices) == (
            field.label, field.kind, field.grade, field.mask, field.choices,
        )  # fmt: skip
    assert (
        described_type_of(orjson.loads(orjson.dumps(described_type_data(found)))).fields.keys()
        == found.fields.keys()
    )


def test_a_document_other_than_the_signed_one_is_refused():
    """Credential signed over document A ── issuer's server answers document B ──▶ B is not used."""
    licence_type = TYPES[0]
    document = encode_type_metadata(type_metadata(licence_type))
    with pytest.raises(TypeMetadataError):
        parse_described_type(document + b" ", vct=licence_type.vct, integrity=vct_integrity(document))
    with pytest.raises(TypeMetadataError):
        parse_described_type(document, vct="urn:elicence:type:x:1", integrity=None)


@pytest.mark.parametrize("data", [b"", b"[]", b"{}", b'{"fields": [{"name": 1}]}', b"\xff"])
def test_broken_data_cost_no_label(data):
    licence_type = TYPES[0]
    document = encode_type_metadata(type_metadata(licence_type))
    found = parse_described_type(document, vct=licence_type.vct, integrity=None, data=data)
    assert found.fields["sex"].label == licence_type.field("sex").label


def test_words_and_colours_that_could_mislead_are_not_taken():
    document = orjson.dumps(
        {
            "vct": "urn:x",
            "display": [
                {
                    "locale": "zh-CN",
                    "name": "一行\n另一行",
                    "rendering": {"simple": {"background_color": "#ffffff", "text_color": "#fefefe"}},
                },
                {"locale": "en", "name": "Permit"},
            ],
            "claims": [
                {"path": ["place"], "display": [{"locale": "zh", "label": "x" * 500}]},
                {"path": ["a", 0]},
            ],
        }
    )
    found = parse_described_type(document, vct="urn:x", integrity=None)
    assert (found.name.zh, found.name.en, found.appearance) == ("Permit", "Permit", PLAIN)
    assert found.fields["place"].label.zh == "place"
    assert list(found.fields) == ["place"]
