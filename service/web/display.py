"""The reader's choice of colours and size, kept in a cookie so that the first paint is right without a script."""

from __future__ import annotations

from flask import Flask

from service.web.preference import Preference

DISPLAY_COOKIE = "elicence_display"
DISPLAY_MODES = ("standard", "large", "contrast", "large-contrast")
DISPLAY = Preference("display", DISPLAY_COOKIE, DISPLAY_MODES)


def current_display() -> str:
    """One of :data:`DISPLAY_MODES`: by ``?display=``, else the cookie, else standard."""
    return DISPLAY.chosen() or "standard"


def toggled_display(part: str) -> str:
    """The mode that results from switching ``"large"`` or ``"contrast"`` on or off."""
    parts = set(current_display().split("-")) - {"standard"}
    parts ^= {part}
    return "-".join(name for name in ("large", "contrast") if name in parts) or "standard"


def install_display(app: Flask) -> None:
    """Give every template ``current_display()`` and ``toggled_display(part)``."""
    app.jinja_env.globals.update(current_display=current_display, toggled_display=toggled_display)
