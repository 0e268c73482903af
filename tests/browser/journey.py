"""The journey in real browsers: the citizen on a phone, the clerk at a desk; each page on the way can be looked at."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager

from playwright.sync_api import Browser, Page, expect

from tests.browser.signing_in import choose_person, sign_in
from tests.support.running_node import RunningNode

PHONE = {"width": 390, "height": 844}
DESK = {"width": 1440, "height": 900}
ITEM = "食品经营许可（餐饮服务）新办"
LICENCE = "营业执照"

Look = Callable[[Page, str, str], None]
"""Called on each page of the way with the page, the service and a name for it."""


def look_away(_: Page, __: str, ___: str) -> None:
    """Nobody looks."""


@contextmanager
def browser_of(chromium: Browser, viewport: dict[str, int], *, touch: bool = False) -> Iterator[Page]:
    """One person's own browser, in Chinese."""
    context = chromium.new_context(
        viewport=viewport, has_touch=touch, locale="zh-CN", timezone_id="Asia/Shanghai"
    )
    context.set_default_timeout(15_000)
    try:
        yield context.new_page()
    finally:
        context.close()


def make_offer(node: RunningNode) -> str:
    """The authority's system records a business licence and offers it; returns the link for the wallet."""
    issuer = node.department("issuer")
    types = issuer.get_json("/api/v1/types")["types"]
    example = next(one["example"] for one in types if one["name"]["zh"] == LICENCE)
    identifier = issuer.post_json("/api/v1/licences", example, 201)["identifier"]
    return str(issuer.post_json(f"/api/v1/licences/{identifier}/offers", {}, 201)["wallet_link"])


def receive(citizen: Page, offer_link: str, look: Look = look_away) -> None:
    """Open the link of an offer, sign in on the way, read who offers what, and take it."""
    citizen.goto(offer_link)
    choose_person(citizen, "zhang-xiaoming")
    expect(citizen.get_by_role("heading", name="领取证照")).to_be_visible()
    expect(citizen.get_by_text("已核实的发证机构")).to_be_visible()
    look(citizen, "wallet", "offer")
    citizen.get_by_role("button", name="领取", exact=True).click()
    citizen.get_by_role("link", name="查看证照").or_(
        citizen.get_by_role("heading", name=LICENCE)
    ).first.wait_for()
    look(citizen, "wallet", "received")


def start_item(clerk: Page, node: RunningNode, button: str, look: Look = look_away) -> None:
    """The clerk signs in and starts the service item of the journey."""
    sign_in(clerk, node.url("verifier"), "window-clerk")
    look(clerk, "verifier", "desk")
    clerk.get_by_role("listitem").filter(has_text=ITEM).get_by_role("button", name=button).click()


def ask(clerk: Page, node: RunningNode, look: Look = look_away) -> str:
    """The clerk gets a code on the screen for the applicant; returns the link behind it."""
    start_item(clerk, node, "请申请人出示", look)
    expect(clerk.get_by_role("img", name="出示请求二维码")).to_be_visible()
    look(clerk, "verifier", "waiting")
    clerk.get_by_text("不能扫码？").click()
    return str(clerk.get_by_role("link", name="在另一个窗口打开网页钱包").get_attribute("href"))


def consent(citizen: Page, request_link: str, look: Look = look_away) -> None:
    """The citizen opens the request, sees who asks for what, and agrees."""
    citizen.goto(request_link)
    expect(citizen.get_by_text("成都市市场监督管理局政务服务窗口（示例）").first).to_be_visible()
    expect(citizen.get_by_text("将出示").first).to_be_visible()
    expect(citizen.get_by_text("不出示").first).to_be_visible()
    look(citizen, "wallet", "consent")
    citizen.get_by_role("button", name="同意并出示").click()
    expect(citizen.get_by_text("已出示").first).to_be_visible()
    look(citizen, "wallet", "receipt")


def accept(clerk: Page, look: Look = look_away) -> None:
    """The clerk's page shows the verdict by itself; Enter accepts."""
    expect(clerk.get_by_text("核验通过").first).to_be_visible()
    look(clerk, "verifier", "verdict")
    clerk.keyboard.press("Enter")
    clerk.wait_for_url("**/records/*")
    expect(clerk.get_by_text("受理").first).to_be_visible()
    look(clerk, "verifier", "record")


def walk_journey(chromium: Browser, node: RunningNode, look: Look = look_away) -> None:
    """From the offer to the acceptance, with two browsers that know nothing of each other."""
    with browser_of(chromium, PHONE, touch=True) as citizen, browser_of(chromium, DESK) as clerk:
        receive(citizen, make_offer(node), look)
        request_link = ask(clerk, node, look)
        consent(citizen, request_link, look)
        accept(clerk, look)
