"""The show-licence code at the wallet service: delegated to a phone, redeemed once by a window, told to the phone."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from standards.jose import b64url_decode
from standards.sd_jwt_vc import parse_credential
from standards.show_code import parse_show_code
from standards.show_code.redemption import parse_redemption_answer
from tests.support.show_codes import Phone, give_compact, holder_of, redeem
from tests.support.wallet_world import IDENTITY_CARD, VERIFIER_NAME, WalletWorld, identity_claims, query_for


@pytest.fixture
def phone(world: WalletWorld) -> Phone:
    """张小明's phone, with an identity card that has a compact form, delegated for a day."""
    browser = world.sign_in()
    assert browser.receive(world.issuer.offer(IDENTITY_CARD.vct, identity_claims())).status_code == 201
    holder = holder_of(world)
    [holding] = world.node.holdings.all_of(holder)
    give_compact(world, holder, holding)
    made = Phone(world, browser)
    assert made.prepare().status_code == 200
    return made


def problem(answer: Any) -> str:
    return str(answer.json["type"]).rsplit("/", 1)[-1].rsplit(":", 1)[-1]


def test_a_delegation_names_the_phone_and_lasts_a_day(world: WalletWorld, phone: Phone) -> None:
    [one] = phone.delegations.values()
    delegation = parse_show_code(phone.code()).delegation.unverified
    assert delegation.phone_key == phone.key.public_jwk
    assert delegation.wallet_url == "http://localhost"
    assert delegation.acting is None
    assert delegation.expires_at - delegation.not_before == timedelta(hours=24)
    assert b64url_decode(one["licence"])
    kinds = [use["kind"] for use in phone.browser.uses()]
    assert "code-prepared" in kinds


def test_a_window_redeems_a_code_once(world: WalletWorld, phone: Phone) -> None:
    code = phone.code()
    query = query_for(IDENTITY_CARD, "holder_name", "licence_number")
    first = redeem(world, code, dcql_query=query)
    assert first.status_code == 200, first.text
    answer = parse_redemption_answer(first.json)
    shown = parse_credential(answer.presentations["licence"])
    assert "holder_name" in str(shown.sd_jwt.disclosures)
    again = redeem(world, code, dcql_query=query)
    assert (again.status_code, problem(again)) == (409, "show-code-used")


def test_sensitive_fields_stay_hidden_without_a_page_of_consent(world: WalletWorld, phone: Phone) -> None:
    """Query: name, number (grade 4), address → only what is not sensitive is disclosed."""
    query = query_for(IDENTITY_CARD, "holder_name", "holder_number")
    answer = parse_redemption_answer(redeem(world, phone.code(), dcql_query=query).json)
    disclosed = {one.name for one in parse_credential(answer.presentations["licence"]).sd_jwt.disclosures}
    assert disclosed == {"holder_name"}


def test_the_phone_is_told_who_used_the_code(world: WalletWorld, phone: Phone) -> None:
    cursor = phone.browser.get("/api/v1/show-codes/uses").json["cursor"]
    world.clock.advance(timedelta(seconds=5))
    code = phone.code()
    assert redeem(world, code).status_code == 200
    told = phone.browser.client.get("/api/v1/show-codes/uses", query_string={"after": cursor}).json
    [use] = told["uses"]
    assert (use["outcome"], use["code_id"]) == ("used", parse_show_code(code).code_id)
    assert use["party"] == VERIFIER_NAME.to_json()
    again = phone.browser.client.get("/api/v1/show-codes/uses", query_string={"after": told["cursor"]}).json
    assert again["uses"] == []
    [line] = [one for one in phone.browser.uses() if one["kind"] == "code-used"]
    assert line["party"] == VERIFIER_NAME.to_json()


def test_a_code_of_an_hour_ago_is_expired(world: WalletWorld, phone: Phone) -> None:
    code = phone.code()
    world.clock.advance(timedelta(hours=1))
    late = redeem(world, code)
    assert (late.status_code, problem(late)) == (410, "show-code-expired")


def test_the_state_says_what_the_phone_is_bound_to(world: WalletWorld, phone: Phone) -> None:
    state = phone.state()
    assert state["acting_for"] is None
    [licence] = state["licences"]
    assert licence["can_show"] is True
    assert licence["state"]["usable"] is True
    other = world.sign_in()
    assert other.get("/api/v1/show-codes").json["bound_to"] != state["bound_to"]


def test_a_licence_without_a_compact_form_says_so(world: WalletWorld) -> None:
    browser = world.sign_in()
    browser.receive(world.issuer.offer(IDENTITY_CARD.vct, identity_claims()))
    made = Phone(world, browser)
    [licence] = made.state()["licences"]
    assert licence["can_show"] is False
    assert licence["why_not"]["en"]
    answer = made.prepare()
    assert (answer.status_code, problem(answer)) == (422, "nothing-to-show")


def test_the_shell_pages_hold_nothing_personal(world: WalletWorld, phone: Phone) -> None:
    for path in ("/code", "/offline"):
        page = phone.browser.page(path).text
        assert "张小明" not in page
        assert "csrf_token" not in page


def test_the_plain_page_shows_a_code_without_a_script(world: WalletWorld, phone: Phone) -> None:
    page = phone.browser.page("/code/plain")
    assert page.status_code == 200
    assert "<svg" in page.text
    assert page.headers["Refresh"].startswith("60; url=/code/plain?licence=")
    assert "张小明" in page.text


def test_a_page_loaded_again_is_one_line_in_the_log(world: WalletWorld, phone: Phone) -> None:
    """Three quick reloads on one phone are told once; another phone in the same session is told, and so is a quarter of an hour later."""

    def lines() -> int:
        return [use["kind"] for use in phone.browser.uses()].count("code-prepared")

    for _ in range(3):
        world.clock.advance(timedelta(milliseconds=300))
        assert phone.prepare().status_code == 200
    assert lines() == 1
    assert Phone(world, phone.browser).prepare().status_code == 200
    assert lines() == 2
    world.clock.advance(timedelta(minutes=11))
    assert phone.prepare().status_code == 200
    assert lines() == 3
