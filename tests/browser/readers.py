"""Who looks at which pages: nobody yet, citizens, and the staff of the two departments of the demo."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from playwright.sync_api import Browser, Page

from tests.browser.signing_in import sign_in
from tests.support.running_node import RunningNode


@dataclass(frozen=True)
class Reader:
    """Somebody in front of a service's pages."""

    name: str
    service: str
    subject: str | None
    """Whom to sign in as; ``None``: a stranger."""

    def __str__(self) -> str:
        return f"{self.service}-{self.name}"


READERS = (
    Reader("stranger", "issuer", None),
    Reader("stranger", "wallet", None),
    Reader("stranger", "verifier", None),
    Reader("citizen", "wallet", "zhang-xiaoming"),
    Reader("newcomer", "wallet", "zhao-lei"),
    Reader("clerk", "issuer", "issuer-clerk"),
    Reader("approver", "issuer", "issuer-approver"),
    Reader("citizen", "issuer", "zhang-xiaoming"),
    Reader("clerk", "verifier", "window-clerk"),
    Reader("approver", "verifier", "window-approver"),
    Reader("citizen", "verifier", "zhang-xiaoming"),
)


@contextmanager
def open_as(chromium: Browser, reader: Reader, node: RunningNode, **options: Any) -> Iterator[Page]:
    """A browser of its own for the reader, signed in."""
    context = chromium.new_context(**options)
    try:
        page = context.new_page()
        if reader.subject:
            sign_in(page, node.url(reader.service), reader.subject)
        yield page
    finally:
        context.close()
