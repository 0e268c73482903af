"""Whatever is sent as a delivery or as a source's description is read or refused by an error of ours."""

from __future__ import annotations

from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from issuer.registrar.authority import Authority
from issuer.sources.errors import InvalidObservationError, InvalidSourceError
from issuer.sources.observation import Observation, parse_face, parse_observations
from issuer.sources.source_input import parse_source
from standards.errors import InvalidInputError
from standards.licence_types import load_catalogue
from standards.text import Text
from tests.unit.issuer.library.builders import AUTHORITY, FOOD, licence

JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=12), inner, max_size=3),
    max_leaves=8,
)
NAMES = st.sampled_from(
    ["holders", "holder_name", "valid_until", "valid_from", "licence_number", "premises", "business_form"]
)
HOLDER = st.fixed_dictionaries(
    {}, optional={"name": JSON, "code_type": st.sampled_from(["111", "001", "zzz"]), "number": JSON}
)
ONE = licence(FOOD)
TYPE = load_catalogue().by_code(FOOD)
WHO = Authority(
    AUTHORITY.uscc, Text("机构", "Authority"), "330100", "city", "https://issuer.example", (FOOD,)
)


@settings(max_examples=150, deadline=None)
@given(st.dictionaries(NAMES | st.text(max_size=8), JSON | st.lists(HOLDER, max_size=3), max_size=4))
def test_fields_of_a_row(fields: dict[str, Any]) -> None:
    where = "/observations/0/fields"
    try:
        assert set(parse_face(Observation(0, str(ONE.identifier), fields), ONE, TYPE)) <= {*fields, "holders"}
    except InvalidObservationError as error:
        where = error.where or ""
    assert where.startswith("/observations/0/fields")


ROW = st.fixed_dictionaries(
    {},
    optional={
        "identifier": JSON | st.just(str(ONE.identifier)),
        "type": JSON,
        "licence_number": JSON,
        "fields": JSON | st.just({"premises": "x"}),
    },
)


@settings(max_examples=150, deadline=None)
@given(JSON | st.fixed_dictionaries({"observations": JSON | st.lists(ROW | JSON, max_size=4)}))
def test_a_delivery(obj: Any) -> None:
    """Each row is either read or named."""
    try:
        rows, errors = parse_observations(obj)
    except InvalidInputError:
        return
    assert len(rows) + len(errors) == len(obj["observations"])


@settings(max_examples=100, deadline=None)
@given(
    JSON
    | st.fixed_dictionaries(
        {"name": JSON, "department": JSON | st.just("health"), "expected_every_hours": JSON | st.just(24)},
        optional={"contact": JSON, "types": JSON, "system": JSON, "applies": JSON, "more": JSON},
    ),
    st.text(max_size=50) | st.just("feed"),
)
def test_a_description_of_a_source(obj: Any, code: str) -> None:
    try:
        source = parse_source(obj, code, WHO)
    except InvalidSourceError:
        return
    assert source.code == code
    assert source.expected_every.total_seconds() >= 3600
