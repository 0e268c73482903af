"""The whole journey by hand, in a real browser: two people who share nothing but a link on a screen."""

from __future__ import annotations

import pytest
from playwright.sync_api import Browser, expect

from tests.browser.inspection import complaints_of, faults
from tests.browser.journey import (
    DESK,
    PHONE,
    accept,
    ask,
    browser_of,
    consent,
    make_offer,
    receive,
    start_item,
    walk_journey,
)
from tests.support.running_node import RunningNode

pytestmark = [pytest.mark.browser, pytest.mark.flow]


def test_from_the_offer_to_the_acceptance(chromium: Browser, running_node: RunningNode) -> None:
    """Issued in region A, received on the phone, asked for in region B, agreed to, passed, accepted.

    Each page of the way is inspected, and no browser complains.
    """
    found: list[str] = []
    walk_journey(chromium, running_node, look=lambda page, _, __: found.extend(faults(page)))
    assert found == []


def test_refusing_shows_nothing_to_the_window(chromium: Browser, running_node: RunningNode) -> None:
    """The citizen reads who asks for what and refuses: the window learns that, and nothing else."""
    with (
        browser_of(chromium, PHONE, touch=True) as citizen,
        browser_of(chromium, DESK) as clerk,
    ):
        complaints = complaints_of(citizen, clerk)
        receive(citizen, make_offer(chromium, running_node))
        citizen.goto(ask(clerk, running_node))
        citizen.get_by_role("button", name="拒绝").click()
        expect(citizen.get_by_text("已拒绝").first).to_be_visible()
        expect(clerk.get_by_text("未出示").first).to_be_visible()
        expect(clerk.get_by_role("button", name="受理")).to_have_count(0)
        expect(clerk.get_by_text("张小明")).to_have_count(0)
        citizen.goto(f"{running_node.url('wallet')}/log")
        expect(citizen.get_by_text("对方没有看到任何信息").first).to_be_visible()
        assert complaints == []


def test_same_device_leads_back_to_the_window(chromium: Browser, running_node: RunningNode) -> None:
    """The applicant uses a wallet in the browser of the window's own device and comes back by its redirect."""
    with browser_of(chromium, DESK) as page:
        complaints = complaints_of(page)
        receive(page, make_offer(chromium, running_node))
        start_item(page, running_node, "本机钱包")
        page.get_by_role("link", name="打开钱包").click()
        page.get_by_role("button", name="同意并出示").click()
        page.wait_for_url(f"{running_node.url('verifier')}/**")
        expect(page.get_by_text("核验通过").first).to_be_visible()
        assert complaints == []


def test_one_key_press_accepts_and_none_while_typing(chromium: Browser, running_node: RunningNode) -> None:
    """The window is driven by keys: digits that a scanner types into the field decide nothing."""
    with (
        browser_of(chromium, PHONE, touch=True) as citizen,
        browser_of(chromium, DESK) as clerk,
    ):
        receive(citizen, make_offer(chromium, running_node))
        consent(citizen, ask(clerk, running_node))
        expect(clerk.get_by_text("核验通过").first).to_be_visible()
        shown = clerk.url
        clerk.locator("#scan-text").press_sequentially("rs12")
        clerk.wait_for_timeout(300)
        assert clerk.url == shown
        clerk.locator("#scan-text").fill("")
        clerk.locator("h1").click()
        accept(clerk)
