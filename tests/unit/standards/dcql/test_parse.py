"""Reading DCQL queries: the examples of the specification, and each rule on its own."""

from __future__ import annotations

import contextlib
import json
from pathlib import Path
from typing import Any

import jsonschema
import pytest
from hypothesis import given
from hypothesis import strategies as st

from standards.dcql import InvalidDcqlQueryError, parse_dcql

WHOLE = (
    "claims_alternatives",
    "complex_mdoc",
    "credentials_alternatives",
    "multi_credentials",
    "simple",
    "simple_mdoc",
    "value_matching_simple",
)


@pytest.mark.parametrize("name", WHOLE)
def test_the_examples_of_the_specification_come_back(vectors: Path, name: str) -> None:
    document = json.loads((vectors / "openid4vp-dcql" / f"{name}.json").read_text())
    written = parse_dcql(document).to_json()
    assert written == document
    jsonschema.validate(written, json.loads((vectors / "openid-schemas" / "dcql_request.json").read_text()))


CLAIM = {"id": "a", "path": ["name"]}
CREDENTIAL: dict[str, Any] = {
    "id": "c",
    "format": "dc+sd-jwt",
    "meta": {"vct_values": ["t"]},
    "claims": [CLAIM],
}


def query_with(**changes: Any) -> dict[str, Any]:
    credential = {name: value for name, value in (CREDENTIAL | changes).items() if value is not ...}
    return {"credentials": [credential]}


@pytest.mark.parametrize(
    "document",
    [
        None,
        [],
        {},
        {"credentials": []},
        {"credentials": [CREDENTIAL, CREDENTIAL]},
        query_with(id=""),
        query_with(id="a b"),
        query_with(id=...),
        query_with(format="ldp_vc"),
        query_with(format=...),
        query_with(meta=...),
        query_with(meta={}),
        query_with(meta={"vct_values": []}),
        query_with(meta={"vct_values": "t"}),
        query_with(format="mso_mdoc", meta={"vct_values": ["t"]}),
        query_with(claims=[]),
        query_with(claims=[CLAIM, CLAIM]),
        query_with(claims=[CLAIM, {"id": "a", "path": ["other"]}]),
        query_with(claims=[{"path": []}]),
        query_with(claims=[{"path": [-1]}]),
        query_with(claims=[{"path": [True]}]),
        query_with(claims=[{"path": [1.5]}]),
        query_with(claims=[{"path": "name"}]),
        query_with(claims=[{"path": ["name"], "values": []}]),
        query_with(claims=[{"path": ["name"], "values": [None]}]),
        query_with(claims=[{"path": ["name"], "values": [1.5]}]),
        query_with(format="mso_mdoc", meta={"doctype_value": "d"}, claims=[{"path": ["name"]}]),
        query_with(format="mso_mdoc", meta={"doctype_value": "d"}, claims=[{"path": ["n", "e", "x"]}]),
        query_with(format="mso_mdoc", meta={"doctype_value": "d"}, claims=[{"path": ["n", 0]}]),
        query_with(claim_sets=[]),
        query_with(claim_sets=[[]]),
        query_with(claim_sets=[["unknown"]]),
        query_with(claim_sets=[["a", "a"]]),
        query_with(claim_sets=[["a"]], claims=[CLAIM, {"path": ["other"]}]),
        query_with(claim_sets=[["a"]], claims=...),
        query_with(multiple="yes"),
        query_with(require_cryptographic_holder_binding=0),
        query_with(trusted_authorities=[]),
        query_with(trusted_authorities=[{"type": "mine", "values": ["x"]}]),
        query_with(trusted_authorities=[{"type": "aki", "values": []}]),
        query_with() | {"credential_sets": []},
        query_with() | {"credential_sets": [{"options": []}]},
        query_with() | {"credential_sets": [{"options": [["unknown"]]}]},
        query_with() | {"credential_sets": [{"options": [["c"]], "required": "no"}]},
    ],
)
def test_a_query_that_breaks_a_rule_is_refused(document: Any) -> None:
    with pytest.raises(InvalidDcqlQueryError):
        parse_dcql(document)


def test_defaults_and_unknown_members() -> None:
    query = parse_dcql(query_with(extension=1))
    credential = query.credentials[0]
    assert (credential.multiple, credential.require_holder_binding) == (False, True)
    assert query.to_json() == query_with()


def test_trusted_authorities_come_back() -> None:
    document = query_with(trusted_authorities=[{"type": "aki", "values": ["s9tIpPmhxdiuNkHMEWNpYim8S8Y"]}])
    assert parse_dcql(document).to_json() == document


_json: Any = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=10),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=10), inner, max_size=3),
    max_leaves=10,
)


@given(
    st.sampled_from([*CREDENTIAL, "claim_sets", "multiple", "trusted_authorities"]),
    _json
    | st.lists(st.fixed_dictionaries({}, optional={"id": _json, "path": _json, "values": _json}), max_size=3),
)
def test_any_query_ends_in_a_query_or_our_error(member: str, value: Any) -> None:
    for document in (value, query_with(**{member: value}), query_with() | {"credential_sets": value}):
        with contextlib.suppress(InvalidDcqlQueryError):
            parsed = parse_dcql(document)
            assert parse_dcql(parsed.to_json()) == parsed
