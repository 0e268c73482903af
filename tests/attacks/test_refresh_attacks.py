"""Attacks on refresh tokens and on what a refresh brings. Each docstring draws the input and the verdict."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from keys.master_key import MasterKey
from service.settings import Settings
from standards.codes.uscc import complete_uscc
from standards.openid4vci.refresh import MEMBER
from standards.status_list import StatusValue
from tests.support.clock import FixedClock
from tests.support.issuance_world import HolderKey, IssuanceWorld, WalletVisit, demo_three, found_world
from tests.support.wallet_world import (
    FOOD_LICENCE,
    IDENTITY_CARD,
    LI,
    Browser,
    WalletWorld,
    identity_claims,
    running_clock,
    wallet_world,
)
from wallet.refreshing.look_after import look_after_wallets
from wallet.refreshing.need import LOOK_EVERY, LOOK_JITTER
from wallet.refreshing.refresh_licence import Outcome

# -- at the issuer -------------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def issuer(settings: Settings) -> IssuanceWorld:
    return found_world(settings, FixedClock(), demo_three())


def wallet_at(issuer: IssuanceWorld, **changes: Any) -> tuple[str, WalletVisit, str]:
    """A licence, the wallet that holds it, and its refresh token."""
    identifier = issuer.record_licence(**changes)
    visit = issuer.wallet(issuer.offer(identifier), dpop=True)
    return identifier, visit, str(visit.redeem()["refresh_token"])


def exchange(visit: WalletVisit, token: str, headers: dict[str, str] | None = None) -> Any:
    form = {"grant_type": "refresh_token", "refresh_token": token}
    return visit.post("token", data=form, headers=visit.dpop_header("token") if headers is None else headers)


def thief_of(visit: WalletVisit) -> WalletVisit:
    """Somebody with a key of their own."""
    return replace(visit, dpop_key=HolderKey())


def test_a_stolen_token_without_its_key(issuer: IssuanceWorld) -> None:
    """token of the wallet + DPoP proof of another key → invalid_grant, and no word of the licence; the wallet goes on."""
    _, visit, token = wallet_at(issuer)
    answer = exchange(thief_of(visit), token)
    assert (answer.status_code, answer.json["error"]) == (400, "invalid_grant")
    assert MEMBER not in answer.json
    assert exchange(visit, token).status_code == 200


def test_a_stolen_token_without_any_proof(issuer: IssuanceWorld) -> None:
    """token of the wallet, no DPoP header → invalid_dpop_proof; the wallet goes on."""
    _, visit, token = wallet_at(issuer)
    answer = exchange(visit, token, headers={})
    assert (answer.status_code, answer.json["error"]) == (400, "invalid_dpop_proof")
    assert exchange(visit, token).status_code == 200


def test_a_thief_cannot_end_the_wallets_grant(issuer: IssuanceWorld) -> None:
    """exchanged token + another key, again and again → refused each time, and the family lives."""
    _, visit, token = wallet_at(issuer)
    current = exchange(visit, token).json["refresh_token"]
    current = exchange(visit, current).json["refresh_token"]
    for _ in range(3):
        assert exchange(thief_of(visit), token).json["error"] == "invalid_grant"
    assert exchange(visit, current).status_code == 200


def test_a_replayed_token_ends_the_family(issuer: IssuanceWorld) -> None:
    """with the wallet's own key: token 0 → 1 → 2, then token 0 again → the family ends, token 2 too."""
    _, visit, token = wallet_at(issuer)
    second = exchange(visit, token).json["refresh_token"]
    third = exchange(visit, second).json["refresh_token"]
    assert exchange(visit, token).json == {
        "error": "invalid_grant",
        "error_description": "The refresh token is not valid, was used, has expired, or its licence has ended.",
    }
    assert exchange(visit, third).json["error"] == "invalid_grant"


def test_of_wallet_and_thief_with_the_key_one_is_found_out(issuer: IssuanceWorld) -> None:
    """key and token copied: thief exchanges, wallet asks again with the token before → its new token replaces the
    thief's; when the thief uses his, the family ends for both.
    """
    _, visit, token = wallet_at(issuer)
    thiefs = exchange(visit, token).json["refresh_token"]
    wallets = exchange(visit, token).json["refresh_token"]
    assert exchange(visit, thiefs).json["error"] == "invalid_grant"
    assert exchange(visit, wallets).json["error"] == "invalid_grant"


