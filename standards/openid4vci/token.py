"""Token request and response of the pre-authorised code flow (OpenID4VCI 1.0 section 6)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from standards.errors import InvalidInputError
from standards.json_reader import Reader
from standards.oauth.authorization_server import PRE_AUTHORIZED_CODE
from standards.oauth.errors import InvalidRequestError, UnsupportedGrantTypeError
from standards.openid4vci.authorization_details import (
    TYPE,
    AuthorizationDetail,
    parse_authorization_details,
)

MAX_VALUE_CHARS: Final = 2_048
"""Longest value of a token request parameter."""


@dataclass(frozen=True, slots=True)
class TokenRequest:
    """A token request for a pre-authorised code, not yet known to be good (section 6.1).

    Attributes:
        pre_authorized_code: the code of the offer.
        tx_code: what the person typed, or ``None``.
        client_id: the wallet's identifier, or ``None`` when it stays anonymous.
    """

    pre_authorized_code: str
    tx_code: str | None = None
    client_id: str | None = None

    def to_form(self) -> dict[str, str]:
        """Form parameters of the request."""
        form = {"grant_type": PRE_AUTHORIZED_CODE, "pre-authorized_code": self.pre_authorized_code}
        if self.tx_code is not None:
            form["tx_code"] = self.tx_code
        if self.client_id is not None:
            form["client_id"] = self.client_id
        return form


@dataclass(frozen=True, slots=True)
class TokenResponse:
    """A successful answer (section 6.2); it never carries a c_nonce, which has an endpoint of its own.

    Attributes:
        access_token: opaque to the wallet.
        token_type: ``DPoP`` or ``Bearer``.
        expires_in: seconds.
        refresh_token: to get further copies with later (``refresh``), or ``None``.
        scope: what was granted where it differs from what was asked, or ``None``.
        authorization_details: what was granted by configuration, with the identifiers of the credentials.
    """

    access_token: str
    token_type: str
    expires_in: int
    refresh_token: str | None = None
    scope: str | None = None
    authorization_details: tuple[AuthorizationDetail, ...] = ()

    def to_json(self) -> dict[str, Any]:
        """The answer's body."""
        body: dict[str, Any] = {
            "access_token": self.access_token,
            "token_type": self.token_type,
            "expires_in": self.expires_in,
        }
        if self.refresh_token is not None:
            body["refresh_token"] = self.refresh_token
        if self.scope is not None:
            body["scope"] = self.scope
        if self.authorization_details:
            body["authorization_details"] = [detail.to_json() for detail in self.authorization_details]
        return body


class InvalidTokenResponseError(InvalidInputError):
    """A token endpoint answered with something else than a token response."""

    code = "openid4vci-invalid-token-response"


def parse_token_request(form: Mapping[str, list[str]]) -> TokenRequest:
    """Read the form of a token request; unknown parameters are left aside (RFC 6749 section 3.2).

    Args:
        form: every parameter with all its values.

    Raises:
        InvalidRequestError: a parameter is missing, repeated or too long.
        UnsupportedGrantTypeError: another grant type.
    """
    grant_type = _single(form, "grant_type")
    if grant_type is None:
        raise _missing("grant_type")
    if grant_type != PRE_AUTHORIZED_CODE:
        raise UnsupportedGrantTypeError(
            "此处只支持预授权码。", "Only the pre-authorised code grant is offered here.", where="grant_type"
        )
    code = _single(form, "pre-authorized_code")
    if code is None:
        raise _missing("pre-authorized_code")
    return TokenRequest(code, _single(form, "tx_code"), _single(form, "client_id"))


def parse_token_response(document: Any) -> TokenResponse:
    """Read a token response (section 6.2, RFC 6749 section 5.1).

    Raises:
        InvalidTokenResponseError: a member is missing or malformed, or the token type is unknown.
    """
    reader = Reader(document, error=InvalidTokenResponseError)
    kinds = {"dpop": "DPoP", "bearer": "Bearer"}
    token_type = kinds.get(reader.text("token_type", max_chars=50).lower())
    if token_type is None:
        raise reader.fail("token_type", "不认识此令牌类型。", "The token type is unknown.")
    return TokenResponse(
        access_token=reader.text("access_token", max_chars=8_192),
        token_type=token_type,
        expires_in=reader.optional_integer("expires_in", minimum=0, maximum=10**9) or 0,
        refresh_token=reader.optional_text("refresh_token", max_chars=8_192),
        scope=reader.optional_text("scope", max_chars=8_192, min_chars=0) or None,
        authorization_details=_details(reader),
    )


def _details(reader: Reader) -> tuple[AuthorizationDetail, ...]:
    """Those of our type; a server may grant others beside them (RFC 9396 section 7)."""
    given = reader.optional_list("authorization_details", max_items=200) or []
    ours = [one for one in given if isinstance(one, dict) and one.get("type") == TYPE]
    return parse_authorization_details(ours, error=InvalidTokenResponseError)


def _single(form: Mapping[str, list[str]], name: str) -> str | None:
    values = form.get(name, [])
    if len(values) > 1:
        raise InvalidRequestError("参数重复。", "A parameter is repeated.", where=name)
    # A parameter without a value counts as left out (RFC 6749 section 3.2).
    value = values[0] if values else ""
    if len(value) > MAX_VALUE_CHARS:
        raise InvalidRequestError("参数过长。", "A parameter is too long.", where=name)
    return value or None


def _missing(name: str) -> InvalidRequestError:
    return InvalidRequestError(f"缺少参数 {name}。", f"The parameter {name} is missing.", where=name)
