"""Finding licences at a library: the authorisation code flow, and everything that must not come of it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from html import unescape
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
import urllib3

from keys.master_key import MasterKey
from service.settings import Settings
from standards.oauth import AuthorizationResponse, build_authorization_response_url
from standards.openid4vci import CredentialOffer
from standards.openid4vci.offer import build_offer_query
from tests.service.wallet.test_provider import USCC, certify
from tests.support.clock import FixedClock
from tests.support.library_peer import LibraryPeer
from tests.support.wallet_world import (
    FOOD_LICENCE,
    IDENTITY_CARD,
    LI,
    Browser,
    WalletWorld,
    food_claims,
    identity_claims,
    wallet_world,
)

CARD, FOOD = "card-1", "food-1"


@pytest.fixture
def world(
    settings: Settings, master_key: MasterKey, clock: FixedClock, tmp_path: Any
) -> Iterator[WalletWorld]:
    fresh = replace(settings, data=tmp_path, trust_anchor_file=tmp_path / "anchor.pem")
    with wallet_world(fresh, master_key, clock, issuer_peer=LibraryPeer) as made:
        for name in made.node.database.list_collection_names():
            made.node.database[name].delete_many({})
        certify(made)
        library(made).keep(CARD, IDENTITY_CARD.vct, identity_claims())
        yield made


def library(world: WalletWorld) -> LibraryPeer:
    assert isinstance(world.issuer, LibraryPeer)
    return world.issuer


def key_of_library(browser: Browser) -> str:
    page = browser.page("/find").text
    return page.partition('name="library" value="')[2].partition('"')[0]


def way_there(browser: Browser) -> str:
    """The address to which the wallet sends the browser."""
    sent = browser.submit("/find", library=key_of_library(browser))
    assert sent.status_code == 200, sent.text
    return unescape(sent.text.partition('content="0;url=')[2].partition('"')[0])


def way_back(browser: Browser) -> str:
    """The address of the wallet to which the library sends the browser."""
    answer = urllib3.request("GET", way_there(browser), redirect=False, retries=False)
    assert answer.status == 302, answer.data
    back = urlsplit(answer.headers["Location"])
    return f"{back.path}?{back.query}"


def found(browser: Browser, back: str) -> Any:
    """The page of results."""
    answer = browser.page(back)
    assert answer.status_code == 303, answer.text
    return browser.page(urlsplit(answer.location).path)


def test_licences_are_found_without_an_offer(world: WalletWorld, zhang: Browser) -> None:
    """Pushed, attested, bound to a key; the card comes with a batch of copies and can refresh itself."""
    page = found(zhang, way_back(zhang))
    assert "已存入" in page.text
    [card] = zhang.credentials()
    assert card["vct"] == IDENTITY_CARD.vct
    peer = library(world)
    assert peer.attested == ["http://localhost"] * 2
    assert [note["event"] for note in peer.notifications] == ["credential_accepted"]
    holder = world.account_of()
    [holding] = world.node.holdings.all_of(holder)
    assert len(holding.copies) == 5
    assert holding.renewal.means is not None
    assert holding.renewal.means.server == peer.identifier


def test_nothing_of_the_request_travels_through_the_browser(world: WalletWorld, zhang: Browser) -> None:
    assert set(parse_qs(urlsplit(way_there(zhang)).query)) == {"client_id", "request_uri"}
    [asked] = library(world).pushed.values()
    assert asked.scope == f"scope:{IDENTITY_CARD.vct} uses"


def test_a_second_search_renews_what_is_there(world: WalletWorld, zhang: Browser) -> None:
    found(zhang, way_back(zhang))
    page = found(zhang, way_back(zhang))
    assert "原已存有" in page.text
    assert len(zhang.credentials()) == 1


def test_one_licence_that_is_refused_holds_up_no_other(world: WalletWorld, zhang: Browser) -> None:
    """Another person's card among the licences: refused with its reason; the own one is kept."""
    library(world).keep("card-2", IDENTITY_CARD.vct, identity_claims(LI))
    page = found(zhang, way_back(zhang))
    assert "已存入" in page.text
    assert "另一位公民" in page.text
    assert len(zhang.credentials()) == 1
    events = sorted(note["event"] for note in library(world).notifications)
    assert events == ["credential_accepted", "credential_failure"]


