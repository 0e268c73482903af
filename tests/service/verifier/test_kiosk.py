"""A citizen alone at a kiosk: chooses, shows, reads what is missing, takes a slip, and leaves nothing behind."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import Any
from urllib.parse import urlsplit

import pytest

from standards.status_list import StatusValue
from tests.service.verifier.test_terminals import enrolled
from tests.support.terminal_device import Device
from tests.support.verifier_world import COMPANY, Clerk, VerifierWorld
from verifier.cases.case import Channel, SlotState, State
from verifier.cases.case_code import case_id_of
from verifier.kiosk.visit import VISIT_COOKIE
from verifier.terminals.current import TERMINAL_COOKIE

ITEM = "food-business-licence"


@pytest.fixture
def kiosk(world: VerifierWorld) -> Device:
    return enrolled(world, world.sign_in("window-approver"), "kiosk")


def start(kiosk: Device, item: str = ITEM) -> str:
    """Touch an item; answers the code of the case."""
    answer = kiosk.submit("/kiosk/start", service_item=item)
    assert answer.status_code == 303, answer.text
    assert urlsplit(answer.location).path == "/kiosk/visit"
    return case_code(kiosk)


def case_code(kiosk: Device) -> str:
    cookie = kiosk.client.get_cookie(VISIT_COOKIE, path="/kiosk")
    assert cookie
    return str(cookie.value)


def request_link(world: VerifierWorld, code: str) -> str:
    """What the code on the screen says, as the node makes it."""
    from verifier.window.create_presentation import links_of

    case = world.node.cases.find(str(case_id_of(code)))
    assert case
    assert case.presentation
    found = world.node.presentations.find(case.presentation)
    assert found
    return links_of(
        found.asked, public_url=world.node.public_url, wallet_url="http://wallet.localhost"
    ).authorization_request


def test_from_the_item_to_the_slip(world: VerifierWorld, kiosk: Device) -> None:
    """The screen names materials and nobody; the slip has the case's code; the case is one of the kiosk's."""
    home = kiosk.page("/kiosk")
    assert "食品经营许可" in home.text
    assert 'href="/sign-in"' not in home.text
    code = start(kiosk)
    waiting = kiosk.page("/kiosk/visit")
    assert "data-refresh=" in waiting.text
    assert "等待出示" in waiting.text
    world.wallet().show(request_link(world, code))
    done = kiosk.page("/kiosk/visit")
    assert "材料齐了" in done.text
    slip = kiosk.page("/kiosk/slip")
    assert "不作受理凭证" in slip.text
    for page in (done, slip):
        assert COMPANY["holder_name"] not in page.text
        assert COMPANY["legal_representative"] not in page.text
    case = world.node.cases.find(str(case_id_of(code)))
    assert case
    assert (case.channel, case.state) == (Channel.KIOSK, State.OPEN)
    assert {slot.state for slot in case.slots.values()} >= {SlotState.SATISFIED}
    assert [visit.terminal for visit in case.visits] == [kiosk.terminal]
    assert case.number in slip.text
    assert code not in slip.text.replace(_picture(slip), "")


def _picture(page: Any) -> str:
    found = re.search(r'class="slip__qr".*?</div>', page.text, re.DOTALL)
    assert found
    return found[0]


def test_a_revoked_licence_is_told_and_can_be_followed_by_another(
    world: VerifierWorld, kiosk: Device
) -> None:
    code = start(kiosk)
    held = world.issue()
    world.set_status(held, StatusValue.INVALID)
    world.wallet(held).show(request_link(world, code))
    page = kiosk.page("/kiosk/visit")
    assert "还不能办" in page.text
    assert "verdict--danger" in page.text
    assert kiosk.submit("/kiosk/ask").status_code == 303
    world.wallet().show(request_link(world, code))
    assert "材料齐了" in kiosk.page("/kiosk/visit").text


def test_a_refusal_and_a_request_that_ran_out(world: VerifierWorld, kiosk: Device) -> None:
    code = start(kiosk)
    world.wallet().refuse(request_link(world, code))
    assert "未出示" in kiosk.page("/kiosk/visit").text
    kiosk.submit("/kiosk/ask")
    world.clock.advance(timedelta(minutes=6))
    assert "已超时" in kiosk.page("/kiosk/visit").text


def test_clearing_leaves_nothing_behind(world: VerifierWorld, kiosk: Device) -> None:
    """After “finish”, neither the way back nor a remembered address shows the visit; language and size are as before."""
    kiosk.page("/kiosk?lang=en&display=contrast")
    start(kiosk)
    answer = kiosk.submit("/kiosk/end")
    assert answer.location == "/kiosk"
    assert kiosk.client.get_cookie(VISIT_COOKIE, path="/kiosk") is None
    for path in ("/kiosk/visit", "/kiosk/slip"):
        page = kiosk.page(path)
        assert (page.status_code, page.location) == (303, "/kiosk")
        assert page.headers["Cache-Control"] == "no-store"
    assert 'lang="zh-CN"' in kiosk.page("/kiosk").text


def test_a_case_code_resumes_at_another_kiosk(world: VerifierWorld, kiosk: Device) -> None:
    code = start(kiosk)
    second = enrolled(world, world.sign_in("window-approver"), "kiosk")
    assert second.submit("/kiosk/scan", text=code).status_code == 303
    assert "食品经营许可" in second.page("/kiosk/visit").text


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("https://evil.example/<script>alert(1)</script>", "用不上"),
        ("ELB1:" + "A" * 22, "没有找到这个办件"),
        ("510101199001011234", "用不上"),
        ("x" * 20_000, "用不上"),
        ("", "用不上"),
    ],
)
def test_what_a_kiosk_cannot_use(world: VerifierWorld, kiosk: Device, text: str, said: str) -> None:
    """A plain sentence, and nothing of what was scanned on the page."""
    answer = kiosk.submit("/kiosk/scan", text=text)
    assert answer.status_code == 200
    assert said in answer.text
    assert "<script>alert" not in answer.text


def test_a_case_of_another_department_is_not_found(world: VerifierWorld, kiosk: Device) -> None:
    code = start(kiosk)
    other = enrolled(world, world.sign_in("window-approver"), "kiosk")
    world.node.terminals.move(other.terminal, world.departments[1].uscc, by="test", at=world.clock.now())
    assert "没有找到这个办件" in other.submit("/kiosk/scan", text=code).text


def test_an_item_that_the_department_does_not_handle(world: VerifierWorld, kiosk: Device) -> None:
    assert kiosk.submit("/kiosk/start", service_item="no-such-item").status_code == 400


def test_a_desk_is_no_kiosk(world: VerifierWorld) -> None:
    desk = enrolled(world, world.sign_in("window-approver"))
    for path in ("/kiosk", "/kiosk/visit", "/kiosk/slip"):
        assert desk.page(path).status_code == 403
    clerk: Clerk = world.sign_in()
    assert clerk.page("/kiosk/visit").status_code == 403


def test_a_kiosk_without_its_cookie_proves_its_key(world: VerifierWorld, kiosk: Device) -> None:
    kiosk.client.delete_cookie(TERMINAL_COOKIE, domain="localhost")
    assert kiosk.page("/kiosk").location == "/terminal/resume?next=/kiosk"
    assert kiosk.prove().status_code == 200
    assert kiosk.page("/kiosk").status_code == 200
