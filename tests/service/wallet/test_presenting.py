"""Showing licences over HTTP, to a real verifier, with the real store."""

from __future__ import annotations

import threading
from datetime import timedelta
from io import BytesIO
from typing import Any

import pytest

from standards.openid4vp import Prefix, Presentations, Refusal
from standards.qr import build_qr, write_png
from standards.sd_jwt import parse_sd_jwt, verify_key_binding
from standards.sd_jwt_vc import parse_credential, verify_credential
from tests.support.asking_peer import Asked
from tests.support.wallet_world import (
    FOOD_LICENCE,
    IDENTITY_CARD,
    VERIFIER_NAME,
    Browser,
    WalletWorld,
    food_claims,
    identity_claims,
    query_for,
    seen_on,
)

QUERY = query_for(IDENTITY_CARD, "holder_name", "birth_date")


@pytest.fixture
def zhang(world: WalletWorld) -> Browser:
    """张小明 with an identity card in his wallet."""
    browser = world.sign_in()
    assert browser.receive(world.issuer.offer(IDENTITY_CARD.vct, identity_claims())).status_code == 201
    return browser


def shown_to(asked: Asked, query_id: str = "licence") -> str:
    """The one presentation that the verifier got for a query."""
    [answer] = asked.answers
    assert isinstance(answer, Presentations)
    [shown] = answer.unverified_vp_token[query_id]
    return shown


@pytest.mark.parametrize("mode", ["direct_post", "direct_post.jwt"])
@pytest.mark.parametrize("prefix", [Prefix.X509_HASH, Prefix.X509_SAN_DNS])
@pytest.mark.parametrize("method", [None, "get", "post"])
def test_the_verifier_gets_what_was_agreed_to_and_nothing_else(
    world: WalletWorld, zhang: Browser, mode: str, prefix: Prefix, method: str | None
) -> None:
    link, asked = world.verifier.ask(QUERY, mode=mode, prefix=prefix, method=method)
    view = zhang.post("/api/v1/requests", {"uri": link})
    assert view.status_code == 201, view.text
    sent = zhang.post(f"/api/v1/requests/{view.json['id']}/consent")
    assert (sent.status_code, sent.json["state"]) == (200, "sent"), sent.text

    unverified = parse_credential(shown_to(asked))
    credential = verify_credential(unverified, world.issuer.signer.public_key)
    assert {"holder_name", "birth_date"} == {one.name for one in unverified.sd_jwt.disclosures}
    assert credential.claims["holder_name"] == "张小明"
    assert credential.registered.holder_key is not None
    binding = verify_key_binding(
        parse_sd_jwt(shown_to(asked)), credential.registered.holder_key.public_key(), at=world.clock.now()
    )
    binding.require_answer_to(audience=str(asked.request.client_id), nonce=asked.request.nonce)
    assert asked.answers[0].state == asked.request.state
    assert world.verifier.calls == ["POST" if method == "post" else "GET"]


def test_the_consent_view_names_who_asks_from_the_trust_list(world: WalletWorld, zhang: Browser) -> None:
    link, _ = world.verifier.ask(QUERY)
    view = zhang.post("/api/v1/requests", {"uri": link}).json

    assert view["state"] == "waiting"
    assert view["verifier"]["name"] == VERIFIER_NAME.to_json()
    assert view["verifier"]["region"]["zh"] == "四川省成都市"
    assert view["item"]["registered"] is True
    assert view["item"]["name"]["zh"] == "开办餐馆（登记）"
    [option] = view["queries"]["licence"]["options"]
    assert [(one["name"], one["value"]["zh"]) for one in option["shown"]] == [
        ("holder_name", "张小明"),
        ("birth_date", "1988年5月12日"),
    ]
    assert {"address", "holder_number", "ethnicity"} <= {one["name"] for one in option["withheld"]}
    assert view["satisfied"] is True


def test_an_item_that_the_list_does_not_know_is_marked(world: WalletWorld, zhang: Browser) -> None:
    """The verifier's own words may say anything; only the list makes an item registered."""
    item = {"code": "SX-999", "name": {"zh": "随便看看", "en": "Having a look"}}
    link, _ = world.verifier.ask(QUERY, item=item)
    view = zhang.post("/api/v1/requests", {"uri": link}).json
    assert view["item"] == {
        "code": "SX-999",
        "name": item["name"],
        "purpose": None,
        "registered": False,
        "basis": None,
        "retention": None,
    }


def test_each_presentation_takes_a_copy_that_nobody_has_seen(world: WalletWorld, zhang: Browser) -> None:
    seen = set()
    for turn in range(6):
        link, asked = world.verifier.ask(QUERY)
        view = zhang.post("/api/v1/requests", {"uri": link}).json
        assert zhang.post(f"/api/v1/requests/{view['id']}/consent").status_code == 200
        seen.add(parse_credential(shown_to(asked)).unverified.holder_key)
        assert zhang.credentials()[0]["unused_copies"] == max(0, 4 - turn)
    assert len(seen) == 5


