"""Every parameter and address of the wallet that says where to go next, through its real routes: no other site."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from html import unescape
from pathlib import Path
from typing import Any
from urllib.parse import urljoin, urlsplit

import pytest

from keys.master_key import MasterKey
from service.settings import Settings
from tests.support.wallet_world import Browser, WalletWorld, running_clock, wallet_world

HOME = "http://localhost/"
ELSEWHERE = [
    "https://evil.example/",
    "//evil.example/",
    "///evil.example",
    "/\\evil.example",
    "\\\\evil.example",
    "/\t/evil.example",
    "/\r\nLocation: https://evil.example",
    "https:evil.example",
    "http://localhost@evil.example/",
    "javascript:alert(1)",
    "data:text/html,x",
    "evil.example",
]
_LINK = re.compile(r'(?:href|action|data-next|data-refresh)="([^"]*)"')
_HIDDEN_NEXT = re.compile(r'name="next" value="([^"]*)"')


@pytest.fixture
def world(settings: Settings, master_key: MasterKey, tmp_path: Path) -> Iterator[WalletWorld]:
    fresh = replace(settings, data=tmp_path, trust_anchor_file=tmp_path / "anchor.pem")
    with wallet_world(fresh, master_key, running_clock()) as made:
        for name in made.node.database.list_collection_names():
            made.node.database[name].delete_many({})
        yield made


@pytest.fixture
def zhang(world: WalletWorld) -> Browser:
    return world.sign_in()


def origins_in(page: Any) -> set[str]:
    """Where a browser would go from the links and forms of a page."""
    found = [unescape(link) for pattern in (_LINK, _HIDDEN_NEXT) for link in pattern.findall(page.text)]
    assert found
    return {led_to(link) for link in found}


def led_to(link: str) -> str:
    """The host as a browser reads it (WHATWG URL): tabs and line breaks are dropped, a backslash is a slash."""
    read = re.sub(r"[\t\r\n]", "", link.strip()).replace("\\", "/")
    parts = urlsplit(urljoin(HOME, re.sub(r"^/{2,}", "//", read)))
    return parts.netloc if parts.scheme == "http" else parts.scheme


def stays(location: str) -> bool:
    return led_to(location) == "localhost"


def test_the_reader_of_this_file_reads_as_a_browser_does() -> None:
    for link in (
        "//evil.example",
        "/\\evil.example?lang=en",
        "/\t/evil.example",
        "///evil.example",
        "javascript:x",
    ):
        assert not stays(link)
    for link in ("/", "/step-up?next=//evil.example", "#top"):
        assert stays(link)


@pytest.mark.parametrize("path", ["/step-up", "/acting-for"])
def test_pages_that_lead_back(zhang: Browser, path: str) -> None:
    """``next`` of a page that leads back = another site, in several spellings → every link and form stays here."""
    for wish in ELSEWHERE:
        page = zhang.client.get(path, query_string={"next": wish}, headers={"Accept": "text/html"})
        assert page.status_code == 200
        assert origins_in(page) == {"localhost"}, wish


def test_somebody_signed_in_is_led_straight_on(zhang: Browser) -> None:
    """``/sign-in?next=`` with a session goes on at once, ``/acting-for`` after the choice → to a page of ours."""
    for wish in ELSEWHERE:
        answers = [
            zhang.client.get("/sign-in", query_string={"next": wish}),
            zhang.submit("/acting-for", right="self", next=wish),
        ]
        for answer in answers:
            assert answer.status_code == 303
            assert stays(answer.headers["Location"]), wish
            assert len(answer.headers.getlist("Location")) == 1


def test_an_address_that_reads_as_another_host(world: WalletWorld, zhang: Browser) -> None:
    """GET ``/%5Cevil.example/x`` of us → the page's own switches (language, type, contrast) do not lead to that host."""
    for path in (
        "//evil.example",
        "//evil.example/x",
        "/\\evil.example/x",
        "/\t/evil.example/x",
        "/\n/evil.example",
        "/\\\\evil.example",
    ):
        for client in (zhang.client, world.app.test_client()):
            page = client.get("/", environ_overrides={"PATH_INFO": path}, headers={"Accept": "text/html"})
            assert page.status_code == 404
            assert "lang=en" in page.text
            assert origins_in(page) == {"localhost"}, path
