"""Passkeys in a real browser, with Chromium's own virtual authenticator (WebAuthn automation)."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.browser.journey import PHONE
from tests.browser.signing_in import sign_in
from tests.support.running_node import RunningNode

pytestmark = pytest.mark.browser

AUTHENTICATOR = {
    "protocol": "ctap2",
    "transport": "internal",
    "hasResidentKey": True,
    "hasUserVerification": True,
    "isUserVerified": True,
    "automaticPresenceSimulation": True,
}


@pytest.fixture
def phone(chromium: Browser) -> Iterator[Page]:
    context = chromium.new_context(viewport=PHONE, locale="zh-CN", timezone_id="Asia/Shanghai")
    context.set_default_timeout(15_000)
    yield context.new_page()
    context.close()


def authenticator_of(page: Page) -> tuple[Any, str]:
    """A virtual authenticator in the page's browser, and the session that drives it."""
    session = page.context.new_cdp_session(page)
    session.send("WebAuthn.enable")
    added = session.send("WebAuthn.addVirtualAuthenticator", {"options": AUTHENTICATOR})
    return session, added["authenticatorId"]


def register(page: Page, wallet: str) -> None:
    page.goto(f"{wallet}/account")
    page.locator("#passkey-register [name=name]").fill("测试手机")
    page.get_by_role("button", name="登记通行密钥").click()
    expect(page.get_by_text("测试手机", exact=True)).to_be_visible()


def test_a_passkey_is_registered_signs_in_and_is_removed(phone: Page, running_node: RunningNode) -> None:
    wallet = running_node.url("wallet")
    session, authenticator = authenticator_of(phone)
    sign_in(phone, wallet, "li-xiaohong", "/account")
    register(phone, wallet)
    held = session.send("WebAuthn.getCredentials", {"authenticatorId": authenticator})["credentials"]
    assert [(one["rpId"], one["isResidentCredential"]) for one in held] == [("localhost", True)]
    phone.get_by_role("button", name="退出", exact=True).click()
    phone.goto(f"{wallet}/")
    phone.get_by_role("button", name="用通行密钥登录").click()
    expect(phone.get_by_text("李小红").first).to_be_visible()
    phone.goto(f"{wallet}/account")
    expect(phone.get_by_text("通行密钥登录", exact=False).first).to_be_visible()
    phone.get_by_text("改名或移除").click()
    phone.get_by_role("button", name="移除", exact=True).click()
    expect(phone.get_by_text("还没有登记通行密钥。")).to_be_visible()
    phone.get_by_role("button", name="退出所有设备").click()
    phone.goto(f"{wallet}/")
    phone.get_by_role("button", name="用通行密钥登录").click()
    expect(phone.get_by_text("本钱包没有登记这个通行密钥")).to_be_visible()


def test_without_the_person_at_the_device_nothing_is_signed_in(
    phone: Page, running_node: RunningNode
) -> None:
    """Input: a stolen phone: the device does not verify who holds it. Verdict: no session."""
    wallet = running_node.url("wallet")
    session, authenticator = authenticator_of(phone)
    sign_in(phone, wallet, "zhao-lei", "/account")
    register(phone, wallet)
    phone.get_by_role("button", name="退出", exact=True).click()
    session.send("WebAuthn.setUserVerified", {"authenticatorId": authenticator, "isUserVerified": False})
    phone.goto(f"{wallet}/")
    phone.get_by_role("button", name="用通行密钥登录").click()
    expect(phone.locator("[data-told]")).not_to_be_empty()
    assert phone.request.get(f"{wallet}/api/v1/session").status == 401


def test_signed_out_everywhere_is_signed_out_on_the_other_phone(
    phone: Page, chromium: Browser, running_node: RunningNode
) -> None:
    wallet = running_node.url("wallet")
    other = chromium.new_context(locale="zh-CN").new_page()
    sign_in(other, wallet, "chen-jing", "/")
    sign_in(phone, wallet, "chen-jing", "/account")
    expect(phone.get_by_role("button", name="退出该设备").first).to_be_visible()
    phone.get_by_role("button", name="退出该设备").first.click()
    assert other.request.get(f"{wallet}/api/v1/session").status == 401
    assert phone.request.get(f"{wallet}/api/v1/session").status == 200
    other.context.close()
