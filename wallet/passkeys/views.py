"""``/account``: passkeys and sessions of the signed-in person; signing in with a passkey; proving it is still you."""

from __future__ import annotations

from typing import Any
from urllib.parse import quote

from flask import Blueprint, Response, current_app, jsonify, redirect, render_template, request, url_for
from werkzeug.wrappers import Response as BaseResponse

from service.web.error_answers import render_error
from service.web.error_table import HttpAnswer
from service.web.json_body import read_json_body
from service.web.kit import current_kit
from service.web.negotiation import wants_page
from service.web.sign_in.cookie import set_session_cookie
from service.web.sign_in.device import device_of
from service.web.sign_in.guard import current_desk, current_session, require_person
from service.web.sign_in.return_path import safe_return_path
from standards.errors import InvalidInputError
from standards.json_reader import Reader
from standards.single_line import is_single_line
from standards.text import Text
from wallet.accounts.current import current_self
from wallet.node import current_node
from wallet.passkeys import use_passkey
from wallet.passkeys.errors import PasskeyNotFoundError, StepUpRequiredError
from wallet.passkeys.passkey import MAX_NAME_CHARS, MAX_PASSKEYS, STEP_UP_LASTS, VOUCHING_LASTS
from wallet.passkeys.step_up import require_step_up
from wallet.showing.session_end import LISTENERS

blueprint = Blueprint(
    "passkeys",
    __name__,
    template_folder="templates",
    static_folder="static",
    static_url_path="/static/passkeys",
)


@blueprint.get("/account")
def account() -> str:
    """Who one is here, one's passkeys, and where one is signed in."""
    node, own, session = current_node(), current_self(), current_session()
    now = node.clock.now()
    return render_template(
        "wallet/passkeys/account.html",
        person=own.person,
        provider=_provider_name(own.person.provider),
        session=session,
        sessions=current_desk().sessions.of_person(own.person, now),
        passkeys=node.passkeys.of_account(own.account_id),
        most=MAX_PASSKEYS,
        vouching=VOUCHING_LASTS,
        usual_name=device_of(request.headers.get("User-Agent", "")),
    )


@blueprint.post("/account/passkeys/options")
def registration_options() -> dict[str, Any]:
    """Options for the browser to make a passkey with."""
    require_step_up(url_for("passkeys.account"))
    return use_passkey.registration_options(current_node(), current_self(), current_session())


@blueprint.post("/account/passkeys")
def register() -> dict[str, Any]:
    """Keep what the browser made: ``{"name", "credential"}``."""
    reader = Reader(read_json_body())
    name = _name(reader.text("name", min_chars=0, max_chars=200))
    made = use_passkey.register(
        current_node(), current_self(), current_session(), reader.mapping("credential"), name
    )
    return {"passkey": made.passkey_id, "name": made.name}


@blueprint.post("/account/passkeys/<passkey_id>/name")
def rename(passkey_id: str) -> BaseResponse:
    """Call a passkey something else."""
    name = _name(request.form.get("name", ""))
    if not current_node().passkeys.rename(current_self().account_id, passkey_id, name):
        raise PasskeyNotFoundError
    return _back()


@blueprint.post("/account/passkeys/<passkey_id>/removal")
def remove(passkey_id: str) -> BaseResponse:
    """Remove a passkey: it opens nothing any more. The sessions that it began end with it."""
    require_step_up(url_for("passkeys.account"))
    own, session = current_self(), current_session()
    if not current_node().passkeys.remove(own.account_id, passkey_id):
        raise PasskeyNotFoundError
    for other in current_desk().sessions.of_person(own.person, current_node().clock.now()):
        if other.method == "passkey" and other.session_id != session.session_id:
            _end(other.session_id)
    return _back()


@blueprint.post("/account/sessions/<session_id>/end")
def end_session(session_id: str) -> BaseResponse:
    """Sign out elsewhere."""
    _end(session_id)
    return _back()


@blueprint.post("/account/sessions/end")
def end_all() -> BaseResponse:
    """Sign out everywhere, here too."""
    person = require_person()
    for session in current_desk().sessions.of_person(person, current_node().clock.now()):
        _end(session.session_id)
    response = redirect("/", code=303)
    response.delete_cookie(current_kit().session_cookie, path="/")
    return response


@blueprint.post("/sign-in/passkey/options")
def sign_in_options() -> dict[str, Any]:
    """Options to sign in with a passkey; nothing is kept for who asks."""
    return use_passkey.sign_in_options(current_node())


@blueprint.post("/sign-in/passkey")
def sign_in() -> Response:
    """Sign in: ``{"credential", "next"}``; the session is always a new one, and the browser's old one ends."""
    reader = Reader(read_json_body())
    node = current_node()
    person, vouched_at = use_passkey.sign_in(node, reader.mapping("credential"))
    at, sessions = node.clock.now(), current_desk().sessions
    token = sessions.begin(
        person,
        at,
        method="passkey",
        device=device_of(request.headers.get("User-Agent", "")),
        stepped_up_at=at,
        vouched_at=vouched_at,
    )
    old = request.cookies.get(current_kit().session_cookie)
    if old:
        sessions.end(old)
    response = jsonify({"next": safe_return_path(reader.optional_text("next", max_chars=4096))})
    set_session_cookie(response, token)
    return response


@blueprint.get("/step-up")
def step_up() -> str:
    """Prove once more who one is, and go back to where one was."""
    own, node = current_self(), current_node()
    return render_template(
        "wallet/passkeys/step_up.html",
        has_passkey=bool(node.passkeys.of_account(own.account_id)),
        back=safe_return_path(request.args.get("next")),
        minutes=int(STEP_UP_LASTS.total_seconds() // 60),
    )


@blueprint.post("/step-up/options")
def step_up_options() -> dict[str, Any]:
    """Options to prove with a passkey of this account."""
    return use_passkey.step_up_options(current_node(), current_self(), current_session())


@blueprint.post("/step-up")
def prove() -> dict[str, Any]:
    """Prove: ``{"credential", "next"}``."""
    reader = Reader(read_json_body())
    node, session = current_node(), current_session()
    use_passkey.prove(node, current_self(), session, reader.mapping("credential"))
    current_desk().sessions.step_up(session.session_id, node.clock.now())
    return {"next": safe_return_path(reader.optional_text("next", max_chars=4096))}


@blueprint.app_errorhandler(StepUpRequiredError)
def lead_to_step_up(error: StepUpRequiredError) -> BaseResponse:
    """A person is led to the page and back; a script is told why."""
    if wants_page() and not request.path.startswith("/api/"):
        return redirect(f"{url_for('passkeys.step_up')}?next={quote(error.return_path)}", code=303)
    return render_error(HttpAnswer(403, "step-up-required"), error.message, next_step=error.next_step)


def _end(session_id: str) -> None:
    """End one session of the signed-in person, with all that hangs on it."""
    if current_desk().sessions.end_of_person(require_person(), session_id):
        for told in current_app.extensions[LISTENERS]:
            told(session_id)


def _back() -> BaseResponse:
    return redirect(url_for("passkeys.account"), code=303)


def _name(text: str) -> str:
    name = " ".join(text.split())[:MAX_NAME_CHARS]
    if not name or not is_single_line(name):
        raise InvalidInputError("请给通行密钥起个名字。", "Give the passkey a name.", where="name")
    return name


def _provider_name(issuer: str) -> Text:
    """What to call the provider: its name, or its host where it is not configured any more."""
    host = issuer.partition("//")[2].partition("/")[0]
    return next(
        (one.name for one in current_desk().providers if one.settings.issuer == issuer), Text(host, host)
    )
