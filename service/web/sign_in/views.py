"""``/sign-in``, ``/sign-in/callback`` and ``/sign-out``."""

from __future__ import annotations

from flask import Blueprint, redirect, request
from werkzeug.wrappers import Response

from service.web.kit import WebKit, current_kit
from service.web.language import current_language
from service.web.sign_in.attempt import ATTEMPT_LIFETIME
from service.web.sign_in.cookie import set_session_cookie
from service.web.sign_in.desk import ProviderAnswer
from service.web.sign_in.device import device_of
from service.web.sign_in.guard import current_desk, current_person
from service.web.sign_in.return_path import safe_return_path

blueprint = Blueprint("sign_in", __name__)

_ATTEMPT_PATH = "/sign-in"


@blueprint.get("/sign-in")
def start() -> Response:
    """Send the browser to the provider, the first or ``?provider=``; someone already signed in goes straight on.

    With ``?fresh=1`` they prove it anew, at the provider from which they came.
    """
    return_path, fresh = safe_return_path(request.args.get("next")), request.args.get("fresh") == "1"
    person, desk = current_person(), current_desk()
    if person is not None and not fresh:
        return redirect(return_path, code=303)
    chosen = request.args.get("provider") or (None if person is None else desk.key_of(person.provider))
    url, cookie = desk.start(return_path, current_language(), chosen, fresh=fresh)
    kit = current_kit()
    response = redirect(url, code=303)
    response.set_cookie(
        _attempt_cookie(kit),
        cookie,
        max_age=ATTEMPT_LIFETIME,
        path=_ATTEMPT_PATH,
        secure=kit.over_https,
        httponly=True,
        samesite="Lax",
    )
    return response


@blueprint.get("/sign-in/callback")
@blueprint.get("/sign-in/callback/<provider>")
def callback(provider: str | None = None) -> Response:
    """Back from the provider: a new session, and on to where the person wanted to go."""
    kit = current_kit()
    answer = ProviderAnswer(
        code=request.args.get("code"),
        state=request.args.get("state"),
        error=request.args.get("error"),
        issuer=request.args.get("iss"),
    )
    token, return_path = current_desk().finish(
        answer,
        request.cookies.get(_attempt_cookie(kit)),
        request.cookies.get(kit.session_cookie),
        arrived_at=provider,
        device=device_of(request.headers.get("User-Agent", "")),
    )
    response = redirect(return_path, code=303)
    response.delete_cookie(_attempt_cookie(kit), path=_ATTEMPT_PATH)
    set_session_cookie(response, token)
    return response


@blueprint.post("/sign-out")
def end() -> Response:
    """End the session. The guard has checked that our own page asked for it."""
    kit = current_kit()
    token = request.cookies.get(kit.session_cookie)
    if token:
        current_desk().end(token)
    response = redirect("/", code=303)
    response.delete_cookie(kit.session_cookie, path="/")
    return response


def _attempt_cookie(kit: WebKit) -> str:
    return f"{kit.session_cookie}_sign_in"
