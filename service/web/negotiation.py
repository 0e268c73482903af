"""Whether the caller reads pages or data."""

from __future__ import annotations

from flask import request


def wants_page() -> bool:
    """True for a browser that navigates; ``/api/`` and callers that do not ask for HTML get data."""
    if request.path.startswith("/api/"):
        return False
    return "text/html" in request.headers.get("Accept", "")