def test_a_company_for_which_the_person_does_not_act_is_refused(world: WalletWorld, zhang: Browser) -> None:
    library(world).keep(
        FOOD,
        FOOD_LICENCE.vct,
        food_claims(holder_name="某公司（示例）", holder_code_type="001", holder_number="91330100MA00000001"),
    )
    page = found(zhang, way_back(zhang))
    assert "未存入" in page.text
    assert [card["vct"] for card in zhang.credentials()] == [IDENTITY_CARD.vct]


def test_what_is_not_ready_is_fetched_later(world: WalletWorld, zhang: Browser, clock: FixedClock) -> None:
    """202 with a transaction; the keys that were proved wait sealed, and the copies are bound to them."""
    peer = library(world)
    peer.not_ready.add(CARD)
    page = found(zhang, way_back(zhang))
    assert "办理中" in page.text
    assert zhang.credentials() == []
    clock.advance(timedelta(seconds=61))
    peer.not_ready.clear()
    [search] = world.node.searches.recent(world.account_of(), clock.now())
    answer = zhang.submit(f"/find/{search.search_id}")
    assert "已存入" in zhang.page(answer.location).text
    assert len(zhang.credentials()) == 1


def test_an_issuer_that_is_down_can_be_tried_again(world: WalletWorld, zhang: Browser) -> None:
    peer = library(world)
    peer.down.add("nonce")
    page = found(zhang, way_back(zhang))
    assert "暂未取到" in page.text
    peer.down.clear()
    [search] = world.node.searches.recent(world.account_of(), world.clock.now())
    answer = zhang.submit(f"/find/{search.search_id}", again="1")
    assert "已存入" in zhang.page(answer.location).text


def test_uses_without_the_holder_come_into_the_log(world: WalletWorld, zhang: Browser) -> None:
    library(world).uses.append(
        {
            "id": "use-1",
            "at": world.clock.now().replace(microsecond=0).isoformat(),
            "kind": "searched",
            "department": {
                "code": USCC,
                "name": {"zh": "某局（示例）", "en": "A bureau"},
                "division": "330100",
            },
            "cause": "核查",
            "basis": {"kind": "statutory", "law": {"zh": "某法", "en": "Some act"}},
            "licence": {"identifier": "x", "name": {"zh": "居民身份证", "en": "Identity card"}},
        }
    )
    page = found(zhang, way_back(zhang))
    assert "另有 1 条" in page.text


def test_saying_no_at_the_library_ends_the_search(world: WalletWorld, zhang: Browser) -> None:
    library(world).deny = True
    page = found(zhang, way_back(zhang))
    assert "选择了不领取" in page.text
    assert zhang.credentials() == []


def sign_in_offer(world: WalletWorld, **changes: Any) -> str:
    """A link that offers the card by the authorisation code flow."""
    given: dict[str, Any] = {
        "credential_issuer": library(world).identifier,
        "credential_configuration_ids": (IDENTITY_CARD.vct,),
        "authorization_code": True,
        "issuer_state": "case-7",
    }
    return "/offers?" + build_offer_query(CredentialOffer(**(given | changes)))


def test_an_offer_that_wants_a_sign_in_is_followed(world: WalletWorld, zhang: Browser) -> None:
    """Its page says who offers; then the same way as to a library, with the issuer's state."""
    page = zhang.page(zhang.page(sign_in_offer(world)).location)
    assert "已核实的发证机构" in page.text
    link = unescape(page.text.partition('name="link" value="')[2].partition('"')[0])
    sent = zhang.submit("/find/offer", link=link)
    assert sent.status_code == 200, sent.text
    [asked] = library(world).pushed.values()
    assert (asked.issuer_state, asked.scopes[0]) == ("case-7", f"scope:{IDENTITY_CARD.vct}")
    there = unescape(sent.text.partition('content="0;url=')[2].partition('"')[0])
    answer = urllib3.request("GET", there, redirect=False, retries=False)
    back = urlsplit(answer.headers["Location"])
    assert "已存入" in found(zhang, f"{back.path}?{back.query}").text
    assert len(zhang.credentials()) == 1


