"""A phone's codes end with the session that asked for them: at the server, whatever the phone still keeps."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from flask import Flask, Response, current_app, request
from werkzeug.http import parse_cookie

from service.web.kit import current_kit
from service.web.sign_in.session import session_id_of
from wallet.node import WalletNode, current_node

LISTENERS: Final = "elicence.session_ended"
"""Extension of the application: callables that are told the id of each session that was ended on purpose."""

_ENDING: Final = frozenset({"/sign-out", "/acting-for", "/api/v1/acting-for"})
"""A POST here ends what the session had delegated: the person leaves, or acts for somebody else."""


def reference_of_session(node: WalletNode, session_id: str) -> str:
    """The session as delegations name it."""
    return node.references.of("show code session", session_id)


def withdraw_of_session(node: WalletNode, session_id: str) -> int:
    """Refuse from now on every code of this session (one durable write); answers how many delegations ended."""
    return node.delegations.withdraw_session(reference_of_session(node, session_id), node.clock.now())


def install_session_end(app: Flask) -> None:
    """Listen for sessions that end on purpose; one that only falls asleep keeps its codes for their day."""
    listeners: list[Callable[[str], object]] = app.extensions.setdefault(LISTENERS, [])
    listeners.append(lambda session_id: withdraw_of_session(current_node(), session_id))
    app.after_request(_after)


def _after(response: Response) -> Response:
    cookie = request.cookies.get(current_kit().session_cookie)
    if cookie and response.status_code < 400 and (_ends() or _is_replaced(response, cookie)):
        for told in current_app.extensions[LISTENERS]:
            told(session_id_of(cookie))
    return response


def _ends() -> bool:
    return request.method == "POST" and request.path in _ENDING


def _is_replaced(response: Response, cookie: str) -> bool:
    """Whether the browser gets another session in the place of this one: somebody signed in."""
    name = current_kit().session_cookie
    given = [parse_cookie(line.partition(";")[0]) for line in response.headers.getlist("Set-Cookie")]
    return any(one.get(name, cookie) != cookie for one in given)
