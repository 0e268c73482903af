"""Who is at the keyboard: asked lazily, because most requests never need to know."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import ParamSpec, TypeVar, cast

from flask import current_app, g, request

from service.web.csrf import is_machine_request
from service.web.errors import SignInRequiredError
from service.web.kit import current_kit
from service.web.sign_in.desk import SignInDesk
from service.web.sign_in.person import Person
from service.web.sign_in.session import Session

P = ParamSpec("P")
R = TypeVar("R")


def current_desk() -> SignInDesk:
    """The sign-in desk of the application."""
    return cast("SignInDesk", current_app.extensions["elicence.sign_in"])


def current_person() -> Person | None:
    """The signed-in person, or ``None``; read from the store once per request (template global)."""
    if "person" not in g:
        session = find_session()
        g.person = session.person if session else None
    return cast("Person | None", g.person)


def find_session() -> Session | None:
    """The session of this request's cookie, or ``None``; read from the store once per request."""
    if "session_found" not in g:
        token = request.cookies.get(current_kit().session_cookie)
        g.session_found = None if not token or is_machine_request() else current_desk().live_session(token)
    return cast("Session | None", g.session_found)


def current_session() -> Session:
    """The session of the signed-in person.

    Raises:
        SignInRequiredError: nobody is signed in.
    """
    session = find_session()
    if session is None:
        raise SignInRequiredError
    return session


def require_person() -> Person:
    """The signed-in person.

    Raises:
        SignInRequiredError: nobody is; a page leads to the sign-in page, an API answers 401.
    """
    person = current_person()
    if person is None:
        raise SignInRequiredError
    return person


def signed_in(view: Callable[P, R]) -> Callable[P, R]:
    """Decorator: the view is only for a signed-in person (page: to sign-in and back; API: 401)."""

    @wraps(view)
    def guarded(*args: P.args, **kwargs: P.kwargs) -> R:
        require_person()
        return view(*args, **kwargs)

    return guarded
