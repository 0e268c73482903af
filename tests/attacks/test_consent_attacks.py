"""Attacks on the consent page: framed, forged, sent twice, answered for something that was not seen."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import timedelta
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest

from keys.master_key import MasterKey
from service.settings import Settings
from standards.openid4vp import Presentations
from tests.support.clock import FixedClock
from tests.support.wallet_world import (
    IDENTITY_CARD,
    Browser,
    WalletWorld,
    identity_claims,
    query_for,
    running_clock,
    seen_on,
    wallet_world,
)

SENSITIVE = query_for(IDENTITY_CARD, "holder_name", "holder_number")
PLAIN = query_for(IDENTITY_CARD, "holder_name", "birth_date")


@pytest.fixture
def clock() -> FixedClock:
    return running_clock()


@pytest.fixture
def world(
    settings: Settings, master_key: MasterKey, clock: FixedClock, tmp_path: Any
) -> Iterator[WalletWorld]:
    fresh = replace(settings, data=tmp_path, trust_anchor_file=tmp_path / "anchor.pem")
    with wallet_world(fresh, master_key, clock) as made:
        for name in made.node.database.list_collection_names():
            made.node.database[name].delete_many({})
        yield made


@pytest.fixture
def zhang(world: WalletWorld) -> Browser:
    browser = world.sign_in()
    assert browser.receive(world.issuer.offer(IDENTITY_CARD.vct, identity_claims())).status_code == 201
    return browser


def opened(world: WalletWorld, zhang: Browser, query: dict[str, Any]) -> tuple[str, dict[str, str], Any]:
    """A request's page: its address, the fields of its form, and the verifier's books."""
    link, asked = world.verifier.ask(query)
    address = zhang.page(f"/present?{link.partition('?')[2]}").headers["Location"]
    page = zhang.page(address)
    holding_id = zhang.credentials()[0]["id"]
    return address, {"choice_0": "0", "pick_0_0_licence": holding_id, "seen": seen_on(page.text)}, asked


def test_sensitive_data_need_a_word_of_their_own(world: WalletWorld, zhang: Browser) -> None:
    """The identity number is asked for, the box not ticked → 422, the page again with what was chosen, nothing sent."""
    address, form, asked = opened(world, zhang, SENSITIVE)
    answer = zhang.submit(f"{address}/consent", **form)
    assert answer.status_code == 422
    assert 'aria-invalid="true"' in answer.text
    assert asked.answers == []
    assert zhang.submit(f"{address}/consent", **form, sensitive="yes").status_code == 303
    assert isinstance(asked.answers[0], Presentations)


def test_a_program_that_says_no_to_sensitive_data_shows_none(world: WalletWorld, zhang: Browser) -> None:
    link, asked = world.verifier.ask(SENSITIVE)
    view = zhang.post("/api/v1/requests", {"uri": link}).json
    assert view["queries"]["licence"]["options"][0]["sensitive"] is True
    refused = zhang.post(f"/api/v1/requests/{view['id']}/consent", {"sensitive": False})
    assert (refused.status_code, asked.answers) == (422, [])


def test_a_consent_to_another_page_is_void(world: WalletWorld, zhang: Browser) -> None:
    """The form carries the mark of another request's page, or none → 409, nothing sent."""
    _, other, _ = opened(world, zhang, SENSITIVE)
    address, form, asked = opened(world, zhang, PLAIN)
    for seen in (other["seen"], "", "x"):
        answer = zhang.submit(f"{address}/consent", **(form | {"seen": seen}))
        assert answer.status_code == 409
        assert "没有发送" in answer.text or "nothing was sent" in answer.text
    assert asked.answers == []
    assert zhang.submit(f"{address}/consent", **form).status_code == 303


