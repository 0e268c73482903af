"""Every page that a link leads to, for each kind of reader."""

from __future__ import annotations

import pytest
from playwright.sync_api import Browser

from tests.browser.crawl import crawl
from tests.browser.inspection import complaints_of, faults
from tests.browser.readers import READERS, Reader, open_as
from tests.support.running_node import RunningNode

pytestmark = [pytest.mark.browser, pytest.mark.flow]


@pytest.mark.parametrize("language", ["zh-CN", "en"])
@pytest.mark.parametrize("reader", READERS, ids=str)
def test_every_page_is_accessible_and_quiet(
    chromium: Browser, running_node: RunningNode, reader: Reader, language: str
) -> None:
    """axe finds nothing, one heading, no wider than a small phone, and the browser has nothing to complain about."""
    found: list[str] = []
    with open_as(chromium, reader, running_node, locale=language) as page:
        complaints = complaints_of(page)
        seen = 0
        for _ in crawl(page, running_node.url(reader.service) + "/"):
            found += faults(page)
            seen += 1
    assert seen >= 1
    assert found + complaints == []


@pytest.mark.parametrize("service", ["issuer", "wallet", "verifier"])
def test_interface_page_is_accessible(chromium: Browser, running_node: RunningNode, service: str) -> None:
    page = chromium.new_page()
    complaints = complaints_of(page)
    page.goto(f"{running_node.url(service)}/docs")
    assert faults(page) + complaints == []
    page.close()
