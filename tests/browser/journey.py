"""The journey in real browsers: the citizen on a phone, the clerk at a desk; each page on the way can be looked at."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import NamedTuple

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


class Offer(NamedTuple):
    """What the clerk gives to the holder."""

    link: str
    """Shown as a code on the clerk's screen."""
    tx_code: str
    """Told in person."""


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


def make_offer(chromium: Browser, node: RunningNode, look: Look = look_away) -> Offer:
    """The authority's clerk finds the restaurant's business licence and offers a copy of it."""
    holder = _restaurant(node)
    with browser_of(chromium, DESK) as clerk:
        sign_in(clerk, node.url("issuer"), "issuer-clerk")
        expect(clerk.get_by_role("heading", level=1)).to_be_visible()
        look(clerk, "issuer", "licences")
        clerk.goto(f"{node.url('issuer')}/find")
        clerk.get_by_role("radio", name="持证主体").check()
        clerk.get_by_label("证照类型").select_option(label=LICENCE)
        clerk.get_by_label("证件类型").select_option(value=holder["code_type"])
        clerk.get_by_label("证件号码").fill(holder["number"])
        clerk.get_by_label("查找事由").fill("持证人到场申领电子副本")
        clerk.get_by_role("button", name="查找").click()
        expect(clerk.get_by_role("cell", name=holder["name"]).first).to_be_visible()
        look(clerk, "issuer", "found")
        clerk.get_by_role("row").filter(has_text="有效").get_by_role("link").first.click()
        look(clerk, "issuer", "licence")
        clerk.get_by_role("button", name="发给持证人").click()
        expect(clerk.get_by_role("img", name="领取二维码")).to_be_visible()
        look(clerk, "issuer", "offer")
        link = clerk.locator("#wallet-link").inner_text()
        return Offer(link.strip(), clerk.locator("#tx-code").inner_text().strip())


def _restaurant(node: RunningNode) -> dict[str, str]:
    """The business of the demo's first citizen, as the authority's example of the type names it."""
    types = node.department("issuer").get_json("/api/v1/types")["types"]
    holder: dict[str, str] = next(one for one in types if one["name"]["zh"] == LICENCE)["example"]["holders"][
        0
    ]
    return holder


def receive(citizen: Page, offer: Offer, look: Look = look_away) -> None:
    """Open the link of an offer, sign in on the way, read who offers what, type the code, and take it."""
    citizen.goto(offer.link)
    choose_person(citizen, "zhang-xiaoming")
    expect(citizen.get_by_role("heading", name="领取证照")).to_be_visible()
    expect(citizen.get_by_text("已核实的发证机构")).to_be_visible()
    look(citizen, "wallet", "offer")
    citizen.locator("#field-tx_code").fill(offer.tx_code)
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
    clerk.get_by_text("不能扫码，或没有电子证照？").click()
    return str(
        clerk.get_by_role("link", name="在另一个窗口打开网页钱包", include_hidden=True).get_attribute("href")
    )


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
    """The clerk's page shows the verdict by itself; Enter accepts, and the desk is ready for the next."""
    expect(clerk.get_by_text("核验通过").first).to_be_visible()
    look(clerk, "verifier", "verdict")
    clerk.keyboard.press("Enter")
    expect(clerk.locator("#last-decision")).to_contain_text("✓")
    expect(clerk.locator("#scan-text")).to_be_focused()
    look(clerk, "verifier", "decided")
    clerk.get_by_role("link", name="查看记录").click()
    clerk.wait_for_url("**/records/*")
    expect(clerk.get_by_text("受理").first).to_be_visible()
    look(clerk, "verifier", "record")


def walk_journey(chromium: Browser, node: RunningNode, look: Look = look_away) -> None:
    """From the offer to the acceptance, with two browsers that know nothing of each other."""
    with browser_of(chromium, PHONE, touch=True) as citizen, browser_of(chromium, DESK) as clerk:
        receive(citizen, make_offer(chromium, node, look), look)
        request_link = ask(clerk, node, look)
        consent(citizen, request_link, look)
        accept(clerk, look)
