"""Who looks at which pages: nobody yet, a citizen, and the staff of the two departments of the demo."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from playwright.sync_api import Browser, Page

from tests.browser.signing_in import sign_in


@dataclass(frozen=True)
class NodeAddresses:
    """Where the three services of a node are reached."""

    issuer: str
    wallet: str
    verifier: str

    @classmethod
    def on(cls, port_base: int) -> NodeAddresses:
        """The services of ``elicence up --port-base N``."""
        return cls(*(f"http://localhost:{port_base + number}" for number in (1, 2, 3)))

    def of(self, service: str) -> str:
        """Address of a service by its name."""
        return str(getattr(self, service))


@dataclass(frozen=True)
class Reader:
    """Somebody in front of a service's pages."""

    name: str
    service: str
    subject: str | None
    """Whom to sign in as; ``None``: a stranger."""


READERS = (
    Reader("stranger", "issuer", None),
    Reader("stranger", "wallet", None),
    Reader("stranger", "verifier", None),
    Reader("citizen", "wallet", "zhang-xiaoming"),
    Reader("newcomer", "wallet", "zhao-lei"),
    Reader("clerk", "issuer", "issuer-clerk"),
    Reader("approver", "issuer", "issuer-approver"),
    Reader("clerk", "verifier", "window-clerk"),
    Reader("approver", "verifier", "window-approver"),
)


@contextmanager
def open_as(browser: Browser, reader: Reader, node: NodeAddresses, **options: Any) -> Iterator[Page]:
    """A browser of its own for the reader, signed in."""
    context = browser.new_context(**options)
    try:
        page = context.new_page()
        if reader.subject:
            sign_in(page, node.of(reader.service), reader.subject)
        yield page
    finally:
        context.close()
