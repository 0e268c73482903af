"""Whoever comes back from the identity provider is vouched for anew, and so are their passkeys."""

from __future__ import annotations

from flask import Flask, Response, request
from werkzeug.http import parse_cookie

from service.web.kit import current_kit
from service.web.sign_in.guard import current_desk
from wallet.node import current_node
from wallet.passkeys.use_passkey import vouch_for


def install_vouching(app: Flask) -> None:
    """Listen for sign-ins by a provider."""
    app.after_request(_after)


def _after(response: Response) -> Response:
    if request.endpoint == "sign_in.callback" and response.status_code < 400:
        name = current_kit().session_cookie
        for line in response.headers.getlist("Set-Cookie"):
            token = parse_cookie(line.partition(";")[0]).get(name)
            session = current_desk().sessions.find(token) if token else None
            if session is not None:
                vouch_for(current_node(), session)
    return response
