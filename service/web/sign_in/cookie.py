"""The cookie that carries a session's secret."""

from __future__ import annotations

from werkzeug.wrappers import Response

from service.web.kit import current_kit
from service.web.sign_in.session import ABSOLUTE_LIFETIME


def set_session_cookie(response: Response, token: str) -> None:
    """Give the browser the secret of its new session."""
    kit = current_kit()
    response.set_cookie(
        kit.session_cookie,
        token,
        max_age=ABSOLUTE_LIFETIME,
        path="/",
        secure=kit.over_https,
        httponly=True,
        samesite="Lax",
    )
