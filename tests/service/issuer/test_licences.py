from __future__ import annotations

import json
from concurrent.futures import ThreadPoolExecutor

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from standards.codes.licence_identifier import CheckDialect, parse_licence_identifier
from tests.service.issuer.conftest import DRIVING, FOOD, MARKET, POLICE
from tests.unit.issuer.library.test_licence_input import json_values

LICENCES = "/api/v1/licences"


def test_the_types_of_an_authority_can_be_posted_as_they_are(market, police):
    for system, codes in ((market, {"11100000MB0143028R001", FOOD}), (police, 3)):
        types = system.get("/api/v1/types").get_json()["types"]
        if isinstance(codes, set):
            assert {one["code"] for one in types} == codes
        for one in types:
            assert one["vct"] == f"urn:elicence:type:{one['code']}:{one['version']}"
            first, second = (system.post(LICENCES, one["example"]) for _ in range(2))
            assert (first.status_code, second.status_code) == (201, 201)
            assert first.get_json()["identifier"] != second.get_json()["identifier"]
            assert first.get_json()["state"] == "valid"


def test_a_licence_gets_its_identifier_and_its_number(market, food):
    answer = market.post(LICENCES, food)
    licence = answer.get_json()
    identifier = parse_licence_identifier(licence["identifier"])
    assert (identifier.type_code, identifier.authority, identifier.version) == (FOOD, MARKET.uscc, 1)
    assert identifier.dialect is CheckDialect.STANDARD
    assert licence["licence_number"].startswith("JY2330100")
    assert licence["valid_until"] == "2031-11-22"
    assert licence["events"][0]["operation"] == "issue"
    assert answer.headers["Location"].endswith(licence["identifier"])
    assert market.get(f"{LICENCES}/{licence['identifier']}").get_json() == licence


def test_running_numbers_are_never_given_twice(market, food):
    with ThreadPoolExecutor(8) as pool:
        answers = list(pool.map(lambda _: market.post(LICENCES, food), range(16)))
    assert {answer.status_code for answer in answers} == {201}
    assert len({answer.get_json()["licence_number"] for answer in answers}) == 16


def test_a_repeat_with_its_idempotency_key_enters_nothing(market, food):
    key = {"Idempotency-Key": "case 2026-1"}
    first, second = (market.post(LICENCES, food, key) for _ in range(2))
    assert (first.status_code, second.status_code) == (201, 200)
    assert first.get_json()["identifier"] == second.get_json()["identifier"]


def test_eight_at_once_with_one_key_enter_one_licence(market, food):
    with ThreadPoolExecutor(8) as pool:
        answers = list(pool.map(lambda _: market.post(LICENCES, food, {"Idempotency-Key": "8"}), range(8)))
    assert sorted(answer.status_code for answer in answers) == [200] * 7 + [201]
    assert len({answer.get_json()["identifier"] for answer in answers}) == 1


def test_a_key_with_another_content_is_refused(market, food):
    key = {"Idempotency-Key": "case 2026-2"}
    market.post(LICENCES, food, key)
    answer = market.post(LICENCES, {**food, "serial": "OTHER"}, key)
    assert answer.status_code == 422
    assert answer.get_json()["type"] == "urn:elicence:problem:idempotency-key-reused"


@pytest.mark.parametrize("key", ["", "x" * 129])
def test_a_key_has_a_bounded_form(market, food, key):
    assert market.post(LICENCES, food, {"Idempotency-Key": key}).status_code == 400


def test_a_deeply_nested_body_under_a_key_is_refused(market, food):
    """300 lists in one another: the decoder takes 1,024, the encoder that hashes the body for its key 254. 400."""
    deep = "x"
    for _ in range(300):
        deep = [deep]
    assert market.post(LICENCES, {**food, "serial": deep}, {"Idempotency-Key": "deep"}).status_code == 400


def test_a_serial_of_the_authority_is_taken_once(market, food):
    first, second = (market.post(LICENCES, {**food, "serial": "S1"}) for _ in range(2))
    assert (first.status_code, second.status_code) == (201, 409)
    assert second.get_json()["where"] == "/serial"
    for _ in range(2):  # a new key does not make another's licence one's own, neither at once nor on repeat
        assert market.post(LICENCES, {**food, "serial": "S1"}, {"Idempotency-Key": "S1"}).status_code == 409


def test_a_request_that_died_between_its_two_writes_is_finished_by_its_repeat(
    market, food, node, monkeypatch
):
    """The key is claimed, then the process dies before the licence is entered. The repeat enters it, once."""

    def die(*_):
        raise KeyboardInterrupt

    key = {"Idempotency-Key": "crash"}
    before = node.database["licences"].count_documents({})
    with monkeypatch.context() as patched:
        patched.setattr(type(node.licences), "add", die)
        with pytest.raises(KeyboardInterrupt):
            market.post(LICENCES, food, key)
    first, second = (market.post(LICENCES, food, key) for _ in range(2))
    assert (first.status_code, second.status_code) == (201, 200)
    assert first.get_json()["identifier"] == second.get_json()["identifier"]
    assert node.database["licences"].count_documents({}) == before + 1


def test_a_type_that_the_authority_may_not_issue_is_refused(market, driving):
    answer = market.post(LICENCES, driving)
    assert answer.status_code == 403
    assert answer.get_json()["type"] == "urn:elicence:problem:type-not-issued"


