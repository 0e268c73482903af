"""What the kit knows about the application it dresses: fixed when the application is made."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, cast
from urllib.parse import urlsplit

from flask import Flask, current_app

from service.settings import ServiceName
from service.web.error_table import ErrorTable
from standards.text import Text

TITLES: Mapping[str, Text] = {
    "issuer": Text("电子证照签发", "Licence issuing"),
    "wallet": Text("我的证照", "My licences"),
    "verifier": Text("证照核验窗口", "Licence window"),
}
"""The name of each service as its pages show it."""


@dataclass(frozen=True, slots=True)
class NavigationItem:
    """One entry of the main navigation."""

    label: Text
    """What the person reads."""
    endpoint: str
    """The Flask endpoint it leads to; the entry is marked as current when it answers the request."""
    shown: Callable[[], bool] = lambda: True
    """Asked for each page, so that an entry can depend on the roles of the signed-in person."""


@dataclass(frozen=True)
class WebKit:
    """The kit's side of one application."""

    service: ServiceName
    title: Text
    public_url: str
    """Address under which browsers reach this service, without a trailing slash."""
    errors: ErrorTable
    navigation: tuple[NavigationItem, ...] = ()
    ready: Callable[[], object] | None = None
    """Really reads and writes the store; raises when it cannot. ``None``: the service stores nothing."""
    asset_versions: dict[str, str] = field(default_factory=dict)

    @property
    def over_https(self) -> bool:
        """Whether browsers reach this service by https: decides the Secure flag of cookies and HSTS."""
        return self.public_url.startswith("https://")

    @property
    def origin(self) -> str:
        """Scheme, host and port of :attr:`public_url` (RFC 6454), as browsers send it in ``Origin``."""
        parts = urlsplit(self.public_url)
        return f"{parts.scheme}://{parts.netloc}"

    @property
    def session_cookie(self) -> str:
        """Name of the session cookie: one per service, because cookies do not know ports."""
        return f"elicence_{self.service}"


def current_kit() -> WebKit:
    """The kit of the application that answers the current request."""
    return cast("WebKit", current_app.extensions["elicence.web"])


def attach_kit(app: Flask, kit: WebKit) -> None:
    """Make the kit findable by :func:`current_kit`."""
    extensions: dict[str, Any] = app.extensions
    extensions["elicence.web"] = kit