def test_refusing_tells_the_verifier_and_nothing_more(world: WalletWorld, zhang: Browser) -> None:
    link, asked = world.verifier.ask(QUERY)
    view = zhang.post("/api/v1/requests", {"uri": link}).json
    refused = zhang.post(f"/api/v1/requests/{view['id']}/refuse")

    assert (refused.status_code, refused.json["state"]) == (200, "refused")
    assert asked.answers == [Refusal("access_denied", asked.request.state)]
    assert zhang.uses()[0]["kind"] == "refused"
    assert zhang.credentials()[0]["unused_copies"] == 5
    assert zhang.post(f"/api/v1/requests/{view['id']}/consent").status_code == 409


def test_a_refusal_stands_although_the_verifier_was_withdrawn_meanwhile(
    world: WalletWorld, zhang: Browser
) -> None:
    """Read while it was listed, refused after it was dropped from the list: refused, and the verifier is not told."""
    link, asked = world.verifier.ask(QUERY)
    view = zhang.post("/api/v1/requests", {"uri": link}).json
    world.issuer.trust_lists["510000"] = world.region_list("510000", (), sequence=2)
    world.clock.advance(timedelta(minutes=1))
    world.node.trust()
    for thread in threading.enumerate():
        if thread.name == "trust-feed":
            thread.join(10)

    refused = zhang.post(f"/api/v1/requests/{view['id']}/refuse")
    assert (refused.status_code, refused.json["state"]) == (200, "refused"), refused.text
    assert asked.answers == []
    assert "身份不明的请求方" in zhang.page("/log?lang=zh").text


def test_a_verifier_that_does_not_accept_is_told_and_logged(world: WalletWorld, zhang: Browser) -> None:
    world.verifier.refuse_answers = True
    link, _ = world.verifier.ask(QUERY)
    view = zhang.post("/api/v1/requests", {"uri": link}).json
    failed = zhang.post(f"/api/v1/requests/{view['id']}/consent")

    assert (failed.status_code, failed.json["type"]) == (
        502,
        "urn:elicence:problem:presentation-not-delivered",
    )
    assert zhang.get(f"/api/v1/requests/{view['id']}").json["state"] == "unsent"
    use = zhang.uses()[0]
    assert (use["kind"], use["outcome"]["kind"]) == ("sharing", "unsent")
    assert [one["label"]["zh"] for one in use["seen"]] == ["姓名", "出生日期"]


def test_a_request_that_cannot_be_met_says_what_is_missing(world: WalletWorld, zhang: Browser) -> None:
    link, asked = world.verifier.ask(query_for(FOOD_LICENCE, "premises"))
    view = zhang.post("/api/v1/requests", {"uri": link}).json

    assert view["satisfied"] is False
    assert view["choices"][0]["missing"] == [FOOD_LICENCE.name.to_json()]
    answer = zhang.post(f"/api/v1/requests/{view['id']}/consent")
    assert (answer.status_code, answer.json["type"]) == (422, "urn:elicence:problem:licences-missing")
    assert asked.answers == []
    assert FOOD_LICENCE.name.zh in zhang.page(f"/requests/{view['id']}?lang=zh").text


def two_needs() -> dict[str, Any]:
    """An identity card, and a food licence for whoever wants to."""
    first = query_for(IDENTITY_CARD, "holder_name", query_id="card")["credentials"]
    second = query_for(FOOD_LICENCE, "premises", query_id="food")["credentials"]
    return {
        "credentials": first + second,
        "credential_sets": [{"options": [["card"]]}, {"options": [["food"]], "required": False}],
    }


def test_what_is_optional_is_shown_only_when_chosen(world: WalletWorld, zhang: Browser) -> None:
    assert zhang.receive(world.issuer.offer(FOOD_LICENCE.vct, food_claims())).status_code == 201
    link, asked = world.verifier.ask(two_needs())
    view = zhang.post("/api/v1/requests", {"uri": link}).json
    assert set(view["selection"]) == {"card"}
    zhang.post(f"/api/v1/requests/{view['id']}/consent")
    assert set(asked.answers[0].unverified_vp_token) == {"card"}

    link, asked = world.verifier.ask(two_needs())
    view = zhang.post("/api/v1/requests", {"uri": link}).json
    chosen = {name: query["options"][0]["credential_id"] for name, query in view["queries"].items()}
    assert zhang.post(f"/api/v1/requests/{view['id']}/consent", {"selection": chosen}).status_code == 200
    assert set(asked.answers[0].unverified_vp_token) == {"card", "food"}


@pytest.mark.parametrize("selection", [{}, {"card": "nonsense"}, {"other": "nonsense"}])
def test_a_selection_that_does_not_answer_is_refused_and_sends_nothing(
    world: WalletWorld, zhang: Browser, selection: dict[str, str]
) -> None:
    link, asked = world.verifier.ask(two_needs())
    view = zhang.post("/api/v1/requests", {"uri": link}).json
    answer = zhang.post(f"/api/v1/requests/{view['id']}/consent", {"selection": selection})
    assert (answer.status_code, answer.json["type"]) == (400, "urn:elicence:problem:invalid-selection")
    assert asked.answers == []
    assert zhang.get(f"/api/v1/requests/{view['id']}").json["state"] == "waiting"


