"""The components of the kit in a real browser: accessible in every mode, and no wider than the screen."""

from __future__ import annotations

import threading
from itertools import product

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser

from tests.browser.gallery import served_gallery

pytestmark = pytest.mark.browser

SERVICES = ("issuer", "wallet", "verifier")


@pytest.mark.parametrize("service", SERVICES)
def test_components_have_no_accessibility_violation(chromium: Browser, service: str) -> None:
    """axe-core, WCAG 2.2 A and AA, over light, dark and high contrast, Chinese and English."""
    found = []
    with served_gallery(service) as address:
        for scheme, display in product(("light", "dark"), ("standard", "contrast")):
            page = chromium.new_page(color_scheme=scheme, locale="zh-CN")
            page.goto(f"{address}/?display={display}")
            report = Axe().run(page)
            found += [
                (scheme, display, violation["id"], [node["target"] for node in violation["nodes"]])
                for violation in report.response["violations"]
            ]
            page.close()
    assert found == []


@pytest.mark.parametrize("width", [360, 390, 1920])
@pytest.mark.parametrize("display", ["standard", "large"])
def test_components_fit_the_screen(chromium: Browser, width: int, display: str) -> None:
    with served_gallery("wallet") as address:
        page = chromium.new_page(viewport={"width": width, "height": 800}, locale="en")
        page.goto(f"{address}/?display={display}")
        widest = page.evaluate(
            "[...document.body.querySelectorAll('*')].filter(e => e.getBoundingClientRect().right > innerWidth + 1"
            " && !e.closest('.visually-hidden, .table-frame')).map(e => e.className || e.tagName)"
        )
        assert page.evaluate("document.documentElement.scrollWidth") <= width, widest
        page.close()


def test_targets_are_large_enough_on_a_phone(chromium: Browser) -> None:
    """UX: 44 px; WCAG 2.2 §2.5.8 asks for 24."""
    with served_gallery("wallet") as address:
        page = chromium.new_page(viewport={"width": 390, "height": 844})
        page.goto(f"{address}/")
        small = page.evaluate(
            "[...document.querySelectorAll('button, .button, .site-nav a, .site-footer a, .site-name, select, "
            "input[type=text]')].filter(e => e.offsetParent && e.getBoundingClientRect().height < 44)"
            ".map(e => e.outerHTML)"
        )
        assert small == []
        page.close()


def test_keyboard_reaches_the_skip_link_first_and_it_leads_to_the_content(chromium: Browser) -> None:
    with served_gallery("issuer") as address:
        page = chromium.new_page(locale="en")
        page.goto(f"{address}/docs")
        page.keyboard.press("Tab")
        assert page.evaluate("document.activeElement.className") == "skip-link"
        page.keyboard.press("Enter")
        assert page.evaluate("document.activeElement.id") == "content"
        page.close()


def test_no_script_breaks_the_policy_and_copying_works(chromium: Browser) -> None:
    with served_gallery("wallet") as address:
        context = chromium.new_context(permissions=["clipboard-read", "clipboard-write"])
        page = context.new_page()
        said: list[str] = []
        page.on("console", lambda message: said.append(message.text) if message.type == "error" else None)
        page.goto(f"{address}/")
        page.get_by_role("button", name="Copy link").or_(page.get_by_role("button", name="复制链接")).click()
        assert page.evaluate("navigator.clipboard.readText()").startswith("openid-credential-offer://")
        assert said == []
        context.close()


def test_status_region_refreshes_until_there_is_nothing_to_wait_for(chromium: Browser) -> None:
    news = threading.Event()
    with served_gallery("verifier", news) as address:
        page = chromium.new_page()
        asked: list[str] = []
        page.on(
            "response", lambda answer: asked.append(answer.url) if answer.url.endswith("/waiting") else None
        )
        page.goto(f"{address}/waiting")
        assert page.evaluate("document.querySelector('#state').dataset.mark = 'same'") == "same"
        for _ in range(100):
            page.wait_for_timeout(50)
            if len(asked) >= 4:
                break
        assert len(asked) >= 4, "the page did not look again"
        assert page.evaluate("document.querySelector('#state').dataset.mark") == "same", (
            "replaced without news"
        )
        news.set()
        page.get_by_text("arrived").wait_for(timeout=5000)
        settled = len(asked)
        page.wait_for_timeout(400)
        assert len(asked) == settled
        page.close()


def test_single_keys_press_their_button_but_not_while_typing(chromium: Browser) -> None:
    with served_gallery("verifier") as address:
        page = chromium.new_page()
        page.goto(f"{address}/waiting")
        page.get_by_text("arrived").wait_for(timeout=5000)
        page.locator("#note").press("r")
        page.wait_for_timeout(200)
        assert page.url.endswith("/waiting")
        page.locator("h1").click()
        page.keyboard.press("r")
        page.wait_for_url("**/send")
        page.close()


SCAN = """(element, keys) => {
  element.tabIndex = 0;
  element.focus();
  return keys.map((key) => !element.dispatchEvent(new KeyboardEvent("keydown", { key, bubbles: true, cancelable: true })));
}"""


@pytest.mark.parametrize("keys", [["R", "1"], ["x", "R"], ["R", "Enter"], ["1", "R", "Enter"]])
def test_a_scanned_code_presses_no_button(chromium: Browser, keys: list[str]) -> None:
    """An applicant shows a code whose characters are our keys; the scanner types it within milliseconds → nothing
    happens, wherever the focus is: what follows the first character is stopped. A person's key afterwards works.
    """
    with served_gallery("verifier") as address:
        page = chromium.new_page()
        page.goto(f"{address}/waiting")
        page.get_by_text("arrived").wait_for(timeout=5000)
        for place in ("h1", "[data-key=r i]"):
            stopped = page.locator(place).first.evaluate(SCAN, keys)
            assert stopped[1:] == [True] * (len(keys) - 1)
            page.wait_for_timeout(200)
            assert page.url.endswith("/waiting")
        page.locator("h1").focus()
        page.keyboard.press("r")
        page.wait_for_url("**/send")
        page.close()
