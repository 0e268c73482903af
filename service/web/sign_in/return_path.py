"""Where a person goes after signing in: only to a page of this service (no open redirect)."""

from __future__ import annotations

from urllib.parse import urlsplit, urlunsplit

_MAX_CHARS = 4096


def safe_return_path(wish: str | None) -> str:
    r"""The path and query of ``wish`` when it is one of our own, else ``/``.

    Refused: other origins in any spelling (``https://x``, ``//x``, ``/\x``), control characters, which browsers
    drop while reading an address, and the sign-in pages themselves.
    """
    if not wish or len(wish) > _MAX_CHARS or not wish.startswith("/") or wish.startswith("//"):
        return "/"
    if "\\" in wish or any(ord(character) <= 0x20 or ord(character) == 0x7F for character in wish):
        return "/"
    try:
        parts = urlsplit(wish)
    except ValueError:
        return "/"
    if parts.scheme or parts.netloc or parts.path.startswith("//"):
        return "/"
    if parts.path in {"/sign-out", "/sign-in"} or parts.path.startswith("/sign-in/"):
        return "/"
    return urlunsplit(("", "", parts.path, parts.query, ""))
