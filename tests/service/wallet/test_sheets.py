"""Printed sheets at the wallet service: made, honoured for their items, withdrawn."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from standards.show_code import build_sheet, parse_sheet
from standards.show_code.redemption import (
    RedemptionRequest,
    build_redemption_request,
    client_id_of,
    parse_redemption_answer,
    sheet_name,
)
from standards.status_list import StatusValue
from tests.support.asking_peer import ITEM
from tests.support.show_codes import AUDIENCE, REDEEM, certify_provider, give_compact, holder_of
from tests.support.trust_world import new_signer
from tests.support.wallet_world import (
    IDENTITY_CARD,
    LI,
    Browser,
    WalletWorld,
    identity_claims,
    query_for,
)
from wallet.sheets.sheet import Sheet


@pytest.fixture
def zhang(world: WalletWorld) -> Browser:
    certify_provider(world)
    browser = world.sign_in()
    assert browser.receive(world.issuer.offer(IDENTITY_CARD.vct, identity_claims())).status_code == 201
    holder = holder_of(world)
    [holding] = world.node.holdings.all_of(holder)
    give_compact(world, holder, holding)
    return browser


def wish(world: WalletWorld, **changes: Any) -> dict[str, Any]:
    [holding] = world.node.holdings.all_of(holder_of(world))
    today = world.clock.china_day()
    return {
        "licence": holding.holding_id,
        "item": ITEM["code"],
        "first": (today - timedelta(days=1)).isoformat(),
        "last": (today + timedelta(days=7)).isoformat(),
    } | changes


def make(world: WalletWorld, zhang: Browser, **changes: Any) -> Sheet:
    answer = zhang.submit("/sheets/new", **wish(world, **changes))
    assert answer.status_code == 303, answer.text
    sheet_id = answer.headers["Location"].rsplit("/", 1)[-1]
    found = world.node.sheets.get(holder_of(world), sheet_id)
    assert found is not None
    return found


def hand_over(world: WalletWorld, text: str, **changes: Any) -> Any:
    signer = world.verifier.signer
    assert signer is not None
    request = RedemptionRequest(
        **{
            "code_id": sheet_name(parse_sheet(text)),
            "audience": AUDIENCE,
            "client_id": client_id_of(signer.certificate_chain[0]),
            "nonce": "n" * 22,
            "item": ITEM["code"],
            "dcql_query": query_for(IDENTITY_CARD, "holder_name"),
            "issued_at": world.clock.now(),
        }
        | changes
    )
    body = {"code": text, "request": build_redemption_request(request, signer.certificate_chain, signer.sign)}
    return world.app.test_client().post(REDEEM, json=body)


def verdict(answer: Any) -> str:
    return str(answer.json["type"]).rsplit("/", 1)[-1].rsplit(":", 1)[-1]


def test_a_sheet_is_honoured_for_its_item_and_told(world: WalletWorld, zhang: Browser) -> None:
    sheet = make(world, zhang)
    page = zhang.page(f"/sheets/{sheet.sheet_id}").text
    assert 'class="plain-code"' in page
    assert sheet.sheet_id in page
    for _ in range(2):
        answer = hand_over(world, sheet.text)
        assert answer.status_code == 200, answer.text
        assert set(parse_redemption_answer(answer.json).presentations) == {"licence"}
    kinds = [use["kind"] for use in zhang.uses()]
    assert kinds.count("sheet-used") == 2
    assert "sheet-made" in kinds


def test_a_withdrawn_sheet_is_refused_on_line_and_in_the_list(world: WalletWorld, zhang: Browser) -> None:
    """Sheet withdrawn by its maker → refused at once, its entry in the list invalid, the attempt in the log."""
    sheet = make(world, zhang)
    assert zhang.submit(f"/sheets/{sheet.sheet_id}/withdrawal").status_code == 303
    assert world.node.provider.statuses.value_of(sheet.status) is StatusValue.INVALID
    answer = hand_over(world, sheet.text)
    assert (answer.status_code, verdict(answer)) == (410, "show-code-withdrawn")
    assert "code-refused" in [use["kind"] for use in zhang.uses()]
    assert 'class="plain-code"' not in zhang.page(f"/sheets/{sheet.sheet_id}").text


def test_a_sheet_serves_no_other_time(world: WalletWorld, zhang: Browser) -> None:
    today = world.clock.china_day()
    sheet = make(world, zhang, last=(today + timedelta(days=1)).isoformat())
    world.clock.advance(timedelta(days=3))
    answer = hand_over(world, sheet.text)
    assert (answer.status_code, verdict(answer)) == (410, "show-code-expired")


def test_a_sheet_serves_no_window_without_an_item(world: WalletWorld, zhang: Browser) -> None:
    sheet = make(world, zhang)
    answer = hand_over(world, sheet.text, item=None)
    assert (answer.status_code, verdict(answer)) == (422, "sheet-refused")


def test_a_sheet_of_ones_own_making_is_unknown(world: WalletWorld, zhang: Browser) -> None:
    """Licence and id of a real sheet, a wider permission signed with another key → unknown."""
    sheet = make(world, zhang)
    real = parse_sheet(sheet.text)
    forged = build_sheet(real.licence.message.data, real.unverified, new_signer().sign)
    assert sheet_name(parse_sheet(forged)) == sheet_name(real)
    answer = hand_over(world, forged)
    assert (answer.status_code, verdict(answer)) == (404, "show-code-unknown")


@pytest.mark.parametrize(
    "change",
    [
        {"item": "UNKNOWN"},
        {"last": "2020-01-01"},
        {"last": "soon"},
        {"bearer_name": "李小红"},
        {"bearer_name": "李小红", "bearer_end": "12 4"},
        {"licence": "nobody's"},
    ],
    ids=str,
)
def test_a_wish_that_makes_no_sheet_comes_back(
    world: WalletWorld, zhang: Browser, change: dict[str, Any]
) -> None:
    answer = zhang.submit("/sheets/new", **wish(world, **change))
    assert answer.status_code == 422
    assert 'class="banner banner--danger"' in answer.text
    assert world.node.sheets.all_of(holder_of(world)) == []


def test_another_persons_sheet_is_out_of_reach(world: WalletWorld, zhang: Browser) -> None:
    """李小红 opens and withdraws 张小明's sheet by its id → not found, and it still works."""
    sheet = make(world, zhang)
    li = world.sign_in(LI)
    assert li.page(f"/sheets/{sheet.sheet_id}").status_code == 404
    assert li.submit(f"/sheets/{sheet.sheet_id}/withdrawal").status_code == 404
    assert hand_over(world, sheet.text).status_code == 200


def test_a_sheet_names_its_last_day_and_not_the_midnight_after_it(world: WalletWorld, zhang: Browser) -> None:
    last = world.clock.china_day() + timedelta(days=7)
    sheet = make(world, zhang, last=last.isoformat())
    named = f"{last.year}年{last.month}月{last.day}日"
    assert f"{named}（含当日）" in zhang.page(f"/sheets/{sheet.sheet_id}").text
    assert f"– {named}" in zhang.page("/sheets").text