def test_a_licence_that_changed_after_the_page_is_looked_at_again(world: WalletWorld, zhang: Browser) -> None:
    """Page open → the licence comes in a new version with another birth date → the consent is refused, not stretched."""
    address, form, asked = opened(world, zhang, PLAIN)
    newer = identity_claims(birth_date="1988-05-13")
    assert zhang.receive(world.issuer.offer(IDENTITY_CARD.vct, newer)).status_code == 201
    answer = zhang.submit(f"{address}/consent", **form)
    assert answer.status_code == 409
    assert "1988年5月13日" in answer.text or "13 May 1988" in answer.text
    assert asked.answers == []


def test_an_optional_field_that_is_none_cannot_be_ticked_in(world: WalletWorld, zhang: Browser) -> None:
    """A forged box names the address, which the request does not ask for → 422, nothing sent."""
    address, form, asked = opened(world, zhang, PLAIN)
    box = f"extra_0_0_licence_{form['pick_0_0_licence']}"
    answer = zhang.submit(f"{address}/consent", **form, **{box: "address"})
    assert (answer.status_code, asked.answers) == (422, [])


def test_a_page_of_others_cannot_agree(world: WalletWorld, zhang: Browser) -> None:
    """Another site posts the form with the person's cookie, with a wrong proof or an origin of its own → 403."""
    address, form, asked = opened(world, zhang, PLAIN)
    for fields, headers in (
        (form, {}),
        (form | {"csrf_token": "guessed"}, {}),
        (form | {"csrf_token": zhang.csrf}, {"Origin": "https://evil.example"}),
    ):
        assert zhang.client.post(f"{address}/consent", data=fields, headers=headers).status_code == 403
    assert asked.answers == []


def test_the_page_cannot_be_framed(world: WalletWorld, zhang: Browser) -> None:
    """A page that draws the consent page in a frame beneath its own button gets nothing to draw."""
    address, _, _ = opened(world, zhang, PLAIN)
    policy = zhang.page(address).headers["Content-Security-Policy"]
    assert "frame-ancestors 'none'" in policy
    assert "script-src 'self'" in policy


def test_eight_clicks_send_once(world: WalletWorld, zhang: Browser) -> None:
    """The same form from eight threads → one answer at the verifier; each click ends at the receipt."""
    address, form, asked = opened(world, zhang, PLAIN)

    def click(_: int) -> int:
        browser = Browser(world.app.test_client(), zhang.csrf)
        cookie = zhang.client.get_cookie("elicence_wallet", domain="localhost")
        assert cookie is not None
        browser.client.set_cookie("elicence_wallet", cookie.value, domain="localhost")
        return int(browser.submit(f"{address}/consent", **form).status_code)

    with ThreadPoolExecutor(8) as pool:
        statuses = set(pool.map(click, range(8)))
    assert statuses == {303}
    assert len(asked.answers) == 1
    log = zhang.get("/api/v1/log?group=shown").json["uses"]
    assert [use["kind"] for use in log] == ["sharing"]
    assert zhang.get("/api/v1/log/integrity").json["whole"] is True


def test_a_phone_left_signed_in_shows_nothing_sensitive(
    world: WalletWorld, zhang: Browser, clock: FixedClock
) -> None:
    """Six minutes after the sign-in somebody else picks the phone up → proof is asked for, by page and by interface;
    nothing is sent, and what is not sensitive still goes."""
    clock.advance(timedelta(minutes=6))
    world.publish()
    address, form, asked = opened(world, zhang, SENSITIVE)
    answer = zhang.submit(f"{address}/consent", **form, sensitive="yes")
    assert answer.status_code == 303
    back = parse_qs(urlsplit(answer.headers["Location"]).query)
    [path] = [values[0] for values in back.values() if values[0].startswith(address)]
    assert form["pick_0_0_licence"] in path
    assert "csrf" not in path
    assert "sensitive" not in path
    assert zhang.page(path).status_code == 200
    refused = zhang.post(f"/api/v1{address}/consent")
    assert (refused.status_code, refused.json["type"].rpartition(":")[2]) == (403, "step-up-required")
    assert asked.answers == []
    address, form, asked = opened(world, zhang, PLAIN)
    assert zhang.submit(f"{address}/consent", **form).status_code == 303
    assert len(asked.answers) == 1
