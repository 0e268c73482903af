"""The reader's choice of colours and size, kept in a cookie so that the first paint is right without a script."""

from __future__ import annotations

from flask import Flask, Response, request

from service.web.kit import current_kit
from service.web.language import COOKIE_LIFETIME_SECONDS

DISPLAY_COOKIE = "elicence_display"
DISPLAY_MODES = ("standard", "large", "contrast", "large-contrast")


def current_display() -> str:
    """One of :data:`DISPLAY_MODES`: by ``?display=``, else the cookie, else standard."""
    for wish in (request.args.get("display"), request.cookies.get(DISPLAY_COOKIE)):
        if wish in DISPLAY_MODES:
            return wish
    return "standard"


def toggled_display(part: str) -> str:
    """The mode that results from switching ``"large"`` or ``"contrast"`` on or off."""
    parts = set(current_display().split("-")) - {"standard"}
    parts ^= {part}
    return "-".join(name for name in ("large", "contrast") if name in parts) or "standard"


def remember_display(response: Response) -> None:
    """Keep an explicit ``?display=`` choice in a cookie."""
    wish = request.args.get("display")
    if wish in DISPLAY_MODES and wish != request.cookies.get(DISPLAY_COOKIE):
        response.set_cookie(
            DISPLAY_COOKIE,
            wish,
            max_age=COOKIE_LIFETIME_SECONDS,
            secure=current_kit().over_https,
            samesite="Lax",
            httponly=True,
            path="/",
        )


def install_display(app: Flask) -> None:
    """Give every template ``current_display()`` and ``toggled_display(part)``."""
    app.jinja_env.globals.update(current_display=current_display, toggled_display=toggled_display)