def test_of_several_licences_the_chosen_one_is_shown(world: WalletWorld, zhang: Browser) -> None:
    for number in ("JY23301060000001", "JY23301060000002"):
        zhang.receive(
            world.issuer.offer(
                FOOD_LICENCE.vct, food_claims(licence_number=number, licence_identifier=number)
            )
        )
    link, asked = world.verifier.ask(query_for(FOOD_LICENCE, "licence_number"))
    view = zhang.post("/api/v1/requests", {"uri": link}).json
    options = view["queries"]["licence"]["options"]
    assert len(options) == 2
    zhang.post(
        f"/api/v1/requests/{view['id']}/consent", {"selection": {"licence": options[1]["credential_id"]}}
    )
    [disclosure] = parse_credential(shown_to(asked)).sd_jwt.disclosures
    assert disclosure.value == options[1]["shown"][0]["value"]["zh"]


def test_an_expired_request_cannot_be_answered(world: WalletWorld, zhang: Browser) -> None:
    link, asked = world.verifier.ask(QUERY)
    view = zhang.post("/api/v1/requests", {"uri": link}).json
    world.clock.advance(timedelta(minutes=6))
    answer = zhang.post(f"/api/v1/requests/{view['id']}/consent")
    assert (answer.status_code, answer.json["type"]) == (410, "urn:elicence:problem:request-gone")
    assert asked.answers == []
    assert zhang.get(f"/api/v1/requests/{view['id']}").json["state"] == "expired"


def test_a_request_by_the_pages_ends_with_a_receipt(world: WalletWorld, zhang: Browser) -> None:
    link, asked = world.verifier.ask(QUERY)
    opened = zhang.page(f"/present?{link.partition('?')[2]}")
    assert opened.status_code == 303
    address = opened.headers["Location"]
    page = zhang.page(f"{address}?lang=zh").text
    assert VERIFIER_NAME.zh in page
    for told in ("四川省成都市", "开办餐馆（登记）", "张小明", "1988年5月12日", "同意并出示", "拒绝"):
        assert told in page
    assert "浙江省杭州市示例路" not in page

    holding_id = zhang.credentials()[0]["id"]
    sent = zhang.submit(f"{address}/consent", choice_0="0", pick_0_0_licence=holding_id, seen=seen_on(page))
    assert (sent.status_code, sent.headers["Location"]) == (303, address)
    receipt = zhang.page(f"{address}?lang=zh").text
    assert "已出示" in receipt
    assert "张小明" in receipt
    assert len(asked.answers) == 1
    log = zhang.page("/log?lang=zh").text
    assert f"向{VERIFIER_NAME.zh}（四川省成都市）出示了居民身份证" in log


def test_on_the_same_device_the_browser_goes_back_to_the_verifier(world: WalletWorld, zhang: Browser) -> None:
    """A return at the verifier's own origin at once; elsewhere only by a link on the receipt."""
    holding_id = zhang.credentials()[0]["id"]
    home = f"{world.verifier.origin}/done?response_code=abc"
    for redirect_uri, follows in (
        (home, True),
        ("https://elsewhere.example/done", False),
        ("javascript:x()", False),
    ):
        link, _ = world.verifier.ask(QUERY, redirect_uri=redirect_uri)
        address = zhang.page(f"/present?{link.partition('?')[2]}").headers["Location"]
        page = zhang.page(address)
        assert world.verifier.origin in page.headers["Content-Security-Policy"]
        sent = zhang.submit(
            f"{address}/consent", choice_0="0", pick_0_0_licence=holding_id, seen=seen_on(page.text)
        )
        assert sent.headers["Location"] == (redirect_uri if follows else address)
        assert ("https://elsewhere.example/done" in zhang.page(address).text) == ("elsewhere" in redirect_uri)


def test_links_and_pictures_lead_where_they_belong(world: WalletWorld, zhang: Browser) -> None:
    offer = world.issuer.offer(IDENTITY_CARD.vct, identity_claims(), by="reference")
    request, _ = world.verifier.ask(QUERY)
    assert "/offers/" in zhang.submit("/scan", link=offer).headers["Location"]
    picture = write_png(build_qr(request), module_pixels=4)
    pictured = zhang.submit("/scan", link="", picture=(BytesIO(picture), "code.png"))
    assert "/requests/" in pictured.headers["Location"]
    frame = zhang.client.post("/scan/frame", data=picture, headers={"X-CSRF-Token": zhang.csrf})
    assert frame.json == {"link": request}

    unknown = zhang.submit("/scan", link="https://example.com/hello")
    assert unknown.status_code == 400
    assert "https://example.com/hello" in unknown.text
    assert zhang.submit("/scan", link="", picture=(BytesIO(b"no picture"), "x.png")).status_code == 400
