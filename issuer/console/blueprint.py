"""The console's blueprint; the view modules hang their pages on it."""

from __future__ import annotations

from flask import Blueprint

blueprint = Blueprint(
    "console", __name__, template_folder="templates", static_folder="static", static_url_path="/console"
)