@pytest.mark.parametrize(
    ("division", "status"), [("330105", 201), ("3301", 201), ("330200", 400), ("510100", 400)]
)
def test_an_authority_issues_for_its_own_area(market, food, division, status):
    assert market.post(LICENCES, {**food, "division": division}).status_code == status


@pytest.mark.parametrize("name", ["阿卜杜拉·买买提", "张　三", "𲎯田", "明", "㐀󠄀"])
def test_real_names_are_taken(market, food, name):
    """A middle dot, an ideographic space, a character of Unicode 15, one in private use, a variation selector."""
    food["holders"][0]["name"] = name
    assert market.post(LICENCES, food).get_json()["holders"][0]["name"] == name


@pytest.mark.parametrize("name", ["a\u202eb", "a\nb", "a\u2028b", "\u200b", "a\x7f"])
def test_names_that_mislead_are_refused(market, food, name):
    food["holders"][0]["name"] = name
    assert market.post(LICENCES, food).status_code == 400


def test_every_mistake_is_answered_at_once_with_place_reason_and_advice(market, food):
    food["fields"].pop("premises")
    food["fields"]["business_form"] = "路边摊"
    food["holders"][0]["number"] = "1"
    problem = market.post(LICENCES, food).get_json()
    assert problem["type"] == "urn:elicence:problem:invalid-licence"
    assert [error["where"] for error in problem["errors"]] == [
        "/holders/0/number",
        "/fields/premises",
        "/fields/business_form",
    ]
    assert all(error["message"]["zh"] and error["message"]["en"] for error in problem["errors"])
    assert problem["errors"][1]["next"]["en"]


@pytest.mark.parametrize("raw", [b"", b"{", b"[]", b"\xff", b'"text"', b"null", b"[" * 5000])
def test_what_is_no_json_object_is_a_problem(market, raw):
    assert market.post_raw(LICENCES, raw).status_code == 400
    assert market.post_raw(f"{LICENCES}/search", raw).status_code == 400


def test_the_licence_of_another_authority_is_not_there(market, police, driving):
    """A market regulator asks for, and tries to revoke, a driving licence by its right identifier → 404 both times."""
    path = f"{LICENCES}/{police.post(LICENCES, driving).get_json()['identifier']}"
    assert market.get(path).status_code == 404
    revoke = {"operation": "revoke", "reason": "x", "approval": {"proposer": "a", "approver": "b"}}
    assert market.post(f"{path}/events", revoke).status_code == 404
    assert (
        market.post(f"{path}/events/1/decision", {"decision": "approve", "approver": "b"}).status_code == 404
    )
    assert police.get(path).get_json()["state"] == "valid"


@pytest.mark.parametrize("identifier", ["x", "1.2.3", "%00", "1.2.156.3005.2." + "A" * 300])
def test_an_unknown_identifier_is_not_there(market, identifier):
    assert market.get(f"{LICENCES}/{identifier}").status_code == 404


def test_no_token_no_licence(app):
    client = app.test_client()
    assert client.post(LICENCES, json={}).status_code == 401
    assert client.get("/api/v1/types").status_code == 401
    assert client.post(f"{LICENCES}/search", json={}).status_code == 401


def test_an_authority_that_was_never_enrolled_issues_nothing(system_of, food):
    stranger = system_of("11330105002500287C")
    assert stranger.post(LICENCES, food).status_code == 403
    assert stranger.get("/api/v1/types").status_code == 403


def test_nothing_personal_lies_open_in_the_store(police, driving, node):
    """Name, number and address of a holder, and the words of an event, are searched in the raw documents → absent."""
    from bson import BSON

    identifier = police.post(LICENCES, driving).get_json()["identifier"]
    police.post(f"{LICENCES}/{identifier}/events", {"operation": "report_lost", "reason": "张小明丢失驾驶证"})
    raw = BSON.encode(node.database["licences"].find_one({"_id": identifier}))
    for secret in ("张小明", "990101198805120016", "示例路1号", "丢失"):
        assert secret.encode() not in raw


def test_a_sealed_record_that_is_moved_to_another_row_does_not_open(police, driving, node):
    from keys.errors import SealedDataError

    one, other = (police.post(LICENCES, driving).get_json()["identifier"] for _ in range(2))
    stolen = node.database["licences"].find_one({"_id": one})["sealed"]
    node.database["licences"].update_one(
        {"authority": POLICE.uscc, "_id": other}, {"$set": {"sealed": stolen}}
    )
    with pytest.raises(SealedDataError):
        node.licences.find(other)


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(body=st.dictionaries(st.text(max_size=8), json_values, max_size=4) | json_values)
def test_no_body_makes_a_fault(market, food, body):
    merged = {**food, **body} if isinstance(body, dict) else body
    assert market.post(LICENCES, merged).status_code in {201, 400, 409}


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(body=st.dictionaries(st.text(max_size=8), json_values, max_size=4) | json_values)
def test_no_change_makes_a_fault(police, driving, body, node):
    identifier = police.post(LICENCES, driving).get_json()["identifier"]
    merged = {"operation": "suspend", "reason": "x", **body} if isinstance(body, dict) else body
    answer = police.post(f"{LICENCES}/{identifier}/events", merged)
    assert answer.status_code in {202, 400}
    assert json.loads(answer.get_data())


def test_the_type_of_a_food_licence_is_known_by_vct_too(market, food):
    food["type"] = f"urn:elicence:type:{FOOD}:1"
    assert market.post(LICENCES, food).status_code == 201
    assert DRIVING not in market.get("/api/v1/types").get_data(as_text=True)
