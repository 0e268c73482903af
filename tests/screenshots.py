"""Pictures of every page of the three services, on a phone and a desk, light and dark: ``make screenshots``.

Starts a node of its own with demo data in a fresh directory, follows every link as a citizen, an issuer's clerk and a
window's clerk, walks one journey for the pages between, and writes ``var/screenshots/<service>/<page>-<size>-<scheme>.png``.
``--port-base N --running`` takes pictures of a node that runs already.
"""

from __future__ import annotations

import argparse
import re
import shutil
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import product
from pathlib import Path
from urllib.parse import urlsplit

from playwright.sync_api import Browser, Page
from tests.browser.journey import walk_journey

from tests.browser.chromium import open_chromium
from tests.browser.crawl import crawl, shape_of
from tests.browser.readers import READERS, NodeAddresses, Reader, open_as

TARGET = Path("var/screenshots")
SIZES = {"phone": (390, 844), "desk": (1440, 900)}
SCHEMES = ("light", "dark")


def name_of(address: str) -> str:
    """A file name for a page: its path in words."""
    shape = shape_of(address).replace("*", "one")
    return re.sub(r"[^a-z0-9]+", "-", shape.lower()).strip("-") or "start"


def shoot(page: Page, directory: Path, name: str) -> None:
    """Take the whole page in each size and scheme; the page stays where it was."""
    directory.mkdir(parents=True, exist_ok=True)
    for (size, (width, height)), scheme in product(SIZES.items(), SCHEMES):
        page.set_viewport_size({"width": width, "height": height})
        page.emulate_media(color_scheme=scheme)
        page.screenshot(path=directory / f"{name}-{size}-{scheme}.png", full_page=True, animations="disabled")
    print(f"  {directory.name}/{name}")


def shoot_reader(browser: Browser, reader: Reader, node: NodeAddresses, language: str) -> None:
    """All pages that one reader can reach by links."""
    with open_as(browser, reader, node, locale=language) as page:
        for address in crawl(page, node.of(reader.service) + "/"):
            shoot(page, TARGET / reader.service, f"{reader.name}-{name_of(urlsplit(address).geturl())}")


@contextmanager
def node_to_show(port_base: int, *, running: bool) -> Iterator[NodeAddresses]:
    """The node that runs already, or one that runs while we look."""
    if running:
        yield NodeAddresses.on(port_base)
        return
    from tests.browser.own_node import own_node

    with own_node(port_base) as node:
        yield node


def main() -> None:
    """Command line."""
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("--port-base", type=int, default=8100)
    arguments.add_argument("--running", action="store_true", help="use the node that runs on these ports")
    arguments.add_argument("--language", choices=("zh-CN", "en"), default="zh-CN")
    chosen = arguments.parse_args()
    shutil.rmtree(TARGET, ignore_errors=True)
    with node_to_show(chosen.port_base, running=chosen.running) as node, open_chromium() as browser:
        walk_journey(
            browser, node, look=lambda page, service, name: shoot(page, TARGET / service, f"journey-{name}")
        )
        for reader in READERS:
            shoot_reader(browser, reader, node, chosen.language)
    print(f"{len(list(TARGET.rglob('*.png')))} pictures in {TARGET}")


if __name__ == "__main__":
    sys.exit(main())
