from __future__ import annotations

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from issuer.library.store import LicenceFilter
from issuer.searching.search_request import SearchBy
from tests.service.issuer.conftest import DRIVING, POLICE
from tests.unit.issuer.library.test_licence_input import json_values

SEARCH = "/api/v1/licences/search"
ASKED = {
    "holder_code_type": "111",
    "holder_number": "990101198805120016",
    "type": DRIVING,
    "cause": "办理驾驶证换发",
}


@pytest.fixture(scope="module", autouse=True)
def licences(police):
    types = {one["code"]: one for one in police.get("/api/v1/types").get_json()["types"]}
    for _ in range(2):
        police.post("/api/v1/licences", types[DRIVING]["example"])


def test_a_holders_licences_of_one_type_are_found_and_the_search_is_logged(police, node):
    found = police.post(SEARCH, ASKED).get_json()["licences"]
    assert len(found) == 2
    assert {one["holders"][0]["name"] for one in found} == {"张小明"}
    entry = node.search_log.newest(POLICE.uscc)[0]
    assert (entry.cause, entry.found, entry.by, entry.type_code) == ("办理驾驶证换发", 2, "审批系统", DRIVING)


def test_a_search_that_finds_nothing_is_logged_too(police, node):
    before = len(node.search_log.newest(POLICE.uscc))
    assert police.post(SEARCH, {**ASKED, "holder_number": "990101199203080023"}).get_json() == {
        "licences": []
    }
    assert len(node.search_log.newest(POLICE.uscc)) == before + 1


@pytest.mark.parametrize("missing", sorted(ASKED))
def test_a_holder_number_alone_retrieves_nothing(police, node, missing):
    """The search without its type, its cause or any other member → 400, nothing found, nothing said."""
    before = len(node.search_log.newest(POLICE.uscc))
    answer = police.post(SEARCH, {name: value for name, value in ASKED.items() if name != missing})
    assert answer.status_code == 400
    assert answer.get_json()["where"] == f"/{missing}"
    assert len(node.search_log.newest(POLICE.uscc)) == before


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("cause", " "),
        ("cause", "x" * 201),
        ("cause", 7),
        ("type", "all"),
        ("type", "*"),
        ("holder_number", {"$ne": ""}),
        ("holder_number", "990101198805120017"),
        ("holder_code_type", "000"),
        ("holder_code_type", {"$gt": ""}),
        ("limit", 10),
    ],
)
def test_every_member_is_checked(police, name, value):
    answer = police.post(SEARCH, {**ASKED, name: value})
    assert answer.status_code == 400
    assert "990101198805120017" not in answer.get_data(as_text=True)


def test_another_authority_finds_nothing(market):
    assert market.post(SEARCH, ASKED).get_json() == {"licences": []}


def test_lists_are_filtered_and_paged(node):
    everything = node.licences.list(POLICE.uscc, LicenceFilter())
    assert len(everything) == node.licences.count(POLICE.uscc, LicenceFilter()) == 2
    assert node.licences.list(POLICE.uscc, LicenceFilter(), skip=1, limit=1) == everything[1:]
    assert node.licences.list(POLICE.uscc, LicenceFilter(type_code="x")) == ()


def test_a_licence_is_found_by_number_and_by_identifier_and_both_are_logged(police, market, node):
    """What was looked for stands in the log sealed; by number also as the hash under which all searches for it are found."""
    licence = police.post(SEARCH, ASKED).get_json()["licences"][0]
    by_number = {"licence_number": f" {licence['licence_number']} ", "cause": "核对驾驶证"}
    by_identifier = {"identifier": licence["identifier"], "cause": "核对驾驶证"}
    for asked in (by_number, by_identifier):
        assert licence["identifier"] in {
            one["identifier"] for one in police.post(SEARCH, asked).get_json()["licences"]
        }
    logged = {entry.search_by: entry for entry in node.search_log.newest(POLICE.uscc)}
    identifier, number = logged[SearchBy.IDENTIFIER], logged[SearchBy.NUMBER]
    assert (identifier.found, identifier.type_code) == (1, None)
    assert identifier.holder
    assert (number.found >= 1, number.type_code) == (True, None)
    assert number.holder
    for asked in (by_number, by_identifier):
        assert market.post(SEARCH, asked).get_json() == {"licences": []}


@pytest.mark.parametrize(
    ("asked", "where"),
    [
        ({"identifier": "1.2.3"}, "/identifier"),
        ({"identifier": {"$gt": ""}}, "/identifier"),
        ({"licence_number": "x" * 61}, "/licence_number"),
        ({"licence_number": " "}, "/licence_number"),
        ({"licence_number": "a\u202eb"}, "/licence_number"),
        ({"licence_number": "1", "type": DRIVING}, "/type"),
        ({"licence_number": "1", "identifier": "1"}, "/licence_number"),
    ],
)
def test_one_way_of_searching_at_a_time_and_rightly(police, node, asked, where):
    before = len(node.search_log.newest(POLICE.uscc))
    answer = police.post(SEARCH, {**asked, "cause": "核对驾驶证"})
    assert (answer.status_code, answer.get_json()["where"]) == (400, where)
    assert len(node.search_log.newest(POLICE.uscc)) == before


@pytest.mark.parametrize("member", ["identifier", "licence_number"])
def test_no_search_is_without_a_cause(police, member):
    licence = police.post(SEARCH, ASKED).get_json()["licences"][0]
    answer = police.post(SEARCH, {member: licence[member]})
    assert (answer.status_code, answer.get_json()["where"]) == (400, "/cause")


@settings(max_examples=80, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(body=st.dictionaries(st.sampled_from(sorted(ASKED)) | st.text(max_size=8), json_values) | json_values)
def test_no_search_makes_a_fault(police, body):
    merged = {**ASKED, **body} if isinstance(body, dict) else body
    assert police.post(SEARCH, merged).status_code in {200, 400}
