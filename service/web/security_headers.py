"""The headers that tell browsers what our pages may do: almost nothing that is not ours."""

from __future__ import annotations

from urllib.parse import urlsplit

from flask import Response, g

from service.web.kit import WebKit

# A page may use its own origin's files, and data: pictures (portraits, QR codes); nothing inline, nobody else's.
_PAGE_POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data: blob:; font-src 'self'; "
    "connect-src 'self'; manifest-src 'self'; worker-src 'self'; media-src 'self' blob:; form-action 'self'{targets}; "
    "frame-ancestors 'none'; base-uri 'none'"
)
_DATA_POLICY = "default-src 'none'; frame-ancestors 'none'"

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
    parts = urlsplit(url)
    if parts.scheme not in ("http", "https") or not parts.hostname or not parts.netloc.isascii():
        return
    host = f"[{parts.hostname}]" if ":" in parts.hostname else parts.hostname
    if not all(character.isalnum() or character in "-.[]:" for character in host):
        return
    target = f"{parts.scheme}://{host}" + (f":{parts.port}" if parts.port else "")
    targets: list[str] = g.setdefault("form_targets", [])
    targets.append(target)


def dress(response: Response, headers: list[tuple[str, str]]) -> None:
    """Put the security headers on an answer, and forbid keeping it unless its view said otherwise."""
    answer = response.headers
    answer.extend(headers)
    if response.mimetype == "text/html":
        targets = "".join(f" {target}" for target in g.get("form_targets", ()))
        answer["Content-Security-Policy"] = _PAGE_POLICY.format(targets=targets)
        answer.add("Vary", "Cookie, Accept-Language")
    else:
        answer["Content-Security-Policy"] = _DATA_POLICY
    if "Cache-Control" not in answer:
        answer["Cache-Control"] = "no-store"
