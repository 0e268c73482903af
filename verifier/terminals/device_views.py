"""``/terminal``: where a device takes its place and proves its key. Nobody needs to be signed in for it."""

from __future__ import annotations

from datetime import timedelta
from typing import Any, Final

from flask import Blueprint, Response, jsonify, render_template, request

from service.web.json_body import read_json_body
from service.web.kit import current_kit
from service.web.sign_in.guard import current_desk as sign_in_desk
from service.web.sign_in.return_path import safe_return_path
from standards.jose import parse_public_jwk
from standards.json_reader import Reader
from verifier.node import current_node
from verifier.terminals.begin_session import begin_device_session
from verifier.terminals.current import TERMINAL_COOKIE, current_terminal, session_key
from verifier.terminals.device_session import RENEW_AFTER, build_challenge, build_device_token
from verifier.terminals.enrol_terminal import enrol_device
from verifier.terminals.errors import InvalidTerminalError
from verifier.terminals.terminal import KIND_NAMES, TerminalEntry, TerminalKind

blueprint = Blueprint(
    "terminal_device",
    __name__,
    template_folder="templates",
    static_folder="static",
    static_url_path="/terminal/static",
)

# The session in it is short; the cookie stays, so that a kiosk is known as one after a night without power.
_COOKIE_AGE: Final = timedelta(days=400)
_MAX_PROOF_CHARS: Final = 2_000


@blueprint.get("/terminal")
def home() -> str:
    """Which terminal this device is, or the field for the enrolment code."""
    return render_template(
        "verifier/terminals/device.html", terminal=current_terminal(), kind_names=KIND_NAMES, next_path="/"
    )


@blueprint.get("/terminal/resume")
def resume() -> str:
    """Prove the key anew, then go on to where the person wanted to be."""
    return render_template(
        "verifier/terminals/resume.html", next_path=safe_return_path(request.args.get("next"))
    )


@blueprint.post("/terminal/enrol")
def enrol() -> Response:
    """``{"code", "key", "proof"}`` → the terminal; from now on this browser is it."""
    reader = _body({"code", "key", "proof"})
    node = current_node()
    at = node.clock.now()
    entry = enrol_device(
        code=reader.text("code", max_chars=60),
        key=parse_public_jwk(reader.any("key")),
        proof=reader.text("proof", max_chars=_MAX_PROOF_CHARS),
        audience=current_kit().origin,
        terminals=node.terminals,
        at=at,
    )
    response = jsonify(_terminal_json(entry))
    response.status_code = 201
    _set_cookie(response, build_device_token(session_key(), entry, at))
    if entry.terminal.kind is TerminalKind.KIOSK:
        _end_staff_session(response)
    return response


@blueprint.post("/terminal/challenge")
def challenge() -> Response:
    """Something to sign: good for a minute, once."""
    return jsonify({"challenge": build_challenge(session_key(), current_node().clock.now())})


@blueprint.post("/terminal/session")
def begin_session() -> Response:
    """``{"terminal", "challenge", "proof"}`` → the cookie of a session."""
    reader = _body({"terminal", "challenge", "proof"})
    node = current_node()
    token = begin_device_session(
        terminal_id=reader.text("terminal", max_chars=40),
        challenge=reader.text("challenge", max_chars=200),
        proof=reader.text("proof", max_chars=_MAX_PROOF_CHARS),
        audience=current_kit().origin,
        terminals=node.terminals,
        key=session_key(),
        at=node.clock.now(),
    )
    response = jsonify({"renew_after": int(RENEW_AFTER.total_seconds())})
    _set_cookie(response, token)
    return response


def _body(members: set[str]) -> Reader:
    reader = Reader(read_json_body(), error=InvalidTerminalError)
    reader.refuse_unknown(frozenset(members))
    return reader


def _terminal_json(entry: TerminalEntry) -> dict[str, Any]:
    terminal = entry.terminal
    return {
        "id": terminal.id,
        "name": terminal.name,
        "kind": terminal.kind.value,
        "place": terminal.place,
        "renew_after": int(RENEW_AFTER.total_seconds()),
        "home": "/kiosk" if terminal.kind is TerminalKind.KIOSK else "/",
    }


def _set_cookie(response: Response, token: str) -> None:
    response.set_cookie(
        TERMINAL_COOKIE,
        token,
        max_age=_COOKIE_AGE,
        path="/",
        secure=current_kit().over_https,
        httponly=True,
        samesite="Lax",
    )


def _end_staff_session(response: Response) -> None:
    """Whoever enrolled the kiosk from its own screen is signed out there."""
    cookie = current_kit().session_cookie
    token = request.cookies.get(cookie)
    if token:
        sign_in_desk().end(token)
        response.delete_cookie(cookie, path="/")
