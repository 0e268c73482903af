"""The window under a real scanner's keys, and terminals whose keys no script can take."""

from __future__ import annotations

import json
import secrets

import pytest
from playwright.sync_api import Browser, CDPSession, Page, expect

from tests.browser.inspection import complaints_of, faults
from tests.browser.journey import DESK, browser_of
from tests.browser.signing_in import sign_in
from tests.support.coding_phone import CodingPhone, decline
from tests.support.running_node import RunningNode

pytestmark = [pytest.mark.browser, pytest.mark.flow]

TALL = {"width": 1080, "height": 1920}
POSITIONS = {
    ":": "Semicolon",
    "-": "Minus",
    "_": "Minus",
    ".": "Period",
    "/": "Slash",
    "+": "Equal",
    "=": "Equal",
}
POSITIONS |= {"$": "Digit4", "%": "Digit5", "*": "Digit8", " ": "Space"}
SHIFTED = ':_+$%*"?<>|{}'


def test_a_scanner_at_the_window(chromium: Browser, running_node: RunningNode) -> None:
    """Wherever the focus is: on a link, in the field, with an input method that swallows the characters; read twice by one
    trigger; with and without a suffix. Then what is scanned right after a decision, before its answer is there.
    """
    phone = CodingPhone(running_node)
    with browser_of(chromium, DESK) as clerk:
        sign_in(clerk, running_node.url("verifier"), "window-clerk")
        complaints = complaints_of(clerk)
        first = phone.code()
        clerk.get_by_role("link", name="受理记录").focus()
        for _ in range(2):  # one trigger, read twice
            clerk.keyboard.type(first)
            clerk.keyboard.press("Enter")
        passed(clerk)
        expect(clerk.locator("#scan-text")).to_have_value("")
        expect(clerk.locator("#scan-text")).to_be_focused()
        found = faults(clerk)

        clerk.keyboard.type("]Q1" + phone.code())  # symbology identifier, Tab
        clerk.keyboard.press("Tab")
        passed(clerk)
        clear(clerk)
        through_input_method(clerk.context.new_cdp_session(clerk), phone.code())
        passed(clerk)
        clear(clerk)
        clerk.keyboard.type(phone.code())  # no suffix: silence ends it
        passed(clerk)

        clerk.goto(f"{running_node.url('verifier')}/")
        clerk.locator("#items .item button").first.click()
        expect(clerk.locator("#request-link")).to_be_attached()
        decline(str(clerk.locator("#request-link").text_content()).strip())
        expect(clerk.get_by_text("未出示").first).to_be_visible()
        clerk.keyboard.press("r")
        expect(clerk.locator("#decision details[open]")).to_be_visible()
        clerk.keyboard.press("1")
        expect(clerk.locator("#last-decision")).to_be_visible()
        clerk.keyboard.type(phone.code())
        clerk.keyboard.press("Enter")
        passed(clerk)
        assert clerk.locator("html").get_attribute("data-sounded") == "success"
        assert found + complaints == []


def passed(clerk: Page) -> None:
    expect(clerk.locator(".verdict--success")).to_be_visible(timeout=30_000)


def clear(clerk: Page) -> None:
    """An empty desk, so that the next verdict is the next one's."""
    clerk.reload()
    expect(clerk.locator(".verdict--success")).to_have_count(0)


def through_input_method(keyboard: CDPSession, text: str) -> None:
    """As a scanner types where a Chinese input method is on: the page sees positions, no characters."""
    for character in text:
        if character.isascii() and character.isalpha():
            code = f"Key{character.upper()}"
        else:
            code = f"Digit{character}" if character.isdigit() else POSITIONS[character]
        key = {"key": "Process", "code": code, "windowsVirtualKeyCode": 229}
        shift = 8 if character.isupper() or character in SHIFTED else 0
        keyboard.send("Input.dispatchKeyEvent", {"type": "rawKeyDown", "modifiers": shift, **key})
    end = {"key": "Process", "code": "Enter", "windowsVirtualKeyCode": 229}
    keyboard.send("Input.dispatchKeyEvent", {"type": "rawKeyDown", **end})


def test_a_kiosk_from_its_code_to_its_bar(chromium: Browser, running_node: RunningNode) -> None:
    """Enrolled with a key that cannot be exported; found again by it without its cookie; cleared when nobody touches it;
    closed with the next touch once an administrator barred it.
    """
    window = running_node.url("verifier")
    with browser_of(chromium, DESK) as admin, browser_of(chromium, TALL, touch=True) as kiosk:
        sign_in(admin, window, "window-approver", "/terminals")
        complaints = complaints_of(admin, kiosk)
        name = f"自助终端 {secrets.token_hex(3)}"
        admin.locator("#field-name").fill(name)
        admin.locator("#field-place").fill("一楼大厅")
        admin.get_by_role("radio", name="自助终端").check()
        admin.get_by_role("button", name="新建并生成登记码").click()
        code = admin.locator("#enrolment-code").inner_text()
        found = faults(admin)

        kiosk.clock.install()
        kiosk.goto(f"{window}/terminal")
        kiosk.locator("#enrol-code").fill(code)
        kiosk.get_by_role("button", name="登记").click()
        kiosk.wait_for_url("**/kiosk")
        found += faults(kiosk)
        assert json.loads(kiosk.evaluate(_KEY)) == {
            "extractable": False,
            "exported": "InvalidAccessError",
            "usages": ["sign"],
        }

        kiosk.context.clear_cookies()
        kiosk.goto(f"{window}/kiosk")
        kiosk.wait_for_url("**/kiosk")
        expect(kiosk.get_by_role("heading", name="您要办什么事？")).to_be_visible()

        kiosk.locator(".kiosk-item").first.click()
        expect(kiosk.get_by_role("img", name="出示请求二维码")).to_be_visible()
        found += faults(kiosk)
        kiosk.clock.run_for(230_000)
        expect(kiosk.get_by_text("还在办理吗？")).to_be_visible()
        kiosk.get_by_role("button", name="继续办理").click()
        expect(kiosk.get_by_text("还在办理吗？")).to_be_hidden()
        kiosk.clock.run_for(245_000)
        expect(kiosk.get_by_role("heading", name="您要办什么事？")).to_be_visible()
        kiosk.go_back()
        expect(kiosk.get_by_role("heading", name="您要办什么事？")).to_be_visible()

        admin.goto(f"{window}/terminals")
        row = admin.locator(".terminal").filter(has_text=name).first
        row.locator("summary").filter(has_text="停用").click()
        row.get_by_label("原因").fill("测试停用")
        row.get_by_role("button", name="立即停用").click()
        expect(admin.get_by_text("已停用").first).to_be_visible()
        assert found + complaints == []
        kiosk.locator(".kiosk-item").first.click()
        expect(kiosk.get_by_text("这台终端已被停用")).to_be_visible()


_KEY = """
async () => {
  const database = await new Promise((done) => {
    const request = indexedDB.open("elicence-terminal", 1);
    request.onsuccess = () => done(request.result);
  });
  const { key } = await new Promise((done) => {
    const request = database.transaction("keys").objectStore("keys").get("device");
    request.onsuccess = () => done(request.result);
  });
  database.close();
  const exported = await crypto.subtle.exportKey("pkcs8", key).then(() => "yes", (error) => error.name);
  return JSON.stringify({ extractable: key.extractable, exported, usages: key.usages });
}
"""
