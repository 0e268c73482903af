"""Attacks on the show-licence code where it is redeemed; each docstring draws the input and the verdict."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from keys.master_key import MasterKey
from service.settings import Settings
from standards.jose import b64url_decode
from standards.show_code import build_show_code, join_show_code, parse_show_code
from standards.status_list import StatusValue
from tests.support.show_codes import REDEEM, Phone, give_compact, holder_of, question, redeem
from tests.support.trust_world import new_signer
from tests.support.wallet_world import (
    IDENTITY_CARD,
    LI,
    WalletWorld,
    identity_claims,
    running_clock,
    stranger,
    wallet_world,
)


@pytest.fixture
def world(settings: Settings, master_key: MasterKey, tmp_path) -> Iterator[WalletWorld]:
    fresh = replace(settings, data=tmp_path, trust_anchor_file=tmp_path / "anchor.pem")
    with wallet_world(fresh, master_key, running_clock()) as made:
        for name in made.node.database.list_collection_names():
            made.node.database[name].delete_many({})
        yield made


@pytest.fixture
def phone(world: WalletWorld) -> Phone:
    browser = world.sign_in()
    assert browser.receive(world.issuer.offer(IDENTITY_CARD.vct, identity_claims())).status_code == 201
    holder = holder_of(world)
    [holding] = world.node.holdings.all_of(holder)
    give_compact(world, holder, holding)
    made = Phone(world, browser)
    assert made.prepare().status_code == 200
    return made


def verdict(answer: Any) -> str:
    return str(answer.json["type"]).rsplit("/", 1)[-1].rsplit(":", 1)[-1]


def refusals(phone: Phone) -> list[dict[str, Any]]:
    return [use for use in phone.browser.uses() if use["kind"] == "code-refused"]


def test_eight_windows_at_once_redeem_a_code_once(world: WalletWorld, phone: Phone) -> None:
    """One code, eight requests in the same instant → one 200, seven "used"."""
    code = phone.code()
    with ThreadPoolExecutor(8) as pool:
        answers = list(pool.map(lambda _: redeem(world, code), range(8)))
    assert sorted(answer.status_code for answer in answers) == [200] + [409] * 7


def test_a_signature_turned_round_is_no_second_code(world: WalletWorld, phone: Phone) -> None:
    """Code with signature (r, s), used; the same with (r, n - s), which verifies too → "used"."""
    code = phone.code()
    assert redeem(world, code).status_code == 200
    parsed = parse_show_code(code)
    order = 0xFFFFFFFF00000000FFFFFFFFFFFFFFFFBCE6FAADA7179E84F3B9CAC2FC632551
    data = bytearray(parsed.message.data)
    s = int.from_bytes(data[-32:], "big")
    data[-32:] = (order - s).to_bytes(32, "big")
    turned = join_show_code(parsed.licence.message.data, parsed.delegation.message.data, bytes(data))
    answer = redeem(world, turned)
    assert turned != code
    assert (answer.status_code, verdict(answer)) == (409, "show-code-used")
    assert len(refusals(phone)) == 1


def test_a_photograph_used_later_is_refused(world: WalletWorld, phone: Phone) -> None:
    """A code of two minutes ago → expired, a line in the holder's log, nothing disclosed."""
    code = phone.code()
    world.clock.advance(timedelta(minutes=2))
    answer = redeem(world, code)
    assert (answer.status_code, verdict(answer)) == (410, "show-code-expired")
    assert len(refusals(phone)) == 1
    assert "张小明" not in answer.text


def test_a_key_that_was_not_delegated_makes_no_code(world: WalletWorld, phone: Phone) -> None:
    """Licence and delegation of a photograph, code by the thief's own key → unknown."""
    [one] = phone.delegations.values()
    forged = build_show_code(
        b64url_decode(one["licence"]),
        b64url_decode(one["delegation"]),
        made_at=world.clock.now(),
        sign=new_signer().sign,
    )
    answer = redeem(world, forged)
    assert (answer.status_code, verdict(answer)) == (404, "show-code-unknown")


