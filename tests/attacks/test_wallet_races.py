"""The same thing twice at once, through the real routes and the real worker: one of them counts."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from keys.master_key import MasterKey
from service.settings import Settings
from tests.service.wallet.test_provider import certify
from tests.support.represented import (
    BUSINESS_LICENCE,
    accepted,
    act_for,
    company_claims,
    grant_body,
    right_for,
)
from tests.support.wallet_world import (
    IDENTITY_CARD,
    LI,
    Browser,
    WalletWorld,
    identity_claims,
    query_for,
    running_clock,
    wallet_world,
)
from wallet.claiming.fetch_waiting import fetch_waiting
from wallet.claiming.search import Fate


@pytest.fixture
def world(settings: Settings, master_key: MasterKey, tmp_path: Path) -> Iterator[WalletWorld]:
    fresh = replace(settings, data=tmp_path, trust_anchor_file=tmp_path / "anchor.pem")
    with wallet_world(fresh, master_key, running_clock()) as made:
        for name in made.node.database.list_collection_names():
            made.node.database[name].delete_many({})
        yield made


def together(acts: Sequence[Callable[[], Any]]) -> list[Any]:
    """What each act brought; all are let go at the same moment."""
    gate = threading.Barrier(len(acts))

    def run(act: Callable[[], Any]) -> Any:
        gate.wait(10)
        return act()

    with ThreadPoolExecutor(len(acts)) as pool:
        return list(pool.map(run, acts))


def test_the_last_use_of_a_grant_at_two_windows_at_once(world: WalletWorld) -> None:
    """An agent with one use left consents to four requests at once → one verifier gets an answer, the count is nought."""
    certify(world)
    zhang, li = world.sign_in(), world.sign_in(LI)
    assert zhang.receive(world.issuer.offer(BUSINESS_LICENCE.vct, company_claims())).status_code == 201
    act_for(zhang, right_for(zhang)["right"])
    right = accepted(zhang, li, grant_body(LI, scope={"uses": 1}))
    asked, acts = [], []
    for _ in range(4):
        browser = world.sign_in(LI)
        act_for(browser, right)
        link, one = world.verifier.ask(query_for(BUSINESS_LICENCE, "holder_name"))
        view = browser.post("/api/v1/requests", {"uri": link})
        assert view.status_code == 201
        asked.append(one)
        acts.append(_consent(browser, view.json["id"]))

    statuses = sorted(together(acts))
    assert statuses[0] == 200
    assert set(statuses[1:]) <= {409, 422}
    assert sum(len(one.answers) for one in asked) == 1
    assert right_for(li)["uses_left"] == 0


def _consent(browser: Browser, request_id: str) -> Callable[[], int]:
    return lambda: int(browser.post(f"/api/v1/requests/{request_id}/consent").status_code)


def test_a_promised_licence_fetched_by_four_at_once(world: WalletWorld) -> None:
    """Three workers and the open page ask for one promised licence at once → asked for once, there once."""
    zhang = world.sign_in()
    path = _promised(world, zhang)
    before = world.issuer.calls.count("deferred")
    acts: list[Callable[[], object]] = [lambda: fetch_waiting(world.node, world.clock.now())] * 3
    acts.append(lambda: zhang.submit(path).status_code)
    together(acts)

    fetch_waiting(world.node, world.clock.now())
    assert world.issuer.calls.count("deferred") == before + 1
    assert len(zhang.credentials()) == 1
    assert [use["kind"] for use in zhang.uses()] == ["received"]


def test_giving_up_at_the_moment_of_arrival(world: WalletWorld) -> None:
    """The person gives up while the worker fetches → either it is there, or it never comes; not one and told the other."""
    zhang = world.sign_in()
    for place in range(4):
        path = _promised(world, zhang, place)
        held = len(zhang.credentials())
        acts: list[Callable[[], object]] = [
            lambda: fetch_waiting(world.node, world.clock.now()),
            lambda path=path: zhang.submit(f"{path}/give-up").status_code,  # type: ignore[misc]
        ]
        together(acts)
        [search] = [
            one
            for one in world.node.searches.recent(world.account_of(), world.clock.now())
            if path.endswith(one.search_id)
        ]
        arrived = len(zhang.credentials()) - held
        assert search.finds[0].fate is (Fate.RECEIVED if arrived else Fate.GIVEN_UP)
        world.clock.advance(timedelta(minutes=10))
        fetch_waiting(world.node, world.clock.now())
        assert len(zhang.credentials()) == held + arrived


def _promised(world: WalletWorld, browser: Browser, place: int = 0) -> str:
    """The page of a licence that is due now and that the issuer will deliver."""
    world.issuer.prepares.add(IDENTITY_CARD.vct)
    claims = identity_claims(licence_identifier=f"1.2.156.3005.2.{place}")
    answer = browser.receive(world.issuer.offer(IDENTITY_CARD.vct, claims, first_index=100 + 10 * place))
    assert answer.status_code == 202
    world.issuer.prepares.clear()
    world.clock.advance(timedelta(seconds=61))
    return f"/find/{answer.json['id']}"
