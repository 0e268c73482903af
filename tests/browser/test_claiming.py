"""A person finds and claims licences in a real browser: from the wallet to the library's page and back."""

from __future__ import annotations

import pytest
from playwright.sync_api import Browser, expect

from tests.browser.inspection import complaints_of, faults
from tests.browser.signing_in import choose_person, sign_in
from tests.support.running_node import RunningNode

pytestmark = [pytest.mark.browser, pytest.mark.flow]


def test_one_sign_in_at_the_library_brings_licences_home(
    chromium: Browser, running_node: RunningNode
) -> None:
    """The library's page is accessible and quiet, lists whose licences they are, and its form leads back to the wallet."""
    context = chromium.new_context(locale="zh-CN", viewport={"width": 360, "height": 740})
    page = context.new_page()
    complaints = complaints_of(page)
    sign_in(page, running_node.url("wallet"), "li-xiaohong", "/find")
    page.get_by_role("button", name="登录并查找").first.click()
    page.wait_for_url(lambda address: address.startswith(running_node.url("identity")))
    choose_person(page, "li-xiaohong")
    page.wait_for_url(lambda address: "/authorize/choose" in address)
    # The provider's own page, which is not ours, has no icon.
    ours = [one for one in complaints if not one.startswith(running_node.url("identity"))]
    assert faults(page) + ours == []
    expect(page.get_by_text("您是监护人")).to_be_visible()
    page.get_by_role("button", name="放入钱包").click()
    page.wait_for_url(lambda address: address.startswith(running_node.url("wallet")))
    expect(page.get_by_text("出生医学证明").first).to_be_visible(timeout=30_000)
    context.close()