def test_a_replayed_request_is_answered_once(issuer: IssuanceWorld) -> None:
    """the same bytes twice: token and DPoP proof → the second is invalid_dpop_proof, and nothing has ended."""
    _, visit, token = wallet_at(issuer)
    headers = visit.dpop_header("token")
    current = exchange(visit, token, headers).json["refresh_token"]
    assert exchange(visit, token, headers).json["error"] == "invalid_dpop_proof"
    assert exchange(visit, current).status_code == 200


@pytest.mark.parametrize("how", ["secret", "generation", "reference", "cut", "empty", "digits", "long"])
def test_a_made_up_token(issuer: IssuanceWorld, how: str) -> None:
    """one part of a good token altered → refused; with the wallet's key, and never as a server error."""
    _, visit, token = wallet_at(issuer)
    reference, generation, secret = token.split(".")
    altered = {
        "secret": f"{reference}.{generation}.{secret[::-1]}",
        "generation": f"{reference}.7.{secret}",
        "reference": f"{reference[::-1]}.{generation}.{secret}",
        "cut": token[:-1],
        "empty": "",
        "digits": f"{reference}.²².{secret}",
        "long": token * 100,
    }[how]
    answer = exchange(visit, altered)
    assert answer.status_code == 400
    assert answer.json["error"] in ("invalid_grant", "invalid_request")


def test_at_another_authoritys_endpoint(issuer: IssuanceWorld) -> None:
    """token of authority A at the token endpoint of authority B → invalid_grant; at A it is good."""
    _, visit, token = wallet_at(issuer)
    other = replace(
        visit, offer={**visit.offer, "credential_issuer": issuer.identifier_of(issuer.authorities[1])}
    )
    assert exchange(other, token).json["error"] == "invalid_grant"
    assert exchange(visit, token).status_code == 200


def test_a_refreshed_token_for_another_licence(issuer: IssuanceWorld) -> None:
    """access token of a refresh + another configuration id → unknown_credential_configuration."""
    _, visit, token = wallet_at(issuer)
    visit.access_token = exchange(visit, token).json["access_token"]
    answer = visit.request_credential(
        [visit.proof(visit.nonce())], credential_configuration_id="11100000000013338W001-1"
    )
    assert answer.json["error"] == "unknown_credential_configuration"


def test_the_holder_before_gets_nothing_of_the_new_ones(issuer: IssuanceWorld) -> None:
    """licence passes to another holder by a new version, old holder refreshes → refused, told only that it passed."""
    identifier, visit, token = wallet_at(issuer)
    body = {
        "operation": "change",
        "reason": "转让",
        "approval": {"proposer": "clerk-1", "approver": "approver-2"},
        "changes": {
            "holders": [
                {
                    "name": "新持有有限公司",
                    "code_type": "001",
                    "number": str(complete_uscc("91330100MA27XX001")),
                }
            ]
        },
    }
    changed = issuer.api("POST", f"/api/v1/licences/{identifier}/events", body)
    assert changed.status_code == 201, changed.text
    answer = exchange(visit, token)
    assert (answer.status_code, answer.json[MEMBER]) == (400, {"state": "holder_changed"})
    assert "新持有" not in answer.text


def test_eight_exchanges_at_once_leave_one_good_token(issuer: IssuanceWorld) -> None:
    """the same token eight times at once → at most one of the tokens answered is good, and no server error."""
    _, visit, token = wallet_at(issuer)
    requests = [visit.dpop_header("token") for _ in range(8)]
    with ThreadPoolExecutor(8) as pool:
        answers = list(pool.map(lambda headers: exchange(visit, token, headers), requests))
    assert {answer.status_code for answer in answers} <= {200, 400, 503}
    good = [answer.json["refresh_token"] for answer in answers if answer.status_code == 200]
    assert good
    row = issuer.node.database["issuance_offers"].find_one({"_id": token.partition(".")[0]})
    assert row["refresh"]["generation"] == 1


