"""How an access token is presented, and how a refusal is worded (RFC 6750 section 2.1 and 3, RFC 9449 section 7)."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Literal

from standards.oauth.errors import InvalidTokenError, OAuthError, description

Scheme = Literal["Bearer", "DPoP"]

_TOKEN68 = re.compile(r"[A-Za-z0-9._~+/-]{1,2048}=*")


@dataclass(frozen=True, slots=True)
class PresentedToken:
    """An access token as the client presented it: not yet known to be one of ours."""

    scheme: Scheme
    unverified_token: str


def parse_authorization(header: str | None) -> PresentedToken:
    """Read an ``Authorization`` header of scheme Bearer or DPoP (scheme names are case-insensitive, RFC 9110).

    Raises:
        InvalidTokenError: no header, another scheme, or no token68 after it.
    """
    if not header:
        raise InvalidTokenError(
            "请求未携带访问令牌。", "The request carries no access token.", where="Authorization"
        )
    name, _, token = header.partition(" ")
    schemes: dict[str, Scheme] = {"bearer": "Bearer", "dpop": "DPoP"}
    scheme = schemes.get(name.lower())
    if scheme is None or not _TOKEN68.fullmatch(token.strip(" ")):
        raise InvalidTokenError(
            "Authorization 须为 Bearer 或 DPoP 访问令牌。",
            "The Authorization header is not a Bearer or DPoP access token.",
            where="Authorization",
        )
    return PresentedToken(scheme, token.strip(" "))


def build_www_authenticate(scheme: Scheme, error: OAuthError | None) -> str:
    """The ``WWW-Authenticate`` value of a refusal; without an error when no credentials came (RFC 6750 section 3.1)."""
    parameters = [] if scheme == "Bearer" else ['algs="ES256"']
    if error is not None:
        told = f'error_description="{description(error.message.en)}"'
        parameters = [f'error="{error.error}"', told, *parameters]
    return f"{scheme} {', '.join(parameters)}".strip()
