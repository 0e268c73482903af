"""Asking, showing, judging: the whole presentation over the real store."""

from __future__ import annotations

import base64
from datetime import timedelta
from urllib.parse import parse_qs, urlsplit

import pytest

from standards.qr import read_qr_codes
from standards.status_list import StatusValue
from tests.support.verifier_world import IDENTITY, IDENTITY_CARD, VerifierWorld


def test_a_presentation_from_request_to_report(world: VerifierWorld) -> None:
    made = world.ask()
    assert world.result(made)["state"] == "pending"
    answer = world.wallet().show(made["authorization_request"])
    assert (answer.status_code, answer.json) == (200, {})
    result = world.result(made)
    assert result["state"] == "received"
    assert result["report"]["indication"] == "PASSED", result["report"]
    assert [finding["step"] for finding in result["report"]["findings"]] == sorted(
        finding["step"] for finding in result["report"]["findings"]
    )
    claims = result["claims"]["business_licence"][0]
    assert claims["holder_name"] == "杭州示例餐饮有限公司"
    assert "founded_date" not in claims, "what was not asked for must stay hidden"
    assert {used["kind"] for used in result["lists"]} == {"trust", "status"}


@pytest.mark.parametrize("prefix", ["x509_hash", "x509_san_dns"])
@pytest.mark.parametrize("mode", ["direct_post", "direct_post.jwt"])
@pytest.mark.parametrize("method", ["GET", "POST"])
def test_every_way_of_asking(world: VerifierWorld, prefix: str, mode: str, method: str) -> None:
    made = world.ask(response_mode=mode, client_id_prefix=prefix)
    assert made["authorization_request"].startswith("openid4vp://?client_id=" + prefix)
    assert world.wallet().show(made["authorization_request"], method=method).status_code == 200
    assert world.result(made)["report"]["indication"] == "PASSED"


def test_the_links_and_the_code_say_the_same(world: VerifierWorld) -> None:
    made = world.ask()
    [code] = read_qr_codes(base64.b64decode(made["qr_png"]))
    assert code.text == made["authorization_request"]
    link = urlsplit(made["wallet_link"])
    assert (link.scheme, link.netloc, link.path) == ("http", "wallet.localhost", "/present")
    assert link.query == urlsplit(made["authorization_request"]).query


def test_the_request_names_department_item_and_purpose(world: VerifierWorld) -> None:
    request = world.wallet().read(world.ask()["authorization_request"])
    item, complaints = request.verifier_info
    assert item["format"] == "urn:elicence:service-item"
    assert item["data"]["code"] == "food-business-licence"
    assert item["data"]["purpose"]["zh"]
    assert item["data"]["basis"]["kind"] == "consent"
    assert item["data"]["basis"]["law"]["zh"]
    assert item["data"]["retention"]["zh"]
    assert item["data"]["optional"] == {"business_licence": ["enterprise_type"]}
    assert complaints["format"] == "urn:elicence:complaints"
    assert complaints["data"]["uri"].startswith(world.node.public_url)
    assert request.client_metadata.name == world.departments[0].name


def test_two_requests_share_nothing_that_links_or_opens_them(world: VerifierWorld) -> None:
    wallet = world.wallet()
    first, second = (wallet.read(world.ask()["authorization_request"]) for _ in range(2))
    assert first.nonce != second.nonce
    assert first.state != second.state
    assert (
        first.client_metadata.encryption_keys[0].jwk["x"]
        != second.client_metadata.encryption_keys[0].jwk["x"]
    )


def test_an_optional_material_is_checked_against_the_others(world: VerifierWorld) -> None:
    """Business licence of 张小明's company and an identity card of 李小红 → FAILED at step 9, named condition."""
    other = world.issue(IDENTITY_CARD, IDENTITY | {"holder_name": "李小红"})
    made = world.ask()
    world.wallet(world.issue(), other).show(made["authorization_request"])
    report = world.result(made)["report"]
    assert report["indication"] == "FAILED"
    [failed] = [finding for finding in report["findings"] if finding["outcome"] == "failed"]
    assert (failed["step"], failed["code"]) == (9, "condition-not-met-representative-is-named")


def test_a_suspended_licence_fails_at_step_6(world: VerifierWorld) -> None:
    held = world.issue()
    world.set_status(held, StatusValue.SUSPENDED)
    made = world.ask()
    world.wallet(held).show(made["authorization_request"])
    result = world.result(made)
    assert result["report"]["indication"] == "FAILED"
    assert [
        finding["step"] for finding in result["report"]["findings"] if finding["outcome"] == "failed"
    ] == [6]


def test_a_holder_who_says_no(world: VerifierWorld) -> None:
    made = world.ask()
    assert world.wallet().refuse(made["authorization_request"]).status_code == 200
    result = world.result(made)
    assert (result["state"], result["error"]) == ("refused", "access_denied")
    assert "report" not in result
    again = urlsplit(parse_qs(urlsplit(made["wallet_link"]).query)["request_uri"][0]).path
    assert world.app.test_client().get(again).status_code == 410


