"""An offer whose issuer delivers later: kept, asked for again in time, arriving by itself, or given up."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from tests.support.clock import FixedClock
from tests.support.issuing_peer import Offered
from tests.support.wallet_world import (
    FOOD_LICENCE,
    IDENTITY_CARD,
    LI,
    Browser,
    WalletWorld,
    food_claims,
    identity_claims,
)
from wallet.claiming.fetch_waiting import PERIODIC, fetch_waiting

INTERVAL = timedelta(seconds=60)


def promised(world: WalletWorld, browser: Browser, **offer: Any) -> Any:
    """An offer of an identity card that is being prepared, received by the interface."""
    world.issuer.prepares.add(IDENTITY_CARD.vct)
    return browser.receive(world.issuer.offer(IDENTITY_CARD.vct, identity_claims(), **offer))


def later(world: WalletWorld, by: timedelta = INTERVAL) -> dict[str, int]:
    world.clock.advance(by + timedelta(seconds=1))
    return fetch_waiting(world.node, world.clock.now())


def page_of(browser: Browser, answer: Any) -> str:
    return str(browser.page(f"/find/{answer.json['id']}").text)


def test_what_is_promised_arrives_by_itself(world: WalletWorld, zhang: Browser) -> None:
    answer = promised(world, zhang)
    assert (answer.status_code, answer.json["state"], answer.json["credentials"]) == (202, "waiting", [])
    assert "办理中" in zhang.page("/").text
    assert "下次询问" in page_of(zhang, answer)
    asked = world.issuer.calls.count("deferred")

    assert fetch_waiting(world.node, world.clock.now()) == {}
    assert world.issuer.calls.count("deferred") == asked, "not before the interval"
    assert later(world) == {}
    assert world.issuer.calls.count("deferred") == asked + 1
    assert zhang.credentials() == []

    world.issuer.prepares.clear()
    assert later(world) == {"received": 1}
    [card] = zhang.credentials()
    assert (card["copies"], card["claims"]["holder_name"]) == (5, "张小明")
    assert [note["event"] for note in world.issuer.notifications] == ["credential_accepted"]
    assert "办理中" not in zhang.page("/").text
    assert [use["kind"] for use in zhang.uses()] == ["received"]
    assert later(world) == {}
    assert len(zhang.credentials()) == 1


def test_it_stays_current_like_any_other(world: WalletWorld, zhang: Browser) -> None:
    promised(world, zhang)
    world.issuer.prepares.clear()
    later(world)
    [holding] = world.node.holdings.all_of(world.account_of())
    assert holding.renewal.means is not None
    assert holding.renewal.means.server == world.issuer.identifier


def test_a_token_that_ran_out_is_refreshed(world: WalletWorld, zhang: Browser) -> None:
    """The access token lasts ten minutes; the licence comes on the third day."""
    promised(world, zhang)
    for _ in range(3):
        assert later(world, timedelta(days=1)) == {}
    world.issuer.prepares.clear()
    assert later(world) == {"received": 1}
    assert len(world.sign_in().credentials()) == 1


def test_without_a_further_token_the_end_is_told(world: WalletWorld, zhang: Browser) -> None:
    world.issuer.refreshes = False
    answer = promised(world, zhang)
    assert later(world, timedelta(days=1)) == {"failed": 1}
    assert "授权已过期" in page_of(world.sign_in(), answer)
    assert later(world) == {}


def test_one_comes_now_and_the_other_later(world: WalletWorld, zhang: Browser) -> None:
    answer = promised(world, zhang, others=(Offered(FOOD_LICENCE.vct, food_claims(), first_index=300),))
    assert answer.status_code == 202, answer.text
    assert [card["vct"] for card in zhang.credentials()] == [FOOD_LICENCE.vct]
    world.issuer.prepares.clear()
    assert later(world) == {"received": 1}
    assert {card["vct"] for card in zhang.credentials()} == {FOOD_LICENCE.vct, IDENTITY_CARD.vct}


def test_a_repeat_of_the_call_waits_for_the_same(world: WalletWorld, zhang: Browser) -> None:
    world.issuer.prepares.add(IDENTITY_CARD.vct)
    link = world.issuer.offer(IDENTITY_CARD.vct, identity_claims())
    first, again = zhang.receive(link), zhang.receive(link)
    assert (first.status_code, again.status_code) == (202, 202)
    assert first.json["id"] == again.json["id"]
    assert len(world.issuer.promised) == 1


def test_an_issuer_that_is_away_is_asked_again(world: WalletWorld, zhang: Browser) -> None:
    answer = promised(world, zhang)
    world.issuer.prepares.clear()
    world.issuer.down.add("deferred")
    assert later(world) == {}
    assert "办理中" in page_of(zhang, answer)
    world.issuer.down.clear()
    assert later(world, timedelta(minutes=5)) == {"received": 1}


def test_a_refusal_is_told(world: WalletWorld, zhang: Browser) -> None:
    answer = promised(world, zhang)
    world.issuer.denied.update(world.issuer.promised)
    assert later(world) == {"refused": 1}
    assert "未存入" in page_of(zhang, answer)
    assert zhang.credentials() == []


def test_the_licence_of_another_is_refused_when_it_comes(world: WalletWorld, zhang: Browser) -> None:
    world.issuer.prepares.add(IDENTITY_CARD.vct)
    answer = zhang.receive(world.issuer.offer(IDENTITY_CARD.vct, identity_claims(LI)))
    world.issuer.prepares.clear()
    assert later(world) == {"refused": 1}
    assert "另一位公民" in page_of(zhang, answer)
    assert zhang.credentials() == []
    assert [note["event"] for note in world.issuer.notifications] == ["credential_failure"]


def test_copies_for_other_keys_are_refused(world: WalletWorld, zhang: Browser) -> None:
    promised(world, zhang)
    issued, keys = world.issuer.promised.popitem()[1]
    world.issuer.promised = dict.fromkeys([_transaction(world)], (issued, list(reversed(keys))))
    world.issuer.bind_to = keys[0]
    world.issuer.prepares.clear()
    assert later(world) == {"refused": 1}
    assert zhang.credentials() == []


def _transaction(world: WalletWorld) -> str:
    [search] = world.node.searches.waited_for(world.account_of(), world.clock.now())
    transaction = search.finds[0].transaction_id
    assert transaction
    return transaction


def test_given_up(world: WalletWorld, zhang: Browser) -> None:
    answer = promised(world, zhang)
    path = f"/find/{answer.json['id']}"
    assert "不再等待" in zhang.page(path).text
    zhang.submit(f"{path}/give-up")
    world.issuer.prepares.clear()
    assert later(world) == {}
    assert zhang.credentials() == []
    assert zhang.submit(f"{path}/give-up").status_code == 303
    assert "办理中" not in zhang.page("/").text


def test_another_person_neither_sees_nor_ends_it(world: WalletWorld, zhang: Browser) -> None:
    answer = promised(world, zhang)
    li = world.sign_in(LI)
    path = f"/find/{answer.json['id']}"
    assert li.page(path).status_code == 404
    assert li.submit(path).status_code == 404
    assert li.submit(f"{path}/give-up").status_code == 404
    assert "办理中" not in li.page("/").text
    assert later(world) == {}
    assert "下次询问" in zhang.page(path).text


def test_a_row_that_does_not_open_holds_up_no_other(world: WalletWorld, zhang: Browser) -> None:
    broken, whole = promised(world, zhang), promised(world, zhang)
    world.node.database["searches"].update_one(
        {"_id": broken.json["id"], "account_id": world.account_of().account_id},
        {"$set": {"sealed_content": b"x" * 80}},
    )
    world.issuer.prepares.clear()
    assert later(world) == {"received": 1}
    assert whole.status_code == 202
    asked = world.issuer.calls.count("deferred")
    assert later(world) == {}
    assert world.issuer.calls.count("deferred") == asked


def test_ninety_days_are_enough(world: WalletWorld, zhang: Browser, clock: FixedClock) -> None:
    answer = promised(world, zhang)
    clock.advance(timedelta(days=90))
    assert fetch_waiting(world.node, clock.now()) == {}
    assert world.sign_in().page(f"/find/{answer.json['id']}").status_code == 404


def test_the_worker_knows_it() -> None:
    assert (PERIODIC.name, PERIODIC.every) == ("wallet.promised-licences", timedelta(seconds=15))
