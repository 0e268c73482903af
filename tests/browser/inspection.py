"""What must hold on every page, in words that a failing test can print."""

from __future__ import annotations

from urllib.parse import urlsplit

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import ConsoleMessage, Page

_TOO_WIDE = """
[...document.body.querySelectorAll('*')]
  .filter(e => e.getBoundingClientRect().right > innerWidth + 1 && !e.closest('.visually-hidden, .table-frame, pre'))
  .slice(0, 3).map(e => e.outerHTML.slice(0, 120))
"""


def faults(page: Page) -> list[str]:
    """Accessibility violations (axe-core: WCAG 2.2 A and AA, best practice), one heading, a title, a width of 360 px."""
    where = f"{page.url}: "
    found = [
        f"{where}axe {violation['id']} at {[node['target'] for node in violation['nodes']][:3]}"
        for violation in Axe().run(page).response["violations"]
    ]
    if page.locator("h1").count() != 1:
        found.append(f"{where}{page.locator('h1').count()} h1")
    if not page.title().strip():
        found.append(f"{where}no title")
    before = page.viewport_size
    page.set_viewport_size({"width": 360, "height": 800})
    if page.evaluate("document.documentElement.scrollWidth") > 360:
        found.append(f"{where}wider than 360 px: {page.evaluate(_TOO_WIDE)}")
    if before:
        page.set_viewport_size(before)
    return found


def complaints_of(*pages: Page) -> list[str]:
    """A list that fills with what the browser complains about: errors of scripts, of the policy, of loading.

    What the demo's identity provider wants from other sites is its own affair.
    """
    heard: list[str] = []

    def hear(message: ConsoleMessage) -> None:
        if message.type == "error" and urlsplit(message.location["url"]).hostname in (None, "", "localhost"):
            heard.append(f"{message.location['url']}: {message.text}")

    for page in pages:
        page.on("console", hear)
        page.on("pageerror", lambda error: heard.append(str(error)))
    return heard