def test_a_query_of_the_departments_own(world: VerifierWorld) -> None:
    query = {
        "credentials": [
            {
                "id": "card",
                "format": "dc+sd-jwt",
                "meta": {"vct_values": [IDENTITY_CARD.vct]},
                "claims": [{"path": ["holder_name"]}],
            }
        ]
    }
    made = world.ask(dcql_query=query)
    world.wallet(world.issue(IDENTITY_CARD, IDENTITY)).show(made["authorization_request"])
    result = world.result(made)
    assert result["report"]["indication"] == "PASSED"
    [claims] = result["claims"]["card"]
    assert claims["holder_name"] == "张小明"
    assert "holder_number" not in claims


def test_same_device_goes_back_with_a_response_code(world: VerifierWorld) -> None:
    made = world.ask(redirect_uri="https://case.example/back?case=7")
    answer = world.wallet().show(made["authorization_request"])
    back = urlsplit(answer.json["redirect_uri"])
    assert f"{back.scheme}://{back.netloc}{back.path}" == "https://case.example/back"
    parameters = parse_qs(back.query)
    assert parameters["case"] == ["7"]
    assert parameters["response_code"] == [world.result(made)["response_code"]]


@pytest.mark.parametrize(
    ("body", "where"),
    [
        ({}, "/service_item"),
        ({"service_item": "food-business-licence", "dcql_query": {}}, "/service_item"),
        ({"service_item": "no-such-item"}, "/service_item"),
        ({"service_item": 7}, "/service_item"),
        ({"dcql_query": {"credentials": []}}, "/dcql_query/credentials"),
        ({"service_item": "food-business-licence", "response_mode": "fragment"}, "/response_mode"),
        ({"service_item": "food-business-licence", "client_id_prefix": "redirect_uri"}, "/client_id_prefix"),
        ({"service_item": "food-business-licence", "redirect_uri": "http://case.example/"}, "/redirect_uri"),
        ({"service_item": "food-business-licence", "redirect_uri": "javascript:alert(1)"}, "/redirect_uri"),
        ({"service_item": "food-business-licence", "surprise": 1}, "/surprise"),
    ],
)
def test_an_order_that_cannot_be_carried_out_names_the_place(
    world: VerifierWorld, body: dict[str, object], where: str
) -> None:
    answer = world.api("POST", "/api/v1/presentations", body)
    assert answer.status_code == 400
    assert answer.mimetype == "application/problem+json"
    assert answer.json["where"] == where


def test_an_item_of_another_department_is_not_asked_for(world: VerifierWorld) -> None:
    """The registry handles transfers only; it asks for a restaurant's licence → 400."""
    answer = world.api(
        "POST", "/api/v1/presentations", {"service_item": "food-business-licence"}, department=1
    )
    assert answer.status_code == 400
    assert answer.json["type"].endswith(":unknown-service-item")


def test_a_department_sees_only_its_own(world: VerifierWorld) -> None:
    made = world.ask()
    answer = world.api("GET", f"/api/v1/presentations/{made['id']}", department=1)
    assert answer.status_code == 404
    answer = world.api(
        "POST", f"/api/v1/presentations/{made['id']}/decision", {"decision": "accept"}, department=1
    )
    assert answer.status_code == 404


def test_without_a_token_nothing(world: VerifierWorld) -> None:
    client = world.app.test_client()
    assert client.get("/api/v1/service-items").status_code == 401
    assert client.post("/api/v1/presentations", json={}).status_code == 401
    assert client.get("/api/v1/presentations/x", headers={"Authorization": "Bearer x"}).status_code == 401


def test_the_service_items_are_those_of_the_department(world: VerifierWorld) -> None:
    listed = world.api("GET", "/api/v1/service-items").json["service_items"]
    assert len(listed) >= 8
    assert all(entry["name"]["zh"] and entry["dcql_query"]["credentials"] for entry in listed)
    other = world.api("GET", "/api/v1/service-items", department=1).json["service_items"]
    assert [entry["code"] for entry in other] == ["real-estate-transfer"]


def test_expired_means_expired_whatever_the_store_says(world: VerifierWorld) -> None:
    made = world.ask()
    wallet = world.wallet()
    request = wallet.read(made["authorization_request"])
    form = wallet.form(request)
    world.clock.advance(timedelta(minutes=5))
    assert world.result(made)["state"] == "expired"
    assert wallet.post(request, form).status_code == 410
    assert world.result(made)["state"] == "expired"


def test_keys_of_requests_are_not_remembered_past_their_time(world: VerifierWorld) -> None:
    """A process forgets a request's key once its time is over, and when there are too many."""
    first = world.ask()
    store = world.node.presentations
    assert first["id"] in store._fresh
    world.clock.advance(timedelta(minutes=5))
    second = world.ask()
    assert list(store._fresh) == [second["id"]]
    world.wallet().show(second["authorization_request"])
    assert not store._fresh, "an answered request is forgotten at once"
