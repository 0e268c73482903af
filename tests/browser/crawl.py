"""Find the pages of a service as a person does: by following its links."""

from __future__ import annotations

import re
from collections.abc import Iterator
from urllib.parse import urldefrag, urlsplit

from playwright.sync_api import Error, Page

_LINKS = "[...document.querySelectorAll('a[href]')].map(a => a.href)"
_IDENTIFIER = re.compile(r"(?=.*\d)[\w.\-]{6,}|(?=.*[A-Z])(?=.*[a-z])[\w\-]{12,}", re.ASCII)
"""A word with a digit in it, or a long one of mixed letters: chance made it, not a person."""


def shape_of(address: str) -> str:
    """What makes two pages the same kind: their path with identifiers left out, and the names of their parameters."""
    parts = urlsplit(address)
    path = "/".join("*" if _IDENTIFIER.fullmatch(part) else part for part in parts.path.split("/"))
    names = sorted({pair.partition("=")[0] for pair in parts.query.split("&") if pair})
    return f"{path}?{'&'.join(names)}" if names else path


def crawl(page: Page, start: str, *, at_most: int = 40) -> Iterator[str]:
    """Open ``start`` and one page of each kind that its links lead to; yields each address while it is open.

    Stays on the origin of ``start``; switches of language and display, downloads and signing in are left out.
    """
    origin = "{0.scheme}://{0.netloc}".format(urlsplit(start))
    waiting, seen = [start], {shape_of(start)}
    while waiting and at_most > 0:
        address = waiting.pop(0)
        try:
            answer = page.goto(address)
        except Error as error:
            if "Download is starting" in error.message:
                continue  # signed lists and certificates are for machines
            raise
        if answer is None or "text/html" not in answer.headers.get("content-type", ""):
            continue
        at_most -= 1
        # Read before yielding: whoever looks at the page may leave it.
        links: list[str] = page.evaluate(_LINKS)
        yield address
        for link in links:
            plain = urldefrag(link).url
            path = urlsplit(plain).path
            skipped = re.search(r"[?&](lang|display)=", plain) or path.startswith(
                ("/sign-in", "/static", "/openapi")
            )
            shape = shape_of(plain)
            if plain.startswith(origin + "/") and not skipped and shape not in seen:
                seen.add(shape)
                waiting.append(plain)
