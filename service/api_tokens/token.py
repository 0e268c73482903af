"""A token of one authority for one service: a JWT (RFC 7519) under a key that never leaves the node.

Signer and verifier are the same node, so HMAC-SHA256 (RFC 7518 §3.2) fits: 20 µs, no certificate, nothing stored. The
key is derived from the master key for each service apart, so that a verifier's token cannot even be checked by an
issuer. Tokens are short-lived instead of revocable; the end of a change of the master key ends those from before it.
"""

from __future__ import annotations

import re
import secrets
from collections import OrderedDict
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from threading import Lock
from typing import TYPE_CHECKING, Any

import jwt

from service.api_tokens.errors import ApiTokenError
from service.clock import Clock
from service.settings import ServiceName
from standards.text import Text

if TYPE_CHECKING:
    from keys.master_key import MasterKey

DEFAULT_LIFETIME = timedelta(hours=12)
"""A working day: a system asks for a new token each morning."""

LONGEST_LIFETIME = timedelta(days=90)
"""A token cannot be revoked one by one, so none outlives a quarter."""

_MAX_CHARS = 2048
_CACHED_TOKENS = 1024
_AUTHORITY = re.compile(r"[0-9A-HJ-NPQRTUWXY]{18}", re.ASCII)  # GB 32100: 18 characters, no I, O, S, V, Z


@dataclass(frozen=True, slots=True)
class ApiCaller:
    """The department whose system calls. Made only by :meth:`ApiTokenVerifier.verify`."""

    authority: str
    """USCC of the authority for which the system acts."""
    system: str
    """Name of the system, for logs and audit."""
    expires_at: datetime
    """Aware, UTC."""


def mint(
    master: MasterKey,
    service: ServiceName,
    authority: str,
    *,
    at: datetime,
    lifetime: timedelta = DEFAULT_LIFETIME,
    system: str = "department",
) -> str:
    """Make a token.

    Args:
        master: of the node whose service will be called.
        service: the only service that accepts it.
        authority: USCC of the department.
        at: now, aware UTC.
        lifetime: at most :data:`LONGEST_LIFETIME`.
        system: name of the calling system, at most 60 printable characters.

    Raises:
        ApiTokenError: authority, lifetime or system cannot stand in a token.
    """
    if not _AUTHORITY.fullmatch(authority):
        raise ApiTokenError(
            "机构应以 18 位统一社会信用代码表示。",
            "An authority is named by its unified social credit code of 18 characters.",
            where="authority",
        )
    if not timedelta(0) < lifetime <= LONGEST_LIFETIME:
        raise ApiTokenError(
            f"有效期应大于零，且不超过 {LONGEST_LIFETIME.days} 天。",
            f"The lifetime must be above zero and at most {LONGEST_LIFETIME.days} days.",
            where="lifetime",
        )
    if not 0 < len(system) <= 60 or not system.isprintable():
        raise ApiTokenError(
            "系统名称应为 1 到 60 个字符。", "A system's name has 1 to 60 characters.", where="system"
        )
    return jwt.encode(
        {
            "aud": _audience(service),
            "sub": authority,
            "azp": system,
            "iat": int(at.timestamp()),
            "exp": int((at + lifetime).timestamp()),
            "jti": secrets.token_urlsafe(9),
        },
        master.derive(_purpose(service)),
        algorithm="HS256",
    )


class ApiTokenVerifier:
    """Checks tokens for one service. Recently accepted ones are remembered, because a system sends the same again."""

    def __init__(self, master: MasterKey, service: ServiceName, clock: Clock) -> None:
        # While the master key changes, tokens that were made before or after both count.
        self._keys = master.derived(_purpose(service))
        self._audience = _audience(service)
        self._clock = clock
        self._accepted: OrderedDict[str, ApiCaller] = OrderedDict()
        self._lock = Lock()

    def verify(self, token: str) -> ApiCaller:
        """Who calls.

        Raises:
            ApiTokenError: not signed by this node, for another service, malformed or expired. The words do not say
                which of them it was, except for expiry, which the holder can mend alone.
        """
        now = self._clock.now()
        caller = self._accepted.get(token)
        if caller is None:
            caller = self._read(token)
            if now < caller.expires_at:
                self._remember(token, caller)
        if now >= caller.expires_at:
            raise ApiTokenError(
                "访问令牌已过期。",
                "The access token has expired.",
                next_step=Text("请重新获取令牌（elicence token）。", "Get a new one with `elicence token`."),
            )
        return caller

    def _read(self, token: str) -> ApiCaller:
        if len(token) > _MAX_CHARS:
            raise _not_ours()
        try:
            claims = self._claims(token)
            return ApiCaller(
                authority=str(claims["sub"]),
                system=str(claims["azp"]),
                expires_at=datetime.fromtimestamp(int(claims["exp"]), UTC),
            )
        except (jwt.InvalidTokenError, ValueError, OverflowError, OSError, TypeError) as error:
            raise _not_ours() from error

    def _claims(self, token: str) -> dict[str, Any]:
        for key in self._keys[:-1]:
            with suppress(jwt.InvalidSignatureError):
                return self._claims_under(key, token)
        return self._claims_under(self._keys[-1], token)

    def _claims_under(self, key: bytes, token: str) -> dict[str, Any]:
        claims: dict[str, Any] = jwt.decode(
            token,
            key,
            algorithms=["HS256"],
            audience=self._audience,
            # Expiry is checked in verify() against the injected clock, for remembered tokens too.
            options={"require": ["aud", "sub", "exp", "azp"], "verify_exp": False, "verify_iat": False},
        )
        return claims

    def _remember(self, token: str, caller: ApiCaller) -> None:
        with self._lock:
            self._accepted[token] = caller
            while len(self._accepted) > _CACHED_TOKENS:
                self._accepted.popitem(last=False)


def _not_ours() -> ApiTokenError:
    return ApiTokenError(
        "访问令牌无效。",
        "The access token is not valid here.",
        next_step=Text(
            "请为本服务获取令牌（elicence token）。", "Get one for this service with `elicence token`."
        ),
    )


def _audience(service: ServiceName) -> str:
    return f"urn:elicence:{service}:api"


def _purpose(service: ServiceName) -> str:
    return f"api-tokens:{service}"
