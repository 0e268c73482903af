"""The window as clerks feel it, on a whole node: from the scan to the verdict, and from the decision to the next scan.

Eight windows scan show-licence codes without a pause. Each code is checked, redeemed at the holder's wallet service (another
process of the node, over HTTP) and answered as the page that the clerk sees. The phone signs its codes in this process; that
is not counted. How fast the desk is ready after a decision is measured in a real browser, where there is one.
"""

from __future__ import annotations

import re
import tempfile
import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import requests

from benchmarks.row import Row
from keys.local_signer import LocalSigner
from service.clock import SystemClock
from standards.jose import b64url_decode, parse_jws
from standards.show_code import build_show_code
from tests.browser.chromium import find_chromium, open_chromium
from tests.browser.signing_in import sign_in
from tests.support.running_node import RunningNode
from tests.support.trust_world import new_signer

_WINDOWS = 8
_WARM_UP = 5
_SCANS = 30  # at each window
_DECISIONS = 10
_CARD = "居民身份证"


def run() -> list[Row]:
    """99th percentile of a scan with eight windows at once, and the slowest of some decisions."""
    with tempfile.TemporaryDirectory() as folder:
        node = RunningNode(Path(folder) / "node").wait_until_ready()
        try:
            return measure(node)
        finally:
            node.stop()
            node.wait_until_gone()


def measure(node: RunningNode) -> list[Row]:
    """The rows, on a node that runs."""
    phone = _Phone(node)
    times = sorted(_scan_everywhere(node, phone))
    what = f"scan to verdict, online, {_WINDOWS} windows at once"
    rows = [
        Row(f"{what}: p99", 1000 * times[int(0.99 * len(times))], "ms", goal=500),
        Row(f"{what}: median", 1000 * times[len(times) // 2], "ms"),
    ]
    if find_chromium():
        ready = sorted(_decide_again_and_again(node))
        name = "window ready for the next scan after the decision"
        rows.append(Row(f"{name}: slowest of {len(ready)}", ready[-1], "ms", goal=100))
    return rows


class _Phone:
    """A citizen's phone with an identity card: makes codes as fast as it is asked."""

    def __init__(self, node: RunningNode) -> None:
        self._key: LocalSigner = new_signer("phone")
        wallet = node.person("zhang-xiaoming")
        police = next(
            authority
            for authority in _authorities(node)
            if any(kind["name"]["zh"] == _CARD for kind in _types(node, authority))
        )
        issuer = node.department("issuer", police)
        example = next(kind for kind in _types(node, police) if kind["name"]["zh"] == _CARD)["example"]
        licence = issuer.post_json("/api/v1/licences", example, 201)
        offer = issuer.post_json(f"/api/v1/licences/{licence['identifier']}/offers", {}, 201)
        wallet.post_json("/api/v1/offers", {"uri": offer["credential_offer_uri"]}, 201)
        wanted = [wallet.get_json("/api/v1/show-codes")["licences"][-1]["id"]]
        order = {"phone_key": self._key.public_jwk.to_dict(), "licences": wanted}
        made = wallet.post_json("/api/v1/show-codes/delegations", order, 200)["delegations"][0]
        wallet.close()
        self._licence, self._delegation = (b64url_decode(made[part]) for part in ("licence", "delegation"))

    def code(self) -> str:
        """A code that nobody has seen."""
        return build_show_code(
            self._licence, self._delegation, made_at=SystemClock().now(), sign=self._key.sign
        )


class _Window:
    """A clerk's browser, as far as the service sees it."""

    def __init__(self, node: RunningNode) -> None:
        visitor = node.person("window-clerk", "verifier")
        page = visitor.follow("/")
        self._session: requests.Session = visitor._session  # the clerk's cookies  # noqa: SLF001
        self._address = f"{node.url('verifier')}/window/scan"
        token = re.search(r'name="csrf_token" value="([^"]+)"', page.text)
        assert token
        self._token = token[1]

    def scan(self, code: str) -> float:
        """Seconds until the page with the verdict is there."""
        fields = {"csrf_token": (None, self._token), "text": (None, code)}
        began = time.perf_counter()
        answer = self._session.post(self._address, files=fields, headers={"Accept": "text/html"}, timeout=30)
        took = time.perf_counter() - began
        if answer.status_code != 200 or "verdict--success" not in answer.text:
            raise RuntimeError(f"not passed: {answer.status_code}")
        return took


def _scan_everywhere(node: RunningNode, phone: _Phone) -> list[float]:
    windows = [_Window(node) for _ in range(_WINDOWS)]
    together = threading.Barrier(_WINDOWS)

    def work(window: _Window) -> list[float]:
        for _ in range(_WARM_UP):
            window.scan(phone.code())
        together.wait()
        return [window.scan(phone.code()) for _ in range(_SCANS)]

    with ThreadPoolExecutor(_WINDOWS) as pool:
        return [one for taken in pool.map(work, windows) for one in taken]


# From the click on a decision until the empty desk is painted and its field has the focus.
_WATCH = """
() => {
  document.addEventListener("submit", (event) => {
    if (!event.target.closest("#decision")) return;
    const began = performance.now();
    const look = () => {
      const ready = document.getElementById("items") && document.activeElement.id === "scan-text";
      if (!ready) return setTimeout(look, 0);
      requestAnimationFrame(() => setTimeout(() => (document.documentElement.dataset.taken = performance.now() - began), 0));
    };
    look();
  }, true);
}
"""


def _decide_again_and_again(node: RunningNode) -> list[float]:
    taken = []
    with open_chromium() as chromium:
        page = chromium.new_page(locale="zh-CN")
        sign_in(page, node.url("verifier"), "window-clerk")
        page.evaluate(_WATCH)
        for _ in range(_DECISIONS):
            page.locator("#items .item button").first.click()
            link = page.locator("#request-link").text_content()
            _decline(str(link).strip())
            page.locator("#decision summary").last.wait_for()
            page.locator("#desk:not([aria-busy])").wait_for()
            page.evaluate("delete document.documentElement.dataset.taken")
            page.locator("#decision summary").last.click()
            page.locator("#decision details[open] button[data-number='1']").click()
            page.locator("html[data-taken]").wait_for()
            taken.append(float(str(page.locator("html").get_attribute("data-taken"))))
            page.locator("#last-decision").filter(has_text="✓").wait_for()
    return taken


def _decline(link: str) -> None:
    """A wallet whose holder says no."""
    request_uri = parse_qs(urlsplit(link).query)["request_uri"][0]
    asked: dict[str, Any] = parse_jws(requests.get(request_uri, timeout=10).text, max_chars=200_000).claims()
    answer = {"error": "access_denied", "state": asked["state"]}
    requests.post(asked["response_uri"], data=answer, timeout=10).raise_for_status()


def _authorities(node: RunningNode) -> Iterator[str]:
    for key in sorted((node.data / "keys").glob("authority-*.pem")):
        yield key.stem.removeprefix("authority-").upper()


def _types(node: RunningNode, authority: str) -> list[dict[str, Any]]:
    types: list[dict[str, Any]] = node.department("issuer", authority).get_json("/api/v1/types")["types"]
    return types
