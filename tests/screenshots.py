"""Pictures of every page of the three services, on a phone and a desk, light and dark: ``make screenshots``.

Starts a node of its own with demo data in a fresh directory, walks the journey for the pages on its way, follows every
link as each kind of reader, and writes ``var/screenshots/<service>/<page>-<size>-<scheme>.png``; the few that the README
shows go to ``docs/pictures``.
"""

from __future__ import annotations

import argparse
import re
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import product
from pathlib import Path
from tempfile import TemporaryDirectory
from urllib.parse import urlsplit

from PIL import Image
from playwright.sync_api import Browser, Page

from tests.browser.chromium import open_chromium
from tests.browser.crawl import crawl, shape_of
from tests.browser.journey import walk_journey
from tests.browser.readers import READERS, Reader, open_as
from tests.support.running_node import RunningNode

TARGET = Path("var/screenshots")
README_PICTURES = Path("docs/pictures")
SHOWN_IN_README = {
    "issuer": ("issuer/journey-licence-desk-light.png", 1440, 900),
    "wallet": ("wallet/journey-consent-phone-light.png", 390, 844),
    "window": ("verifier/journey-verdict-desk-light.png", 1440, 900),
}
"""Name → the picture it is cut from, and the width and height that are shown."""
SIZES = {"phone": (390, 844), "desk": (1440, 900)}
SCHEMES = ("light", "dark")


def name_of(address: str) -> str:
    """A file name for a page: its path in words."""
    parts = urlsplit(address)
    shape = shape_of(parts.path + (f"?{parts.query}" if parts.query else "")).replace("*", "one")
    return re.sub(r"[^a-z0-9]+", "-", shape.lower()).strip("-") or "start"


def shoot(page: Page, directory: Path, name: str) -> None:
    """Take the whole page in each size and scheme; the page stays as it was."""
    before = page.viewport_size
    directory.mkdir(parents=True, exist_ok=True)
    for (size, (width, height)), scheme in product(SIZES.items(), SCHEMES):
        page.set_viewport_size({"width": width, "height": height})
        page.emulate_media(color_scheme=scheme)
        page.screenshot(path=directory / f"{name}-{size}-{scheme}.png", full_page=True, animations="disabled")
    page.emulate_media(color_scheme="light")
    if before:
        page.set_viewport_size(before)
    print(f"  {directory.name}/{name}")


def shoot_reader(chromium: Browser, reader: Reader, node: RunningNode, language: str) -> None:
    """All pages that one reader can reach by links."""
    with open_as(chromium, reader, node, locale=language) as page:
        for address in crawl(page, node.url(reader.service) + "/"):
            shoot(page, TARGET / reader.service, f"{reader.name}-{name_of(address)}")


class VisitedNode(RunningNode):
    """A node that somebody else has started."""

    def __init__(self, data: Path, port_base: int) -> None:
        self.data, self.port_base = data, port_base


@contextmanager
def node_to_show(data: Path | None, port_base: int) -> Iterator[RunningNode]:
    """The node that runs on ``data``, or one of our own that runs while we look."""
    if data is not None:
        yield VisitedNode(data, port_base)
        return
    with TemporaryDirectory(prefix="elicence-pictures-") as directory:
        node = RunningNode(Path(directory) / "node")
        try:
            yield node.wait_until_ready()
        finally:
            node.kill_everything()


def refresh_readme_pictures() -> None:
    """Cut the few pictures that the README shows, with few colours: flat pages need no more, and stay small."""
    README_PICTURES.mkdir(parents=True, exist_ok=True)
    for name, (source, width, height) in SHOWN_IN_README.items():
        with Image.open(TARGET / source) as picture:
            cut = picture.convert("RGB").crop((0, 0, width, min(height, picture.height)))
        cut.quantize(64).save(README_PICTURES / f"{name}.png", optimize=True)


def main() -> None:
    """Command line."""
    arguments = argparse.ArgumentParser(prog="make screenshots", description=__doc__)
    arguments.add_argument("--data", type=Path, help="take pictures of the node that runs on this directory")
    arguments.add_argument("--port-base", type=int, default=8000, help="where that node listens")
    arguments.add_argument("--language", choices=("zh-CN", "en"), default="zh-CN")
    chosen = arguments.parse_args()
    shutil.rmtree(TARGET, ignore_errors=True)
    with node_to_show(chosen.data, chosen.port_base) as node, open_chromium() as chromium:
        walk_journey(
            chromium, node, look=lambda page, service, name: shoot(page, TARGET / service, f"journey-{name}")
        )
        for reader in READERS:
            shoot_reader(chromium, reader, node, chosen.language)
    refresh_readme_pictures()
    print(f"{len(list(TARGET.rglob('*.png')))} pictures in {TARGET}")


if __name__ == "__main__":
    main()
