"""A request that changes something under a session must prove that one of our own pages sent it.

Two proofs, both needed: the ``Origin`` header, where the browser sends it, is ours; and a token that only a page of
the same session can know comes back in the header ``X-CSRF-Token`` or in the hidden field ``csrf_token``.
Endpoints for machines carry their own authority (a bearer token, a code, a nonce): their views hang on a
:class:`MachineBlueprint`, and under it nobody is signed in, whatever cookie comes along.
"""

from __future__ import annotations

import hashlib
import hmac

from flask import Blueprint, Flask, current_app, request
from markupsafe import Markup

from service.web.errors import ForgedRequestError
from service.web.kit import current_kit
from standards.jose import b64url_encode

CSRF_HEADER = "X-CSRF-Token"
CSRF_FIELD = "csrf_token"

_SAFE_METHODS = frozenset({"GET", "HEAD", "OPTIONS"})


class MachineBlueprint(Blueprint):
    """A blueprint for systems: its views never act on a session cookie, so they need no proof against forgery."""


def is_machine_request() -> bool:
    """Whether the view of the current request hangs on a :class:`MachineBlueprint`."""
    name = request.blueprint
    return name is not None and isinstance(current_app.blueprints.get(name), MachineBlueprint)


def csrf_token() -> str:
    """The proof for the current session: a function of its secret cookie, which scripts and other sites cannot read.

    Empty without a session: then there is no authority to misuse.
    """
    cookie = request.cookies.get(current_kit().session_cookie, "")
    return csrf_token_of(cookie) if cookie else ""


def csrf_token_of(session_token: str) -> str:
    """The proof that belongs to a session's secret token."""
    return b64url_encode(hmac.digest(session_token.encode(), b"elicence csrf 1", hashlib.sha256))


def csrf_field() -> Markup:
    """The hidden field that every form with method POST holds (template global)."""
    return Markup('<input type="hidden" name="{}" value="{}">').format(CSRF_FIELD, csrf_token())


def refuse_forged_request() -> None:
    """Before each request that changes something.

    Raises:
        ForgedRequestError: it came from another origin, or under a session without that session's proof.
    """
    if request.method in _SAFE_METHODS or is_machine_request():
        return
    kit = current_kit()
    origin = request.headers.get("Origin")
    if origin is not None and origin != kit.origin:
        raise ForgedRequestError
    cookie = request.cookies.get(kit.session_cookie)
    if not cookie:
        return
    given = request.headers.get(CSRF_HEADER) or request.form.get(CSRF_FIELD, "")
    if not hmac.compare_digest(given.encode(), csrf_token_of(cookie).encode()):
        raise ForgedRequestError


def install_csrf(app: Flask) -> None:
    """Give every template ``csrf_field()`` and ``csrf_token()``; the check itself is a step of the request guard."""
    app.jinja_env.globals.update(csrf_field=csrf_field, csrf_token=csrf_token)
