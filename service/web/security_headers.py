"""The headers that tell browsers what our pages may do: almost nothing that is not ours."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from flask import Response, g

from service.web.kit import WebKit

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment

# A page may use its own origin's files, and data: pictures (portraits, QR codes); nothing inline, nobody else's.
_PAGE_POLICY = (
    "default-src 'none'; script-src 'self'{scripts}; style-src 'self'; img-src 'self' data: blob:; font-src 'self'; "
    "connect-src 'self'; manifest-src 'self'; worker-src 'self'; media-src 'self' blob:; form-action 'self'{targets}; "
    "frame-ancestors 'none'; base-uri 'none'"
)
_DATA_POLICY = ("Content-Security-Policy", "default-src 'none'; frame-ancestors 'none'")
_NOT_KEPT = ("Cache-Control", "no-store")

_SECONDS_HSTS = 365 * 24 * 3600


def build_security_headers(kit: WebKit) -> list[tuple[str, str]]:
    """The headers of every answer, made once per application.

    ``Referrer-Policy`` is ``same-origin`` and not ``no-referrer``: with the latter browsers send ``Origin: null``
    with our own forms (Fetch, "append a request Origin header"), and the check against forgery needs the origin.
    Other origins learn nothing either way.
    """
    camera = "()" if kit.service == "issuer" else "(self)"  # wallets and windows scan codes
    headers = [
        ("X-Content-Type-Options", "nosniff"),
        ("Referrer-Policy", "same-origin"),
        ("Cross-Origin-Opener-Policy", "same-origin"),
        ("Permissions-Policy", f"camera={camera}, microphone=(), geolocation=(), payment=(), usb=()"),
    ]
    if kit.over_https:
        headers.append(("Strict-Transport-Security", f"max-age={_SECONDS_HSTS}; includeSubDomains"))
    return headers


def allow_form_target(url: str) -> None:
    """Let the forms of the page being answered lead, by redirect, to the origin of ``url``.

    Browsers hold ``form-action`` against every address of the redirect chain that a submission starts.
    """
    try:
        parts = urlsplit(url)
        host, port = parts.hostname or "", parts.port
    except ValueError:
        return
    # What goes into a policy must not be able to end a directive or to name a wildcard.
    plain = host.isascii() and all(character.isalnum() or character in "-." for character in host)
    if parts.scheme in ("http", "https") and host and plain:
        targets: list[str] = g.setdefault("form_targets", [])
        targets.append(f"{parts.scheme}://{host}" + (f":{port}" if port else ""))


def allow_web_assembly() -> None:
    """Let the page being answered compile WebAssembly that its scripts fetched; text is still never run as script."""
    g.web_assembly = True


def dress_page(response: Response) -> None:
    """Put the policy of pages on an answer that is one; others get the policy of data from the outer layer."""
    if response.mimetype == "text/html":
        targets = "".join(f" {target}" for target in g.get("form_targets", ()))
        response.headers["Content-Security-Policy"] = _PAGE_POLICY.format(
            targets=targets, scripts=" 'wasm-unsafe-eval'" if g.get("web_assembly") else ""
        )
        response.headers.add("Vary", "Cookie, Accept-Language")


class SecurityHeaders:
    """Outer layer of an application: puts the fixed headers on every answer, and forbids keeping it unless told.

    It works on the finished list of headers, because there seven more cost a microsecond, and each one set on a
    response object costs two.
    """

    def __init__(self, inner: WSGIApplication, kit: WebKit) -> None:
        self._inner = inner
        self._headers = build_security_headers(kit)

    def __call__(self, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        """WSGI (PEP 3333)."""

        def start(status: str, headers: list[tuple[str, str]], exc_info: Any = None) -> Any:
            headers.extend(self._headers)
            names = {name for name, _ in headers}
            if "Content-Security-Policy" not in names:
                headers.append(_DATA_POLICY)
            if "Cache-Control" not in names:
                headers.append(_NOT_KEPT)
            return start_response(status, headers, exc_info)

        return self._inner(environ, start)
