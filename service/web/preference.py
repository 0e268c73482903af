"""A choice of the reader that needs no account: by the address once, then kept in a cookie of a year."""

from __future__ import annotations

from dataclasses import dataclass

from flask import Response, request

from service.web.kit import current_kit

LIFETIME_SECONDS = 365 * 24 * 3600


@dataclass(frozen=True, slots=True)
class Preference:
    """One such choice.

    Attributes:
        parameter: name in the query, ``?lang=en``.
        cookie: name of the cookie.
        choices: the values there are; anything else is as if nothing had been said.
    """

    parameter: str
    cookie: str
    choices: tuple[str, ...]

    def chosen(self) -> str | None:
        """What this request's query says, else what its cookie says, else ``None``."""
        for wish in (request.args.get(self.parameter), request.cookies.get(self.cookie)):
            if wish in self.choices:
                return wish
        return None

    def remember(self, response: Response) -> None:
        """Keep what the query says, unless the cookie says it already."""
        wish = request.args.get(self.parameter)
        if wish in self.choices and wish != request.cookies.get(self.cookie):
            response.set_cookie(
                self.cookie,
                wish,
                max_age=LIFETIME_SECONDS,
                secure=current_kit().over_https,
                samesite="Lax",
                httponly=True,
                path="/",
            )
