"""Matching a query against held credentials, and judging what was shown (OpenID4VP 1.0 sections 6.4, 7 and 8.6)."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from standards.dcql import (
    Candidate,
    ClaimsPath,
    ConcretePath,
    Presented,
    check_response,
    covers,
    match,
    parse_dcql,
    select,
)

# The document of the claims path examples: OpenID4VP 1.0 section 7.3.
PERSON: dict[str, Any] = {
    "name": "Arthur Dent",
    "address": {"street_address": "42 Market Street", "locality": "Milliways", "postal_code": "12345"},
    "degrees": [
        {"type": "Bachelor of Science", "university": "University of Betelgeuse"},
        {"type": "Master of Science", "university": "University of Betelgeuse"},
    ],
    "nationalities": ["British", "Betelgeusian"],
}


@pytest.mark.parametrize(
    ("path", "values"),
    [
        (("name",), ["Arthur Dent"]),
        (("address",), [PERSON["address"]]),
        (("address", "street_address"), ["42 Market Street"]),
        (("degrees", None, "type"), ["Bachelor of Science", "Master of Science"]),
        (("nationalities", 1), ["Betelgeusian"]),
        (("nationalities", 2), []),
        (("name", "x"), []),
        (("name", 0), []),
        (("address", None), []),
        (("degrees", "type"), []),
        (("missing",), []),
        ((None,), []),
    ],
)
def test_claims_paths_of_the_specification(path: ClaimsPath, values: list[Any]) -> None:
    assert [value for _, value in select(PERSON, path)] == values


def test_selected_elements_carry_their_own_path() -> None:
    assert [where for where, _ in select(PERSON, ("degrees", None, "type"))] == [
        ("degrees", 0, "type"),
        ("degrees", 1, "type"),
    ]


@pytest.mark.parametrize(
    ("path", "concrete", "covered"),
    [
        (("address",), ("address", "locality"), True),
        (("address", "locality"), ("address",), True),
        (("address", "locality"), ("address", "postal_code"), False),
        (("degrees", None), ("degrees", 1), True),
        (("degrees", None), ("degrees", "1"), False),
        (("degrees", 0), ("degrees", 1), False),
        (("1",), (1,), False),
    ],
)
def test_what_belongs_to_a_claim_that_is_asked_for(
    path: ClaimsPath, concrete: ConcretePath, covered: bool
) -> None:
    assert covers(path, concrete) is covered


def credential(query_id: str = "c", **members: Any) -> dict[str, Any]:
    return {"id": query_id, "format": "dc+sd-jwt", "meta": {"vct_values": ["person"]}} | members


def query(*credentials: dict[str, Any], sets: list[Any] | None = None) -> Any:
    return parse_dcql({"credentials": list(credentials)} | ({"credential_sets": sets} if sets else {}))


def held(**changes: Any) -> Candidate:
    return Candidate(**({"id": "1", "format": "dc+sd-jwt", "type": "person", "claims": PERSON} | changes))


def test_a_candidate_answers_with_the_claims_asked_for_and_no_more() -> None:
    found = match(query(credential(claims=[{"path": ["name"]}])), [held()])
    assert found.satisfied
    assert found.answers["c"][0].paths == (("name",),)


def test_without_claims_nothing_is_disclosed() -> None:
    """No claims = nothing that is selectively disclosable (section 6.4.1)."""
    assert match(query(credential()), [held()]).answers["c"][0].paths == ()


@pytest.mark.parametrize(
    "changes", [{"type": "other"}, {"format": "mso_mdoc"}, {"holder_bound": False}, {"claims": {}}]
)
def test_a_candidate_that_does_not_fit_is_no_answer(changes: dict[str, Any]) -> None:
    found = match(query(credential(claims=[{"path": ["name"]}])), [held(**changes)])
    assert not found.satisfied
    assert found.answers == {}
    assert found.chosen() == ()


def test_holder_binding_is_not_needed_when_the_verifier_says_so() -> None:
    asked = query(credential(require_cryptographic_holder_binding=False))
    assert match(asked, [held(holder_bound=False)]).satisfied


@pytest.mark.parametrize(
    ("held_value", "wanted", "fits"),
    [("1", ["1"], True), (1, ["1"], False), (True, [1], False), (1, [True], False), (2, [1, 2], True)],
)
def test_values_match_by_type_and_value(held_value: Any, wanted: list[Any], fits: bool) -> None:
    asked = query(credential(claims=[{"path": ["v"], "values": wanted}]))
    assert match(asked, [held(claims={"v": held_value})]).satisfied is fits


def test_the_first_claim_set_that_fits_is_taken(vectors: Path) -> None:
    asked = parse_dcql(json.loads((vectors / "openid4vp-dcql" / "claims_alternatives.json").read_text()))
    claims = {"family_name": "D", "postal_code": "1", "date_of_birth": "2000-01-01"}
    found = match(asked, [held(type=asked.credentials[0].types[0], claims=claims)])
    assert found.answers["pid"][0].paths == (("family_name",), ("postal_code",), ("date_of_birth",))


def test_credential_sets_offer_the_options_that_can_be_met(vectors: Path) -> None:
    asked = parse_dcql(json.loads((vectors / "openid4vp-dcql" / "credentials_alternatives.json").read_text()))
    reduced = [
        held(
            id="1",
            type="https://credentials.example.com/reduced_identity_credential",
            claims={"family_name": "D", "given_name": "A"},
        ),
        held(
            id="2",
            type="https://cred.example/residence_credential",
            claims={"postal_code": "1", "locality": "L", "region": "R"},
        ),
    ]
    found = match(asked, reduced)
    assert found.satisfied
    assert found.chosen() == ("pid_reduced_cred_1", "pid_reduced_cred_2")
    assert not match(asked, reduced[:1]).satisfied


def test_trusted_authorities_are_matched_by_key_identifier_only() -> None:
    aki = query(credential(trusted_authorities=[{"type": "aki", "values": ["abc"]}]))
    assert match(aki, [held(authority_key_ids=frozenset({"abc"}))]).satisfied
    assert not match(aki, [held(authority_key_ids=frozenset({"abd"}))]).satisfied
    federation = query(credential(trusted_authorities=[{"type": "openid_federation", "values": ["abc"]}]))
    assert not match(federation, [held(authority_key_ids=frozenset({"abc"}))]).satisfied


def shown(**changes: Any) -> Presented:
    values: dict[str, Any] = {
        "format": "dc+sd-jwt",
        "type": "person",
        "claims": {"name": "A"},
        "disclosed": (("name",),),
    }
    return Presented(**(values | changes))


NAME = credential(claims=[{"path": ["name"]}])


def codes(asked: Any, presented: dict[str, list[Presented]]) -> list[str]:
    return [problem.code for problem in check_response(asked, presented)]


def test_an_exact_answer_has_no_problem() -> None:
    assert codes(query(NAME), {"c": [shown()]}) == []


@pytest.mark.parametrize(
    ("presented", "expected"),
    [
        ({}, ["credential-missing"]),
        ({"c": []}, ["credential-missing", "credential-missing"]),
        ({"other": [shown()]}, ["not-asked-for", "credential-missing"]),
        ({"c": [shown(), shown()]}, ["too-many-credentials"]),
        ({"c": [shown(type="other")]}, ["wrong-type"]),
        ({"c": [shown(format="mso_mdoc")]}, ["wrong-type"]),
        ({"c": [shown(holder_bound=False)]}, ["holder-binding-missing"]),
        ({"c": [shown(claims={}, disclosed=())]}, ["claim-missing"]),
        (
            {"c": [shown(claims={"name": "A", "sex": "F"}, disclosed=(("name",), ("sex",)))]},
            ["claim-not-asked-for"],
        ),
    ],
)
def test_less_or_more_than_asked_for_is_named(
    presented: dict[str, list[Presented]], expected: list[str]
) -> None:
    assert codes(query(NAME), presented) == expected


def test_several_credentials_where_several_are_allowed() -> None:
    assert codes(query(NAME | {"multiple": True}), {"c": [shown(), shown()]}) == []


def test_a_value_that_was_not_asked_for_is_named() -> None:
    asked = query(credential(claims=[{"path": ["name"], "values": ["B"]}]))
    assert codes(asked, {"c": [shown()]}) == ["value-mismatch"]


def test_an_authority_that_was_not_asked_for_is_named() -> None:
    asked = query(NAME | {"trusted_authorities": [{"type": "aki", "values": ["abc"]}]})
    assert codes(asked, {"c": [shown()]}) == ["authority-not-accepted"]
    assert codes(asked, {"c": [shown(authority_key_ids=frozenset({"abc"}))]}) == []


def test_any_one_claim_set_is_an_answer_and_a_mixture_is_too_much() -> None:
    asked = query(
        credential(
            claims=[{"id": "n", "path": ["name"]}, {"id": "s", "path": ["sex"]}], claim_sets=[["s"], ["n"]]
        )
    )
    assert codes(asked, {"c": [shown()]}) == []
    both = shown(claims={"name": "A", "sex": "F"}, disclosed=(("name",), ("sex",)))
    assert codes(asked, {"c": [both]}) == ["claim-not-asked-for"]


def test_only_one_option_of_a_set_is_wanted() -> None:
    asked = query(NAME, NAME | {"id": "d"}, sets=[{"options": [["c"], ["d"]]}])
    assert codes(asked, {"d": [shown()]}) == []
    assert codes(asked, {"c": [shown()], "d": [shown()]}) == ["not-asked-for"]


def test_an_optional_set_may_stay_unanswered() -> None:
    asked = query(
        NAME, NAME | {"id": "d"}, sets=[{"options": [["c"]]}, {"options": [["d"]], "required": False}]
    )
    assert codes(asked, {"c": [shown()]}) == []
    assert codes(asked, {"c": [shown()], "d": [shown()]}) == []


@given(
    st.dictionaries(st.sampled_from(["name", "sex", "born"]), st.text(max_size=3)),
    st.lists(st.sampled_from(["name", "sex", "born"]), min_size=1, unique=True),
)
def test_what_match_chooses_is_what_check_accepts(claims: dict[str, str], wanted: list[str]) -> None:
    asked = query(credential(claims=[{"path": [name]} for name in wanted]))
    found = match(asked, [held(claims=claims)])
    assert found.satisfied is (set(wanted) <= set(claims))
    if found.satisfied:
        paths = found.answers["c"][0].paths
        disclosed = {str(path[0]): claims[str(path[0])] for path in paths}
        assert (
            codes(asked, {"c": [shown(claims=disclosed, disclosed=tuple((name,) for name in disclosed))]})
            == []
        )
