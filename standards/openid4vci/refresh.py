"""Refreshing what was issued (OpenID4VCI 1.0 section 14.5): the refresh token grant of RFC 6749 section 6.

A refresh token of a wallet, a public client, is bound to the DPoP key of the token request that it came with (RFC 9449
section 5), and is exchanged for another with every use (RFC 9700 section 4.14.2).

An answer of ours carries one member more than the standards name, :data:`MEMBER`: where the licence stands. So a wallet
can tell the person why nothing came, and need not ask for copies that it would not get. Others leave it aside.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from standards.errors import InvalidInputError
from standards.json_reader import Reader
from standards.oauth.errors import InvalidGrantError, InvalidRequestError, UnsupportedGrantTypeError

REFRESH_TOKEN: Final = "refresh_token"
"""Grant type of RFC 6749 section 6, and the parameter that carries the token."""

MEMBER: Final = "elicence_licence"
"""Member of token responses and of refusals of the grant, in which :class:`LicenceNews` travel."""

VALID: Final = "valid"
"""The state in which copies are issued."""

_MAX_TOKEN_CHARS: Final = 2_048


@dataclass(frozen=True, slots=True)
class RefreshRequest:
    """A token request with a refresh token, not yet known to be good."""

    refresh_token: str

    def __repr__(self) -> str:
        """Without the token."""
        return "RefreshRequest()"

    def to_form(self) -> dict[str, str]:
        """Form parameters of the request."""
        return {"grant_type": REFRESH_TOKEN, REFRESH_TOKEN: self.refresh_token}


@dataclass(frozen=True, slots=True)
class LicenceNews:
    """Where a licence stands, as its issuer tells the wallet that keeps copies of it.

    Attributes:
        state: ``valid``, or the class of the reason why not: a state of the library, or ``holder_changed``.
        identifier: of the version in force, or of the last one; ``None`` when it is not for this holder to know.
        configuration_id: the credential configuration to ask for; ``None`` when nothing is issued now.
    """

    state: str
    identifier: str | None = None
    configuration_id: str | None = None

    def to_json(self) -> dict[str, Any]:
        """The member's value."""
        return {
            "state": self.state,
            **({} if self.identifier is None else {"licence_identifier": self.identifier}),
            **(
                {}
                if self.configuration_id is None
                else {"credential_configuration_id": self.configuration_id}
            ),
        }


class RefreshRefusedError(InvalidGrantError):
    """The refresh token is worth nothing (any more): unknown, used before, expired, or the licence has ended.

    Attributes:
        news: where the licence stands; only for whoever proved the key.
    """

    code = "oauth-refresh-refused"

    def __init__(self, zh: str, en: str, news: LicenceNews | None = None) -> None:
        super().__init__(zh, en, where=REFRESH_TOKEN)
        self.news = news

    def to_json(self) -> dict[str, Any]:
        """The error answer, with a member of ours when there are news."""
        return super().to_json() | ({} if self.news is None else {MEMBER: self.news.to_json()})


def parse_refresh_request(form: Mapping[str, list[str]]) -> RefreshRequest:
    """Read the form of a refresh request; unknown parameters, ``scope`` among them, are left aside.

    Args:
        form: every parameter with all its values.

    Raises:
        InvalidRequestError: the token is missing, repeated or too long.
        UnsupportedGrantTypeError: another grant type.
    """
    if form.get("grant_type") != [REFRESH_TOKEN]:
        raise UnsupportedGrantTypeError("不是更新请求。", "Not a refresh request.", where="grant_type")
    values = form.get(REFRESH_TOKEN, [])
    if len(values) != 1 or not values[0] or len(values[0]) > _MAX_TOKEN_CHARS:
        raise InvalidRequestError(
            "须提供一个更新令牌。", "One refresh token is required.", where=REFRESH_TOKEN
        )
    return RefreshRequest(values[0])


def parse_news(document: Any) -> LicenceNews | None:
    """Where the licence stands by a token response or its refusal; ``None`` when it does not say, or not readably."""
    try:
        reader = Reader(document)
        if MEMBER not in reader:
            return None
        news = reader.object(MEMBER)
        return LicenceNews(
            state=news.text("state", max_chars=60),
            identifier=news.optional_text("licence_identifier", max_chars=200),
            configuration_id=news.optional_text("credential_configuration_id", max_chars=200),
        )
    except InvalidInputError:
        return None