def test_a_token_that_lay_idle_for_a_year(issuer: IssuanceWorld) -> None:
    """token unused for 365 days → invalid_grant, also before the store has forgotten it."""
    _, visit, token = wallet_at(issuer)
    started = issuer.clock.now()
    try:
        issuer.clock.set(started + timedelta(days=365))
        assert (
            issuer.node.issuance.families.find(
                token.partition(".")[0], issuer.authorities[0].uscc, at=issuer.clock.now()
            )
            is None
        )
    finally:
        issuer.clock.set(started)
    assert exchange(visit, token).status_code == 200


# -- at the wallet -------------------------------------------------------------------------------------------------


@pytest.fixture
def world(settings: Settings, master_key: MasterKey, tmp_path: Path) -> Iterator[WalletWorld]:
    fresh = replace(settings, data=tmp_path, trust_anchor_file=tmp_path / "anchor.pem")
    with wallet_world(fresh, master_key, running_clock()) as made:
        for name in made.node.database.list_collection_names():
            made.node.database[name].delete_many({})
        yield made


def after_a_minute(
    world: WalletWorld, successor: dict[str, Any]
) -> tuple[dict[Outcome, int], dict[str, Any]]:
    """The wallet refreshes a licence, and the issuer answers with ``successor``; the outcome, and the card then."""
    person: Browser = world.sign_in()
    assert person.receive(world.issuer.offer(IDENTITY_CARD.vct, identity_claims())).status_code == 201
    world.issuer.offer(FOOD_LICENCE.vct, {})
    world.issuer.replaced[str(identity_claims()["licence_identifier"])] = successor
    for index in range(100, 105):
        world.issuer.statuses.set(index, StatusValue.INVALID)
    world.clock.set(world.clock.now() + LOOK_EVERY + LOOK_JITTER)
    outcomes = look_after_wallets(world.node, world.clock.now()).outcomes
    [card] = person.credentials()
    return outcomes, card


IDENTIFIER = "1.2.156.3005.2.11100000000013338W001.11330100MB00000014.{}.0"


@pytest.mark.parametrize(
    "successor",
    [
        identity_claims(LI),
        identity_claims(licence_identifier=IDENTIFIER.format("0009.002")),
        identity_claims(licence_identifier="nonsense"),
    ],
    ids=["another person's", "another licence", "no identifier"],
)
def test_what_is_not_the_same_licence_does_not_take_its_place(
    world: WalletWorld, successor: dict[str, Any]
) -> None:
    """refresh answered with {another person's, another, a nameless} licence → refused, told; the card stays as it was."""
    outcomes, card = after_a_minute(world, successor)
    assert outcomes == {Outcome.FAILED: 1}
    assert card["claims"]["address"] == identity_claims()["address"]
    assert (card["state"], card["copies"], card["earlier_versions"]) == ("ended", 5, [])
    assert world.issuer.notifications[-1]["event"] == "credential_failure"


def test_another_type_does_not_take_its_place(world: WalletWorld) -> None:
    """elicence_licence names the configuration of another type → refused before anything is asked for."""
    world.issuer.news = {"state": "valid", "credential_configuration_id": FOOD_LICENCE.vct}
    outcomes, card = after_a_minute(world, identity_claims())
    assert outcomes == {Outcome.FAILED: 1}
    assert card["vct"] == IDENTITY_CARD.vct


@pytest.mark.parametrize("state", ["<script>alert(1)</script>", "x" * 10_000, "", 7, None])
def test_odd_words_of_an_issuer_are_not_shown(world: WalletWorld, state: Any) -> None:
    """elicence_licence.state is not one of ours → the card says "no longer valid", and nothing of theirs."""
    world.issuer.refresh_refusal = (
        400,
        {"error": "invalid_grant", "elicence_licence": {"state": state}},
        {},
    )
    outcomes, card = after_a_minute(world, identity_claims())
    assert outcomes == {Outcome.TOLD: 1}
    assert (card["state"], card["state_reason"]) == ("ended", None)
    page = world.sign_in().page(f"/licences/{card['id']}").text
    assert "<script>alert" not in page


def test_a_bearer_refresh_token_is_not_kept(world: WalletWorld) -> None:
    """the row of a licence holds neither token nor key in the clear; whoever reads the store gets nothing."""
    person = world.sign_in()
    person.receive(world.issuer.offer(IDENTITY_CARD.vct, identity_claims()))
    row = str(world.node.database["holdings"].find_one({}))
    assert all(token not in row for token in world.issuer.families)