@pytest.mark.parametrize(
    "changes",
    [
        {"credential_issuer": "https://unknown.example"},
        {"authorization_server": "https://evil.example"},
        {"credential_configuration_ids": ("nothing-known",)},
    ],
    ids=["issuer on no list", "another's server", "unknown configuration"],
)
def test_such_an_offer_leads_only_to_its_issuers_own_server(
    world: WalletWorld, zhang: Browser, changes: dict[str, Any]
) -> None:
    link = "http://localhost" + sign_in_offer(world, **changes)
    assert zhang.submit("/find/offer", link=link).status_code == 422
    assert library(world).pushed == {}


# -- attacks ------------------------------------------------------------------------------------------------------


def test_an_answer_is_taken_once(world: WalletWorld, zhang: Browser) -> None:
    back = way_back(zhang)
    found(zhang, back)
    assert zhang.page(back).status_code == 409


def test_an_answer_to_another_persons_search_is_refused(world: WalletWorld, zhang: Browser) -> None:
    """Zhang begins, Li is lured to the callback: her wallet knows no such search; the code is never exchanged."""
    back = way_back(zhang)
    li = world.sign_in(LI)
    assert li.page(back).status_code == 404
    assert library(world).granted == {}
    assert li.credentials() == []


def test_a_mixed_up_server_is_refused(world: WalletWorld, zhang: Browser) -> None:
    """The answer names another server (RFC 9207): the code goes nowhere."""
    library(world).answer_as = "https://evil.example"
    assert zhang.page(way_back(zhang)).status_code == 400
    assert library(world).granted == {}


def test_a_made_up_code_brings_nothing(world: WalletWorld, zhang: Browser) -> None:
    """Code injection: the right state and issuer with a code of somebody else's session."""
    assert way_there(zhang).startswith(library(world).identifier)
    [asked] = library(world).pushed.values()
    forged = AuthorizationResponse(asked.state, library(world).identifier, code="made-up")
    back = urlsplit(build_authorization_response_url("http://localhost/find/callback", forged))
    page = found(zhang, f"{back.path}?{back.query}")
    assert "没有完成授权" in page.text


def test_an_answer_that_comes_too_late_is_refused(
    world: WalletWorld, zhang: Browser, clock: FixedClock
) -> None:
    back = way_back(zhang)
    clock.advance(timedelta(minutes=16))
    assert zhang.page(back).status_code == 404


def test_a_library_without_safeguards_is_not_asked(world: WalletWorld, zhang: Browser) -> None:
    """No PKCE by S256 in its metadata: nothing is pushed."""
    library(world).pkce = ("plain",)
    answer = zhang.submit("/find", library=key_of_library(zhang))
    assert answer.status_code == 422
    assert library(world).pushed == {}


def test_a_library_without_the_code_flow_says_so(world: WalletWorld, zhang: Browser) -> None:
    library(world).code_flow = False
    assert zhang.submit("/find", library=key_of_library(zhang)).status_code == 422


def test_only_listed_libraries_are_asked(world: WalletWorld, zhang: Browser) -> None:
    """A key that no list made: unknown, and no address is fetched."""
    assert zhang.submit("/find", library="http://169.254.169.254/").status_code == 404
    assert set(library(world).calls) <= {"list", "330000", "510000"}


def test_a_licence_of_an_issuer_that_was_not_asked_is_left_aside(world: WalletWorld, zhang: Browser) -> None:
    """The token names another issuer's address as the place of a licence: it is never called."""
    library(world).location = "https://evil.example"
    page = found(zhang, way_back(zhang))
    assert "没有找到证照" in page.text


def test_another_persons_results_are_not_shown(world: WalletWorld, zhang: Browser) -> None:
    answer = zhang.page(way_back(zhang))
    li = world.sign_in(LI)
    path = urlsplit(answer.location).path
    assert li.page(path).status_code == 404
    assert li.submit(path).status_code == 404


def test_a_search_is_not_begun_by_another_site(world: WalletWorld, zhang: Browser) -> None:
    key = key_of_library(zhang)
    assert zhang.client.post("/find", data={"library": key}).status_code == 403
    assert library(world).pushed == {}
