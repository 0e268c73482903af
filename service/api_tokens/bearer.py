"""The hook that lets only systems with a token into a management interface."""

from __future__ import annotations

from collections.abc import Callable

from flask import g, request

from service.api_tokens.errors import MissingApiTokenError
from service.api_tokens.token import ApiTokenVerifier
from standards.text import Text

_SCHEME = "bearer "


def require_api_caller(verifier: Callable[[], ApiTokenVerifier]) -> Callable[[], None]:
    """A ``before_request`` hook for a blueprint: afterwards ``flask.g.caller`` is the :class:`ApiCaller`.

    Args:
        verifier: finds the verifier of the running application, for example
            ``lambda: current_node().api_tokens``.

    Raises (inside the hook):
        MissingApiTokenError: no ``Authorization: Bearer`` header (RFC 6750 §2.1); tokens in a query are not read.
        ApiTokenError: the token is refused.
    """

    def check() -> None:
        header = request.headers.get("Authorization", "")
        # Schemes are case-insensitive (RFC 9110 §11.1).
        if header[: len(_SCHEME)].lower() != _SCHEME:
            raise MissingApiTokenError(
                "请求缺少访问令牌。",
                "The request carries no access token.",
                where="Authorization",
                next_step=Text(
                    "请在请求头中加入 Authorization: Bearer <令牌>。",
                    "Send the header Authorization: Bearer <token>.",
                ),
            )
        g.caller = verifier().verify(header[len(_SCHEME) :].strip())

    return check
