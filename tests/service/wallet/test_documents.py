"""A licence as a PDF for one use: ordered from its issuer with the licence's own token, by those who may, and noted."""

from __future__ import annotations

from datetime import timedelta

import orjson
import pytest

from tests.support.wallet_world import IDENTITY_CARD, LI, Browser, WalletWorld, identity_claims
from wallet.accounts.acting import MAY, Capacity, Deed

ORDER = {"recipient": "成都市某学校（示例）", "purpose": "子女入学报名", "last_day": ""}


@pytest.fixture
def page(world: WalletWorld, zhang: Browser) -> str:
    """The path of the page for the one licence in the wallet."""
    received = zhang.receive(world.issuer.offer(IDENTITY_CARD.vct, identity_claims()))
    assert received.status_code == 201, received.text
    return f"/licences/{zhang.credentials()[0]['id']}/document"


def test_a_file_for_one_use(world: WalletWorld, zhang: Browser, page: str) -> None:
    assert page in zhang.page(page.removesuffix("/document")).text
    form = zhang.page(page)
    assert "给谁用" in form.text
    answer = zhang.submit(page, **ORDER)
    assert (answer.status_code, answer.mimetype, answer.data) == (200, "application/pdf", b"%PDF-1.7 sealed")
    assert answer.headers["Cache-Control"] == "no-store"
    assert "attachment" in answer.headers["Content-Disposition"]
    [asked] = world.issuer.asked_documents
    assert (asked["purpose"], asked["recipient"]) == (ORDER["purpose"], ORDER["recipient"])
    newest = zhang.uses()[0]
    assert newest["kind"] == "document-taken"
    assert ORDER["recipient"] in zhang.page("/log").text
    assert zhang.submit(page, **ORDER).status_code == 200, "the exchanged token serves the next time"
    assert zhang.credentials()[0]["state"] == "valid"


@pytest.mark.parametrize(
    ("changed", "told"),
    [
        ({"recipient": ""}, "请填写使用单位"),
        ({"purpose": "   "}, "请填写用途"),
        ({"purpose": "长" * 61}, "不超过 60 个字"),
        ({"last_day": "2001-01-01"}, "最后有效日"),
        ({"last_day": "2999-01-01"}, "最后有效日"),
        ({"last_day": "soon"}, "最后有效日"),
    ],
)
def test_what_was_typed_stays(
    world: WalletWorld, zhang: Browser, page: str, changed: dict[str, str], told: str
) -> None:
    answer = zhang.submit(page, **(ORDER | changed))
    assert answer.status_code == 422
    assert told in answer.text
    kept = {**ORDER, **changed}
    assert all(kept[name].strip() in answer.text for name in ("recipient", "purpose"))
    assert world.issuer.asked_documents == []


def test_an_issuer_that_makes_none_is_told_plainly(world: WalletWorld, zhang: Browser, page: str) -> None:
    world.issuer.documents = False
    answer = zhang.submit(page, **ORDER)
    assert (answer.status_code, "不提供 PDF" in answer.text, ORDER["purpose"] in answer.text) == (
        422,
        True,
        True,
    )


def test_what_the_issuer_says_reaches_the_person(world: WalletWorld, zhang: Browser, page: str) -> None:
    problem = {
        "message": {"zh": "证照当前状态为“暂停”。", "en": "Suspended."},
        "next": {"zh": "去窗口。", "en": "Go."},
    }
    world.issuer.document_answer = (409, orjson.dumps(problem), "application/problem+json")
    answer = zhang.submit(page, **ORDER)
    assert answer.status_code == 422
    assert "证照当前状态为“暂停”" in answer.text
    assert "去窗口" in answer.text
    assert all(use["kind"] != "document-taken" for use in zhang.uses())


@pytest.mark.parametrize(
    "answer",
    [
        (409, b"<html>", "text/html"),
        (500, b"", "application/json"),
        (200, b"<html><script>alert(1)</script>", "text/html"),
        (200, b"MZ\x90", "application/pdf"),
        (409, b'{"message": {"zh": "<b>\\u202e", "en": "x"}}', "application/json"),
    ],
)
def test_odd_answers_end_in_plain_words(
    world: WalletWorld, zhang: Browser, page: str, answer: tuple[int, bytes, str]
) -> None:
    world.issuer.document_answer = answer
    told = zhang.submit(page, **ORDER)
    assert told.status_code == 422
    assert "发证机构" in told.text
    assert "<script>alert" not in told.text
    assert "\u202e" not in told.text


def test_an_issuer_that_is_away(world: WalletWorld, zhang: Browser, page: str) -> None:
    world.issuer.lose.add("document")
    assert zhang.submit(page, **ORDER).status_code == 422
    assert zhang.submit(page, **ORDER).status_code == 200


def test_without_means_to_come_back(world: WalletWorld, zhang: Browser) -> None:
    world.issuer.refreshes = False
    zhang.receive(world.issuer.offer(IDENTITY_CARD.vct, identity_claims()))
    answer = zhang.submit(f"/licences/{zhang.credentials()[0]['id']}/document", **ORDER)
    assert answer.status_code == 422
    assert "找我的证照" in answer.text


def test_the_person_proves_it_first(world: WalletWorld, zhang: Browser, page: str) -> None:
    world.clock.advance(timedelta(minutes=6))
    assert "/step-up?next=" in zhang.page(page).text
    answer = zhang.submit(page, **ORDER)
    assert answer.status_code in (303, 403)
    assert world.issuer.asked_documents == []


def test_another_persons_licence(world: WalletWorld, page: str) -> None:
    li = world.sign_in(LI)
    assert li.page(page).status_code == 404
    assert li.submit(page, **ORDER).status_code == 404
    assert li.client.post(page, data=ORDER).status_code in (400, 403)
    assert world.issuer.asked_documents == []


def test_the_refresher_at_work_is_waited_for(world: WalletWorld, zhang: Browser, page: str) -> None:
    holding_id = zhang.credentials()[0]["id"]
    claim = world.node.refreshes.claim(world.account_of().account_id, holding_id, world.clock.now())
    assert claim
    answer = zhang.submit(page, **ORDER)
    assert (answer.status_code, "正在更新" in answer.text) == (422, True)
    world.node.refreshes.let_go(world.account_of().account_id, holding_id, claim)
    assert zhang.submit(page, **ORDER).status_code == 200


def test_only_who_could_carry_it_away_may() -> None:
    assert {one for one in Capacity if Deed.TAKE_DOCUMENT in MAY[one]} == {
        Capacity.SELF,
        Capacity.LEGAL_REPRESENTATIVE,
        Capacity.MANAGER,
        Capacity.GUARDIAN,
    }
