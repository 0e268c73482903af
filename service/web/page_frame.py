"""What the frame of every page asks for: the navigation, its own address, the request id."""

from __future__ import annotations

from typing import NamedTuple
from urllib.parse import quote, urlencode

from flask import Flask, current_app, g, request, url_for

from service.web.kit import current_kit
from standards.text import Text


class NavigationEntry(NamedTuple):
    """A :class:`NavigationItem` as one page shows it."""

    label: Text
    href: str
    current: bool


def navigation_entries() -> list[NavigationEntry]:
    """The entries of the main navigation that this reader may use."""
    return [
        NavigationEntry(item.label, url_for(item.endpoint), request.endpoint == item.endpoint)
        for item in current_kit().navigation
        if item.shown()
    ]


def here(**changes: str) -> str:
    """The address of this page with some query parameters changed: for the language and display switches.

    An answer to a form cannot be asked for again, so there the switches lead to the start.
    """
    if request.method not in ("GET", "HEAD"):
        return "/?" + urlencode(changes)
    parameters = {**request.args.to_dict(), **changes}
    # Decoded, "/%5Cevil.example" or "/%09/evil.example" is another host to a browser: it goes out encoded again.
    return f"{quote(request.path)}?{urlencode(parameters)}"


def sign_in_offered() -> bool:
    """Whether this application lets people sign in."""
    return "sign_in.start" in current_app.view_functions


def request_id() -> str:
    """The id of the request being answered."""
    return str(g.get("request_id", ""))


def install_page_frame(app: Flask) -> None:
    """Give the frame its globals."""
    app.jinja_env.globals.update(
        kit=current_kit,
        navigation_entries=navigation_entries,
        here=here,
        sign_in_offered=sign_in_offered,
        request_id=request_id,
        current_person=lambda: None,
    )