def test_a_stranger_redeems_nothing(world: WalletWorld, phone: Phone) -> None:
    """Request by a certified organisation that is on no list of verifiers → refused, and the code still works."""
    code = phone.code()
    answer = redeem(world, code, signer=stranger(world))
    assert (answer.status_code, verdict(answer)) == (422, "verifier-not-trusted")
    assert redeem(world, code).status_code == 200


@pytest.mark.parametrize(
    "change",
    [
        {"code_id": "A" * 43},
        {"audience": "http://elsewhere/show-codes/redeem"},
        {"client_id": "x509_hash:" + "A" * 43},
        {"item": "NOT-REGISTERED"},
    ],
    ids=lambda change: next(iter(change)),
)
def test_a_request_for_something_else_is_refused(
    world: WalletWorld, phone: Phone, change: dict[str, Any]
) -> None:
    """The window's signature over another code, place, name, or an item that is not its own → refused unused."""
    code = phone.code()
    answer = redeem(world, code, **change)
    assert (answer.status_code, verdict(answer)) == (422, "redemption-rejected")
    assert redeem(world, code).status_code == 200


def test_an_old_request_is_refused(world: WalletWorld, phone: Phone) -> None:
    """A recorded request, sent again with the code ten minutes later → refused before the code is looked at."""
    code = phone.code()
    request = question(world, code)
    world.clock.advance(timedelta(minutes=10))
    answer = world.app.test_client().post(REDEEM, json={"code": code, "request": request})
    assert (answer.status_code, verdict(answer)) == (422, "redemption-rejected")
    assert refusals(phone) == []


def test_codes_end_with_the_session(world: WalletWorld, phone: Phone) -> None:
    """Phone stolen, the owner signs out; the thief's phone still has key and delegation → withdrawn."""
    code_of = phone.code
    assert phone.browser.submit("/sign-out").status_code == 303
    answer = redeem(world, code_of())
    assert (answer.status_code, verdict(answer)) == (410, "show-code-withdrawn")


def test_a_licence_taken_out_makes_no_more_codes(world: WalletWorld, phone: Phone) -> None:
    """Licence removed from the wallet while the phone keeps its delegation → withdrawn."""
    [holding_id] = phone.delegations
    phone.browser.submit(f"/licences/{holding_id}/removal")
    answer = redeem(world, phone.code())
    assert (answer.status_code, verdict(answer)) == (410, "show-code-withdrawn")


def test_a_code_after_revocation_is_refused(world: WalletWorld, phone: Phone) -> None:
    """Delegated in the morning, licence revoked at noon, code of the afternoon → ended, and said so."""
    for index in range(100, 110):
        world.issuer.statuses.set(index, StatusValue.INVALID)
    world.clock.advance(timedelta(hours=13))
    world.publish()
    answer = redeem(world, phone.code())
    assert (answer.status_code, verdict(answer)) == (422, "show-code-ended"), answer.text
    assert "code-refused" in [use["kind"] for use in world.sign_in().uses()]


def test_another_persons_licence_is_not_delegated(world: WalletWorld, phone: Phone) -> None:
    """李小红 asks for a delegation of 张小明's licence by its id → nothing to show, nothing in his log."""
    thief = Phone(world, world.sign_in(LI))
    [holding_id] = phone.delegations
    before = len(phone.browser.uses())
    answer = thief.prepare(holding_id)
    assert (answer.status_code, verdict(answer)) == (422, "nothing-to-show")
    assert len(phone.browser.uses()) == before


def test_uses_of_others_are_not_told(world: WalletWorld, phone: Phone) -> None:
    """李小红 asks from the beginning of time → nothing of 张小明."""
    assert redeem(world, phone.code()).status_code == 200
    li = world.sign_in(LI)
    told = li.client.get("/api/v1/show-codes/uses", query_string={"after": "2000-01-01T00:00:00+00:00"})
    assert told.json["uses"] == []


def test_a_delegation_needs_the_proof_of_the_page(world: WalletWorld, phone: Phone) -> None:
    """Another site's form with the session cookie but without the token → refused."""
    answer = phone.browser.client.post(
        "/api/v1/show-codes/delegations",
        json={"phone_key": new_signer().public_jwk.to_dict(), "licences": []},
    )
    assert answer.status_code == 403
