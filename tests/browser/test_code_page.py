"""The show-licence code on a phone: made by the browser, read by a scanner, there without a network, gone at sign-out."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page, expect

from service.clock import SystemClock
from standards.qr import read_qr_codes
from standards.show_code import UnverifiedShowCode, parse_show_code, verify_show_code
from tests.browser.inspection import complaints_of, faults
from tests.browser.journey import DESK, PHONE, browser_of
from tests.browser.signing_in import sign_in
from tests.support.running_node import RunningNode

pytestmark = [pytest.mark.browser, pytest.mark.flow]

CARD = "居民身份证"
DATABASES = "indexedDB.databases().then(all => all.map(one => one.name))"


@pytest.fixture(scope="module")
def holder(running_node: RunningNode) -> str:
    """Somebody with an identity card in the wallet, received by interface."""
    police = next(
        one
        for one in _authorities(running_node)
        if any(kind["name"]["zh"] == CARD for kind in _types(running_node, one))
    )
    department = running_node.department("issuer", police)
    example = next(kind for kind in _types(running_node, police) if kind["name"]["zh"] == CARD)["example"]
    licence = department.post_json("/api/v1/licences", example, 201)
    offer = department.post_json(f"/api/v1/licences/{licence['identifier']}/offers", {}, 201)
    wallet = running_node.person("zhang-xiaoming")
    wallet.post_json("/api/v1/offers", {"uri": offer["credential_offer_uri"]}, 201)
    wallet.close()
    return "zhang-xiaoming"


def _authorities(node: RunningNode) -> Iterator[str]:
    for key in sorted((node.data / "keys").glob("authority-*.pem")):
        yield key.stem.removeprefix("authority-").upper()


def _types(node: RunningNode, authority: str) -> list[dict]:
    return node.department("issuer", authority).get_json("/api/v1/types")["types"]


@pytest.fixture
def phone(chromium: Browser, running_node: RunningNode, holder: str) -> Iterator[Page]:
    with browser_of(chromium, PHONE, touch=True) as page:
        sign_in(page, running_node.url("wallet"), holder)
        yield page


def open_code(page: Page, node: RunningNode) -> None:
    page.goto(f"{node.url('wallet')}/code")
    expect(page.locator("#code")).to_have_attribute("data-state", "good")


def read_code(page: Page) -> UnverifiedShowCode:
    """What a scanner sees on the screen."""
    [seen] = read_qr_codes(page.locator("#code-picture").screenshot())
    return parse_show_code(seen.text)


def wait_until_kept(page: Page) -> None:
    """Until the service worker has put the page aside and answers for it."""
    page.evaluate("navigator.serviceWorker.ready.then(() => true)")
    page.evaluate(
        "(async () => { for (;;) { if (await caches.match('/code')) return true;"
        " await new Promise(done => setTimeout(done, 50)); } })()"
    )


def test_a_phone_makes_a_code_that_scanners_read(phone: Page, running_node: RunningNode) -> None:
    """Opened, read from the screen, made by the phone under a delegation of the licence's key; nothing to complain of."""
    complaints = complaints_of(phone)
    open_code(phone, running_node)
    code = read_code(phone)
    key = code.licence.unverified.holder_key
    assert verify_show_code(code, holder_key=key, at=SystemClock().now()).code_id == phone.locator(
        "#code"
    ).get_attribute("data-code")
    expect(phone.get_by_text("张小明").first).to_be_visible()
    expect(phone.get_by_role("img", name="证件照")).to_be_visible()
    assert faults(phone) + complaints == []


def test_a_window_uses_the_code_and_the_phone_is_told(
    chromium: Browser, phone: Page, running_node: RunningNode
) -> None:
    """Scanned at a window of the other region: passed, with the portrait; the phone says who it was and has a new code;
    the same code again is refused."""
    open_code(phone, running_node)
    expect(phone.locator("#code-select")).to_be_attached()
    [seen] = read_qr_codes(phone.locator("#code-picture").screenshot())
    used = phone.locator("#code").get_attribute("data-code")
    with browser_of(chromium, DESK) as clerk:
        sign_in(clerk, running_node.url("verifier"), "window-clerk")
        scan(clerk, seen.text)
        expect(clerk.get_by_text("核验通过").first).to_be_visible()
        expect(clerk.get_by_text("张小明").first).to_be_visible()
        found = faults(clerk)
        phone.bring_to_front()
        expect(phone.get_by_text("刚刚由")).to_be_visible()
        expect(phone.locator("#code")).not_to_have_attribute("data-code", str(used))
        found += faults(phone)
        clerk.goto(f"{running_node.url('verifier')}/")
        scan(clerk, seen.text)
        expect(clerk.get_by_text("核验未通过").first).to_be_visible()
    assert found == []


