"""Token request for an authorisation code (RFC 6749 section 4.1.3 with RFC 7636 section 4.5; OpenID4VCI 1.0 section 6)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final

from standards.oauth.authorization_request import AUTHORIZATION_CODE
from standards.oauth.errors import InvalidRequestError, UnsupportedGrantTypeError

_MAX_VALUE_CHARS: Final = 2_048


@dataclass(frozen=True, slots=True)
class CodeTokenRequest:
    """A token request for an authorisation code, not yet known to be good.

    Attributes:
        code: the authorisation code.
        redirect_uri: that of the authorisation request, word for word.
        code_verifier: whose challenge that request carried.
        client_id: the client's identifier; a client that authenticates itself may leave it out (RFC 6749 section 4.1.3).
    """

    code: str = field(repr=False)
    redirect_uri: str
    code_verifier: str = field(repr=False)
    client_id: str | None = None

    def to_form(self) -> dict[str, str]:
        """Form parameters of the request."""
        form = {
            "grant_type": AUTHORIZATION_CODE,
            "code": self.code,
            "redirect_uri": self.redirect_uri,
            "code_verifier": self.code_verifier,
        }
        return form if self.client_id is None else form | {"client_id": self.client_id}


def parse_code_token_request(form: Mapping[str, Sequence[str]]) -> CodeTokenRequest:
    """Read the form of such a request; unknown parameters are left aside (RFC 6749 section 3.2).

    Args:
        form: every parameter with all its values.

    Raises:
        InvalidRequestError: a parameter is missing, repeated or too long; PKCE is never optional here.
        UnsupportedGrantTypeError: another grant type.
    """
    if _required(form, "grant_type") != AUTHORIZATION_CODE:
        raise UnsupportedGrantTypeError("不是授权码请求。", "Not a request for a code.", where="grant_type")
    return CodeTokenRequest(
        code=_required(form, "code"),
        redirect_uri=_required(form, "redirect_uri"),
        code_verifier=_required(form, "code_verifier"),
        client_id=_optional(form, "client_id"),
    )


def _required(form: Mapping[str, Sequence[str]], name: str) -> str:
    value = _optional(form, name)
    if value is None:
        raise InvalidRequestError(f"缺少参数 {name}。", f"The parameter {name} is missing.", where=name)
    return value


def _optional(form: Mapping[str, Sequence[str]], name: str) -> str | None:
    values = form.get(name, [])
    if len(values) > 1:
        raise InvalidRequestError("参数重复。", "A parameter is repeated.", where=name)
    value = values[0] if values else ""
    if len(value) > _MAX_VALUE_CHARS:
        raise InvalidRequestError("参数过长。", "A parameter is too long.", where=name)
    return value or None
