"""Attacks with printed sheets, and on what may be done long after a sign-in."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from keys.master_key import MasterKey
from service.demo.people import CITIZENS
from service.settings import Settings
from standards.status_list import StatusValue
from tests.attacks.test_acting_attacks import revoke
from tests.service.wallet.test_sheets import hand_over, verdict
from tests.support.asking_peer import ITEM
from tests.support.represented import (
    BIRTH_CERTIFICATE,
    BUSINESS_LICENCE,
    COMPANY,
    COMPANY_NUMBER,
    accepted,
    act_for,
    birth_claims,
    company_claims,
    grant_body,
    right_for,
)
from tests.support.show_codes import certify_provider, give_compact
from tests.support.wallet_world import (
    FOOD_LICENCE,
    LI,
    Browser,
    WalletWorld,
    food_claims,
    query_for,
    running_clock,
    signed_in_person,
    wallet_world,
)
from wallet.accounts.account import Holder, open_holder
from wallet.accounts.acting import AS_ONESELF
from wallet.accounts.subject import Subject
from wallet.sheets.sheet import Sheet

WANG = CITIZENS[2]
FOOD = query_for(FOOD_LICENCE, "holder_name")


@pytest.fixture
def world(settings: Settings, master_key: MasterKey, tmp_path: Path) -> Iterator[WalletWorld]:
    fresh = replace(settings, data=tmp_path, trust_anchor_file=tmp_path / "anchor.pem")
    with wallet_world(fresh, master_key, running_clock()) as made:
        for name in made.node.database.list_collection_names():
            made.node.database[name].delete_many({})
        yield made


@pytest.fixture
def zhang(world: WalletWorld) -> Browser:
    """张小明, acting for his company, which has a food licence in its compact form too."""
    certify_provider(world)
    browser = world.sign_in()
    assert browser.receive(world.issuer.offer(BUSINESS_LICENCE.vct, company_claims())).status_code == 201
    act_for(browser, right_for(browser)["right"])
    claims = food_claims(holder_name=COMPANY, holder_code_type="001", holder_number=COMPANY_NUMBER)
    offer = world.issuer.offer(FOOD_LICENCE.vct, claims, first_index=300)
    assert browser.receive(offer).status_code == 201
    company = company_account(world)
    [food] = [one for one in world.node.holdings.all_of(company) if one.face.vct == FOOD_LICENCE.vct]
    give_compact(world, company, food)
    return browser


def company_account(world: WalletWorld) -> Holder:
    subject = Subject("001", COMPANY_NUMBER, COMPANY)
    found = world.node.accounts.find(world.node.lookup_key.candidates("001", COMPANY_NUMBER))
    assert found is not None
    return open_holder(found[1], signed_in_person(WANG), world.node.account_envelope, subject, AS_ONESELF)


def sheet_by(world: WalletWorld, maker: Browser) -> Sheet:
    """A sheet of the company's food licence, made by who acts for it."""
    [food] = [one["id"] for one in maker.credentials() if one["vct"] == FOOD_LICENCE.vct]
    last = (world.clock.now() + timedelta(days=7)).date().isoformat()
    first = world.clock.china_day().isoformat()
    answer = maker.submit("/sheets/new", licence=food, item=ITEM["code"], first=first, last=last)
    assert answer.status_code == 303, answer.text
    found = world.node.sheets.get(company_account(world), answer.headers["Location"].rsplit("/", 1)[-1])
    assert found is not None
    return found


def test_a_removed_managers_paper(world: WalletWorld, zhang: Browser) -> None:
    """A manager prints a sheet for an accomplice and is removed → the sheet falls with the manager, offline too."""
    wang = world.sign_in(WANG)
    manager = accepted(zhang, wang, grant_body(WANG, "manager"))
    act_for(wang, manager)
    sheet, own = sheet_by(world, wang), sheet_by(world, zhang)
    assert hand_over(world, sheet.text, dcql_query=FOOD).status_code == 200
    assert zhang.post(f"/api/v1/grants/{manager}/withdraw").status_code == 200
    refused = hand_over(world, sheet.text, dcql_query=FOOD)
    assert (refused.status_code, verdict(refused)) == (410, "show-code-withdrawn")
    statuses = world.node.provider.statuses
    assert statuses.value_of(sheet.status) is StatusValue.INVALID
    # What the representative himself printed stays.
    assert statuses.value_of(own.status) is StatusValue.VALID
    assert hand_over(world, own.text, dcql_query=FOOD).status_code == 200


def test_the_paper_of_a_representative_who_is_none_any_more(world: WalletWorld, zhang: Browser) -> None:
    """The business licence is revoked → what its representative printed before shows no other licence either."""
    sheet = sheet_by(world, zhang)
    assert hand_over(world, sheet.text, dcql_query=FOOD).status_code == 200
    revoke(world, "revoked")
    refused = hand_over(world, sheet.text, dcql_query=FOOD)
    assert (refused.status_code, verdict(refused)) == (410, "show-code-withdrawn")


def test_a_phone_left_signed_in_makes_no_paper(world: WalletWorld, zhang: Browser) -> None:
    """Six minutes after the sign-in somebody else picks the phone up → a proof is asked for; no sheet is made."""
    [food] = [one["id"] for one in zhang.credentials() if one["vct"] == FOOD_LICENCE.vct]
    world.clock.advance(timedelta(minutes=6))
    day = world.clock.china_day().isoformat()
    wish = {"licence": food, "item": ITEM["code"], "first": day, "last": day}
    answer = zhang.submit("/sheets/new", **wish, bearer_name="某人", bearer_end="1234")
    assert answer.status_code == 303
    assert answer.headers["Location"].startswith("/step-up?next=")
    assert food in answer.headers["Location"]
    assert "1234" not in answer.headers["Location"]
    assert world.node.sheets.all_of(company_account(world)) == []


def test_a_phone_left_signed_in_hands_no_wallet_over(world: WalletWorld) -> None:
    """The same with a child's wallet, by the interface (the page asked already) → refused, nothing is offered."""
    certify_provider(world)
    mother = world.sign_in(LI)
    born = world.clock.now() - timedelta(days=15 * 365)
    claims = birth_claims(LI, birth_date=born.date().isoformat())
    assert mother.receive(world.issuer.offer(BIRTH_CERTIFICATE.vct, claims)).status_code == 201
    right = right_for(mother, "张小宝")["right"]
    world.clock.advance(timedelta(minutes=6))
    answer = mother.post(f"/api/v1/rights/{right}/hand-over", {"name": "张小宝", "number": WANG.number})
    assert (answer.status_code, answer.json["type"].rpartition(":")[2]) == (403, "step-up-required")
