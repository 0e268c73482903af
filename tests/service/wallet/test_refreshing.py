"""Licences that stay current by themselves, against a real issuer, with the real store."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from standards.status_list import StatusValue
from tests.support.wallet_world import IDENTITY_CARD, ISSUER_NAME, Browser, WalletWorld, identity_claims
from wallet.refreshing.look_after import PERIODIC, look_after_wallets
from wallet.refreshing.need import LONGEST_RETRY, LOOK_EVERY, LOOK_JITTER
from wallet.refreshing.refresh_licence import Outcome

FIRST = str(identity_claims()["licence_identifier"])
SECOND = "1.2.156.3005.2.11100000000013338W001.11330100MB00000014.0001.002.0"
MOVED = identity_claims(address="四川省成都市示例街 9 号", licence_identifier=SECOND, authority="成都")


def received(world: WalletWorld, person: Browser) -> dict[str, Any]:
    """A licence that came by an offer; with its only card."""
    answer = person.receive(world.issuer.offer(IDENTITY_CARD.vct, identity_claims()))
    assert answer.status_code == 201, answer.text
    return dict(answer.json["credentials"][0])


def replace_it(world: WalletWorld, after: dict[str, Any] | None = None) -> None:
    """The issuer makes a new version: the copies of the old one are invalid from now on."""
    world.issuer.replaced[FIRST] = after or MOVED
    set_status(world, StatusValue.INVALID)


def set_status(world: WalletWorld, value: StatusValue, first: int = 100) -> None:
    for index in range(first, first + 5):
        world.issuer.statuses.set(index, value)
    world.clock.set(world.clock.now() + timedelta(seconds=2))


def a_minute_passes(world: WalletWorld) -> dict[Outcome, int]:
    """What the worker does within a minute at most."""
    world.clock.set(world.clock.now() + LOOK_EVERY + LOOK_JITTER)
    return look_after_wallets(world.node, world.clock.now()).outcomes


def test_a_new_version_arrives_while_nobody_looks(world: WalletWorld, zhang: Browser) -> None:
    before = received(world, zhang)
    replace_it(world)

    assert a_minute_passes(world) == {Outcome.UPDATED: 1}

    world.issuer.down = {"token", "credential"}  # what is shown now is already there
    [card] = zhang.credentials()
    assert card["id"] == before["id"]
    assert card["state"] == "valid"
    assert card["claims"]["address"] == MOVED["address"]
    assert (card["copies"], card["unused_copies"]) == (5, 5)
    [past] = card["earlier_versions"]
    assert past["identifier"] == FIRST
    changes = {change["label"]["zh"]: (change["before"], change["after"]) for change in past["changes"]}
    assert changes["住址"][0]["zh"] == identity_claims()["address"]
    assert changes["住址"][1]["zh"] == MOVED["address"]
    assert len(changes) == 2
    use = zhang.uses()[0]
    assert (use["kind"], use["party"], use["about"]) == ("updated", ISSUER_NAME.to_json(), before["id"])
    assert [one["event"] for one in world.issuer.notifications] == ["credential_accepted"] * 2


def test_who_opens_the_wallet_sees_the_new_version_at_once(world: WalletWorld, zhang: Browser) -> None:
    held = received(world, zhang)
    replace_it(world)
    page = zhang.page(f"/licences/{held['id']}").text
    assert MOVED["address"] in page
    assert "更新于" in page
    assert "看看变更了什么" in zhang.page("/log").text


def test_nothing_is_asked_of_an_issuer_about_a_licence_that_is_well(
    world: WalletWorld, zhang: Browser
) -> None:
    received(world, zhang)
    world.issuer.calls.clear()
    for _ in range(3):
        assert a_minute_passes(world) == {}
    assert set(world.issuer.calls) <= {"1", "list", "330000", "510000"}


def test_what_was_suspended_and_came_back_needs_nothing(world: WalletWorld, zhang: Browser) -> None:
    held = received(world, zhang)
    world.issuer.news = {"state": "reported_lost", "licence_identifier": FIRST}
    set_status(world, StatusValue.SUSPENDED)
    assert a_minute_passes(world) == {Outcome.TOLD: 1}
    [card] = zhang.credentials()
    assert (card["state"], card["state_reason"]["zh"]) == ("suspended", "此证照已挂失。")
    assert a_minute_passes(world) == {}, "it is asked once"
    set_status(world, StatusValue.VALID)
    assert a_minute_passes(world) == {}
    [card] = zhang.credentials()
    assert (card["id"], card["state"], card["state_reason"]) == (held["id"], "valid", None)


@pytest.mark.parametrize(
    ("state", "word"), [("revoked", "已吊销。"), ("holder_changed", "证照已变更到其他持证主体名下。")]
)
def test_the_reason_why_it_ended_is_on_the_card_and_in_the_log(
    world: WalletWorld, zhang: Browser, state: str, word: str
) -> None:
    held = received(world, zhang)
    world.issuer.refresh_refusal = (
        400,
        {"error": "invalid_grant", "elicence_licence": {"state": state}},
        {},
    )
    set_status(world, StatusValue.INVALID)
    assert a_minute_passes(world) == {Outcome.TOLD: 1}
    [card] = zhang.credentials()
    assert (card["state"], card["state_reason"]["zh"]) == ("ended", word)
    assert card["refreshes_itself"] is False
    use = zhang.uses()[0]
    assert (use["kind"], use["reason"]["zh"]) == ("ended", word)
    assert word in zhang.page(f"/licences/{held['id']}").text
    assert a_minute_passes(world) == {}, "there is nothing to ask with any more"


def test_further_copies_come_before_the_last_one_was_seen(world: WalletWorld, zhang: Browser) -> None:
    held = received(world, zhang)
    copies = world.node.database["holdings"].find_one({"_id": held["id"]})["copies"]
    for copy in copies[:4]:
        world.node.database["holdings"].update_one(
            {"_id": held["id"], "account_id": world.node.database["holdings"].find_one({})["account_id"]},
            {"$set": {f"copies.{copies.index(copy)}.used_at": world.clock.now()}},
        )
    assert a_minute_passes(world) == {Outcome.RENEWED: 1}
    [card] = zhang.credentials()
    assert (card["copies"], card["unused_copies"], card["earlier_versions"]) == (5, 5, [])
    assert [use["kind"] for use in zhang.uses()] == ["received"], "a person need not read of it"


def test_copies_are_renewed_before_they_expire(world: WalletWorld, zhang: Browser) -> None:
    world.issuer.expires_in_days = 20
    expires_at = received(world, zhang)["expires_at"]
    assert a_minute_passes(world) == {Outcome.RENEWED: 1}, "within the last thirty days"
    assert zhang.credentials()[0]["expires_at"] == expires_at, "no later than the issuer gives"
    assert a_minute_passes(world) == {}, "an issuer that gives no later ones is not asked every minute"
    world.issuer.expires_in_days = 90
    world.clock.set(world.clock.now() + timedelta(days=1))
    assert a_minute_passes(world) == {Outcome.RENEWED: 1}
    assert world.sign_in().credentials()[0]["expires_at"] > expires_at


def test_a_lost_answer_is_asked_for_again_and_the_card_is_never_half(
    world: WalletWorld, zhang: Browser
) -> None:
    """Input: the copies are lost on their way. Verdict: the old card stays whole; the next attempt brings them."""
    received(world, zhang)
    replace_it(world)
    world.issuer.lose = {"credential"}
    assert a_minute_passes(world) == {Outcome.FAILED: 1}
    row = world.node.database["holdings"].find_one({})
    assert (len(row["copies"]), row.get("claim")) == (5, None)
    world.clock.set(world.clock.now() + timedelta(minutes=1))
    assert a_minute_passes(world) == {Outcome.UPDATED: 1}


def test_an_issuer_that_wants_to_be_left_alone_is(world: WalletWorld, zhang: Browser) -> None:
    """Input: 429 with Retry-After. Verdict: not asked again before, neither by the worker nor on opening."""
    received(world, zhang)
    replace_it(world)
    world.issuer.refresh_refusal = (429, {"error": "slow_down"}, {"Retry-After": "3600"})
    assert a_minute_passes(world) == {Outcome.FAILED: 1}
    world.issuer.refresh_refusal = None
    world.clock.set(world.clock.now() + timedelta(minutes=50))
    assert a_minute_passes(world) == {}
    assert zhang.credentials()[0]["state"] == "ended"
    world.clock.set(world.clock.now() + timedelta(minutes=10))
    assert a_minute_passes(world) == {Outcome.UPDATED: 1}


def test_an_issuer_that_is_down_is_asked_ever_more_seldom(world: WalletWorld, zhang: Browser) -> None:
    received(world, zhang)
    replace_it(world)
    world.issuer.down = {"token"}
    asked = 0
    for _ in range(60):
        asked += a_minute_passes(world).get(Outcome.FAILED, 0)
    assert 4 <= asked <= 7, "after 1, 2, 4, 8, 16, 32 minutes"
    assert timedelta(hours=1) < LONGEST_RETRY


def test_a_licence_that_was_taken_out_is_left_alone(world: WalletWorld, zhang: Browser) -> None:
    held = received(world, zhang)
    zhang.submit(f"/licences/{held['id']}/removal")
    replace_it(world)
    assert a_minute_passes(world) == {}
    zhang.submit(f"/licences/{held['id']}/restoration")
    assert zhang.credentials()[0]["claims"]["address"] == MOVED["address"]


def test_two_at_once_end_in_one(world: WalletWorld, zhang: Browser) -> None:
    held = received(world, zhang)
    replace_it(world)
    account = world.node.database["holdings"].find_one({})["account_id"]
    claim = world.node.refreshes.claim(account, held["id"], world.clock.now())
    assert claim is not None
    assert a_minute_passes(world) == {Outcome.BUSY: 1}
    world.clock.set(world.clock.now() + timedelta(minutes=2))
    assert a_minute_passes(world) == {Outcome.UPDATED: 1}, "whoever held the lease is gone"


def test_the_new_version_received_by_an_offer_meanwhile_is_one_card(
    world: WalletWorld, zhang: Browser
) -> None:
    held = received(world, zhang)
    world.issuer.offer(IDENTITY_CARD.vct, MOVED)
    assert zhang.receive(world.issuer.offer(IDENTITY_CARD.vct, MOVED)).status_code == 201
    replace_it(world)
    assert a_minute_passes(world).get(Outcome.UPDATED) == 1
    [card] = zhang.credentials()
    assert card["id"] == held["id"]


def test_a_licence_without_means_is_read_as_before(world: WalletWorld, zhang: Browser) -> None:
    world.issuer.refreshes = False
    held = received(world, zhang)
    assert held["refreshes_itself"] is False
    replace_it(world)
    assert a_minute_passes(world) == {}
    assert zhang.credentials()[0]["state"] == "ended"


def test_the_worker_is_told_of_its_work() -> None:
    from service.jobs import periodic_work

    assert PERIODIC in periodic_work("wallet")