def scan(clerk: Page, text: str) -> None:
    """A hardware scanner types into the one field."""
    field = clerk.locator("[name=text]")
    field.fill(text)
    field.press("Enter")


def test_the_code_is_another_after_a_minute(phone: Page, running_node: RunningNode) -> None:
    phone.clock.install()
    open_code(phone, running_node)
    first = phone.locator("#code").get_attribute("data-code")
    assert first
    phone.clock.fast_forward("01:01")
    expect(phone.locator("#code")).not_to_have_attribute("data-code", first)
    expect(phone.locator("#code")).to_have_attribute("data-state", "good")


def test_codes_and_cards_without_a_network(phone: Page, running_node: RunningNode) -> None:
    """Opened once with a network; then none: the code is there, and the first page shows what still works."""
    open_code(phone, running_node)
    wait_until_kept(phone)
    phone.goto(f"{running_node.url('wallet')}/log")
    phone.context.set_offline(True)
    open_code(phone, running_node)
    assert read_code(phone).licence.unverified.holder_name == "张小明"
    phone.goto(f"{running_node.url('wallet')}/")
    expect(phone.get_by_role("heading", level=1)).to_have_text("现在没有网络")
    expect(phone.get_by_role("link", name=CARD).first).to_be_visible()
    phone.context.set_offline(False)


def test_nothing_stays_after_signing_out(phone: Page, running_node: RunningNode) -> None:
    open_code(phone, running_node)
    wait_until_kept(phone)
    phone.goto(f"{running_node.url('wallet')}/")
    assert "elicence-code" in phone.evaluate(DATABASES)
    phone.get_by_role("button", name="退出").click()
    expect(phone.get_by_role("link", name="登录").first).to_be_visible()
    assert "elicence-code" not in phone.evaluate(DATABASES)


def test_out_of_sight_the_code_is_wiped(phone: Page, running_node: RunningNode) -> None:
    """Another app comes to the front: the code is gone, and the way back leads over the first page."""
    open_code(phone, running_node)
    phone.evaluate(
        "Object.defineProperty(document, 'hidden', {value: true});"
        "document.dispatchEvent(new Event('visibilitychange'))"
    )
    phone.wait_for_url(f"{running_node.url('wallet')}/")


def test_without_scripts_the_server_makes_the_code(
    chromium: Browser, running_node: RunningNode, holder: str
) -> None:
    context = chromium.new_context(viewport=PHONE, locale="zh-CN", java_script_enabled=False)
    page = context.new_page()
    sign_in(page, running_node.url("wallet"), holder)
    page.goto(f"{running_node.url('wallet')}/code")
    page.get_by_role("link", name="由服务器生成一次性亮证码").click()
    [seen] = read_qr_codes(page.locator(".plain-code").screenshot())
    assert parse_show_code(seen.text).licence.unverified.holder_name == "张小明"
    context.close()


def test_a_sheet_is_made_printed_and_withdrawn(phone: Page, running_node: RunningNode) -> None:
    """Made in the form, its code read from the page, its PDF of one page or two; withdrawn, it is gone."""
    complaints = complaints_of(phone)
    phone.goto(f"{running_node.url('wallet')}/sheets/new")
    phone.get_by_role("checkbox").first.check()
    phone.get_by_role("button", name="制作").click()
    expect(phone.get_by_role("img", name="纸质凭证二维码")).to_be_visible()
    [seen] = read_qr_codes(phone.locator(".plain-code").screenshot())
    assert seen.text.startswith("ELP1:")
    assert phone.pdf(format="A4").startswith(b"%PDF")
    found = faults(phone)
    phone.get_by_role("button", name="立即撤回").click()
    expect(phone.get_by_text("已撤回")).to_be_visible()
    expect(phone.get_by_role("img", name="纸质凭证二维码")).to_have_count(0)
    assert found + faults(phone) + complaints == []
