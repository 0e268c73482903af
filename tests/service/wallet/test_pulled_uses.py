"""Opening the log lets the issuers be asked who looked at the licences: by the worker, seldom enough, each use once."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from tests.service.wallet.test_provider import USCC
from tests.support.wallet_world import IDENTITY_CARD, LI, Browser, WalletWorld, identity_claims
from wallet.refreshing.pull_uses import EVERY, PERIODIC, pull_uses


@pytest.fixture
def card(world: WalletWorld, zhang: Browser) -> dict[str, Any]:
    received = zhang.receive(world.issuer.offer(IDENTITY_CARD.vct, identity_claims()))
    assert received.status_code == 201, received.text
    return dict(zhang.credentials()[0])


def look(world: WalletWorld, name: str = "use-1", cause: str = "核查住址") -> None:
    world.issuer.looked.append(
        {
            "id": name,
            "at": world.clock.now().replace(microsecond=0).isoformat(),
            "kind": "searched",
            "department": {
                "code": USCC,
                "name": {"zh": "某局（示例）", "en": "A bureau"},
                "division": "330100",
            },
            "cause": cause,
            "licence": {"identifier": "x", "name": {"zh": "居民身份证", "en": "Identity card"}},
        }
    )


def round_of(world: WalletWorld) -> int:
    return pull_uses(world.node, world.clock.now())


def consulted(browser: Browser) -> int:
    return sum(use["kind"] == "consulted" for use in browser.uses())


def test_what_happened_is_there_when_the_log_is_opened_again(
    world: WalletWorld, zhang: Browser, card: dict[str, Any]
) -> None:
    look(world)
    assert round_of(world) == 0, "nobody has opened the log"
    first = zhang.page("/log")
    assert "正在向发证机构查询" in first.text
    assert "未经您出示" not in first.text
    assert round_of(world) == 1
    page = zhang.page("/log")
    assert "未经您出示" in page.text
    assert "正在向发证机构查询" not in page.text
    assert zhang.credentials()[0]["state"] == "valid"


def test_issuers_are_asked_seldom_and_each_use_is_one_line(
    world: WalletWorld, zhang: Browser, card: dict[str, Any]
) -> None:
    look(world)
    for _ in range(3):
        zhang.page("/log")
        round_of(world)
    assert world.issuer.calls.count("uses") == 1
    look(world, "use-2", "再次核查")
    world.clock.advance(EVERY)
    zhang = world.sign_in()
    zhang.page("/log")
    assert round_of(world) == 1
    assert (consulted(zhang), world.issuer.calls.count("uses")) == (2, 2)


def test_an_issuer_that_is_away_holds_up_nothing(
    world: WalletWorld, zhang: Browser, card: dict[str, Any]
) -> None:
    look(world)
    world.issuer.down.add("uses")
    zhang.page("/log")
    assert round_of(world) == 0
    world.issuer.down.clear()
    world.clock.advance(EVERY + timedelta(seconds=1))
    world.sign_in().page("/log")
    assert round_of(world) == 1


def test_an_answer_in_anothers_name_is_left_aside(
    world: WalletWorld, zhang: Browser, card: dict[str, Any]
) -> None:
    look(world)
    world.issuer.uses_as = "https://other.example"
    zhang.page("/log")
    assert round_of(world) == 0
    assert consulted(zhang) == 0


def test_another_persons_log_asks_about_nothing_of_this_one(
    world: WalletWorld, zhang: Browser, card: dict[str, Any]
) -> None:
    look(world)
    world.sign_in(LI).page("/log")
    assert round_of(world) == 0
    assert world.issuer.calls.count("uses") == 0


def test_issuers_without_it_are_not_asked(world: WalletWorld, zhang: Browser) -> None:
    world.issuer.documents = False
    zhang.receive(world.issuer.offer(IDENTITY_CARD.vct, identity_claims()))
    zhang.page("/log")
    assert round_of(world) == 0
    assert "uses" not in world.issuer.calls


def test_the_worker_knows_it() -> None:
    assert (PERIODIC.name, PERIODIC.every) == ("wallet.pull-uses", timedelta(seconds=5))
