"""Codes shown for somebody else: the right is looked up when the code is redeemed, not when the phone was prepared."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import pytest

from keys.master_key import MasterKey
from service.settings import Settings
from standards.mandate import ACTING_CLAIM
from standards.sd_jwt import parse_sd_jwt
from standards.show_code import parse_show_code
from standards.show_code.redemption import parse_redemption_answer
from tests.support.represented import (
    BUSINESS_LICENCE,
    COMPANY,
    accepted,
    act_for,
    company_claims,
    grant_body,
    right_for,
)
from tests.support.show_codes import Phone, certify_provider, give_compact, redeem
from tests.support.wallet_world import LI, Browser, WalletWorld, query_for, running_clock, wallet_world
from wallet.accounts.open_account import open_unattended

QUERY = query_for(BUSINESS_LICENCE, "holder_name", "holder_number")


@pytest.fixture
def world(settings: Settings, master_key: MasterKey, tmp_path: Path) -> Iterator[WalletWorld]:
    fresh = replace(settings, data=tmp_path, trust_anchor_file=tmp_path / "anchor.pem")
    with wallet_world(fresh, master_key, running_clock()) as made:
        for name in made.node.database.list_collection_names():
            made.node.database[name].delete_many({})
        yield made


@pytest.fixture
def zhang(world: WalletWorld) -> Browser:
    """张小明, acting for his company, whose business licence has a compact form."""
    certify_provider(world)
    browser = world.sign_in()
    assert browser.receive(world.issuer.offer(BUSINESS_LICENCE.vct, company_claims())).status_code == 201
    act_for(browser, right_for(browser)["right"])
    row = world.node.database["holdings"].find_one({})
    assert row is not None
    account = world.node.accounts.get_many([row["account_id"]])[row["account_id"]]
    company = open_unattended(account, world.node.account_envelope)
    [holding] = world.node.holdings.all_of(company)
    give_compact(world, company, holding)
    return browser


@dataclass
class Agent:
    """李小红 with a grant of the company, and her phone."""

    browser: Browser
    phone: Phone
    right: str


def agent_of(world: WalletWorld, zhang: Browser, **limits: Any) -> Agent:
    li = world.sign_in(LI)
    right = accepted(zhang, li, grant_body(LI, **({"scope": limits} if limits else {})))
    act_for(li, right)
    phone = Phone(world, li)
    made = phone.prepare()
    assert made.status_code == 200, made.text
    return Agent(li, phone, right)


def verdict(answer: Any) -> str:
    return str(answer.json["type"]).rsplit("/", 1)[-1].rsplit(":", 1)[-1]


def test_a_representatives_code_says_so(world: WalletWorld, zhang: Browser) -> None:
    """Code of the company by its legal representative → redeemed, who acts stands in code and key binding."""
    phone = Phone(world, zhang)
    assert phone.prepare().status_code == 200
    code = phone.code()
    acting = parse_show_code(code).delegation.unverified.acting
    assert acting is not None
    assert (acting.capacity, acting.name, acting.grant) == ("legal_representative", "张小明", None)
    answer = redeem(world, code, dcql_query=QUERY)
    assert answer.status_code == 200, answer.text
    shown = parse_sd_jwt(parse_redemption_answer(answer.json).presentations["licence"])
    assert shown.key_binding is not None
    claim = shown.key_binding.claims()[ACTING_CLAIM]
    assert (claim["capacity"], claim["person"]["name"]) == ("legal_representative", "张小明")


def test_an_agents_code_works_while_the_grant_stands(world: WalletWorld, zhang: Browser) -> None:
    """Agent's code → redeemed; grant withdrawn while the phone keeps its delegation → withdrawn, and in the log."""
    agent = agent_of(world, zhang)
    assert redeem(world, agent.phone.code(), dcql_query=QUERY).status_code == 200
    assert zhang.post(f"/api/v1/grants/{agent.right}/withdraw").status_code == 200
    answer = redeem(world, agent.phone.code(), dcql_query=QUERY)
    assert (answer.status_code, verdict(answer)) == (410, "show-code-withdrawn"), answer.text
    assert COMPANY not in answer.text
    kinds = [use["kind"] for use in zhang.uses()]
    assert "code-refused" in kinds


def test_an_agents_uses_are_counted_with_codes_too(world: WalletWorld, zhang: Browser) -> None:
    """Grant for one use, two codes → the first is redeemed, the second refused."""
    agent = agent_of(world, zhang, uses=1)
    assert redeem(world, agent.phone.code(), dcql_query=QUERY).status_code == 200
    answer = redeem(world, agent.phone.code(), dcql_query=QUERY)
    assert (answer.status_code, verdict(answer)) == (410, "show-code-withdrawn"), answer.text


def test_an_agents_code_serves_no_other_item_or_region(world: WalletWorld, zhang: Browser) -> None:
    """Grant for windows of 浙江 only, window of 四川 → refused."""
    agent = agent_of(world, zhang, divisions=["330000"])
    answer = redeem(world, agent.phone.code(), dcql_query=QUERY)
    assert (answer.status_code, verdict(answer)) == (403, "show-code-not-covered"), answer.text


def test_codes_end_when_somebody_else_is_acted_for(world: WalletWorld, zhang: Browser) -> None:
    """Phone prepared for the company, the session goes back to acting for oneself → its codes are withdrawn."""
    phone = Phone(world, zhang)
    assert phone.prepare().status_code == 200
    assert zhang.post("/api/v1/acting-for", {"right": "self"}).status_code == 200
    answer = redeem(world, phone.code())
    assert (answer.status_code, verdict(answer)) == (410, "show-code-withdrawn")
