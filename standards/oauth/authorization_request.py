"""The authorisation request and its answer: RFC 6749 section 4.1, pushed (RFC 9126), with PKCE (RFC 7636), the answer
with the server's name (RFC 9207).

A request is pushed and then named by its ``request_uri``; nothing of it travels through the browser. HAIP 1.0 section
4.2 asks for exactly this.
"""

from __future__ import annotations

import hmac
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final
from urllib.parse import urlencode, urlsplit

import orjson

from standards.errors import InvalidInputError
from standards.json_reader import Reader, parse_json
from standards.oauth.errors import (
    InvalidAuthorizationDetailsError,
    InvalidRequestError,
    UnsupportedResponseTypeError,
    description,
)
from standards.oauth.pkce import METHOD, parse_code_challenge

REQUEST_URI_PREFIX: Final = "urn:ietf:params:oauth:request_uri:"
"""How a ``request_uri`` of a pushed request begins (RFC 9126 section 2.2)."""

RESPONSE_TYPE: Final = "code"
"""The only ``response_type`` spoken here."""

AUTHORIZATION_CODE: Final = "authorization_code"
"""Grant type of RFC 6749 section 4.1.3."""

_MAX_VALUE_CHARS: Final = 2_048
_MAX_DETAILS_CHARS: Final = 16_384
_MAX_DETAILS: Final = 100


class InvalidAuthorizationResponseError(InvalidInputError):
    """What came back through the browser is not the answer to the request that was sent."""

    code = "oauth-invalid-authorization-response"


@dataclass(frozen=True, slots=True)
class AuthorizationRequest:
    """What a wallet asks an authorisation server for; nothing in it is known to be good.

    Attributes:
        client_id: the client's identifier.
        redirect_uri: where the browser goes afterwards.
        state: echoed in the answer; ties it to the browser that asked.
        code_challenge: S256 (:mod:`standards.oauth.pkce`).
        scope: scope values separated by spaces, or ``None``.
        authorization_details: raw RFC 9396 objects; their types are others' business.
        issuer_state: of a credential offer (OpenID4VCI 1.0 section 5.1.3), or ``None``.
    """

    client_id: str
    redirect_uri: str
    state: str
    code_challenge: str
    scope: str | None = None
    authorization_details: tuple[Mapping[str, Any], ...] = ()
    issuer_state: str | None = None

    def to_form(self) -> dict[str, str]:
        """Form parameters of the pushed request."""
        form = {
            "response_type": RESPONSE_TYPE,
            "client_id": self.client_id,
            "redirect_uri": self.redirect_uri,
            "state": self.state,
            "code_challenge": self.code_challenge,
            "code_challenge_method": METHOD,
        }
        if self.scope is not None:
            form["scope"] = self.scope
        if self.authorization_details:
            details = [dict(detail) for detail in self.authorization_details]
            form["authorization_details"] = orjson.dumps(details).decode()
        if self.issuer_state is not None:
            form["issuer_state"] = self.issuer_state
        return form

    @property
    def scopes(self) -> tuple[str, ...]:
        """The scope values, in order, each once."""
        return tuple(dict.fromkeys((self.scope or "").split()))


def parse_authorization_request(form: Mapping[str, Sequence[str]]) -> AuthorizationRequest:
    """Read a pushed authorisation request; unknown parameters are left aside (RFC 6749 section 3.1).

    Args:
        form: every parameter with all its values.

    Raises:
        InvalidRequestError: a parameter is missing, repeated, too long, or PKCE is not by S256; a ``request_uri`` in a
            pushed request too (RFC 9126 section 2.1).
        UnsupportedResponseTypeError: another response type than ``code``.
        InvalidAuthorizationDetailsError: ``authorization_details`` is no array of objects with a type.
    """
    if form.get("request_uri"):
        raise InvalidRequestError(
            "推送的请求不得再引用请求。", "A pushed request names no other request.", where="request_uri"
        )
    response_type = _required(form, "response_type")
    if response_type != RESPONSE_TYPE:
        raise UnsupportedResponseTypeError(
            "此处只支持授权码。", "Only the response type code is offered here.", where="response_type"
        )
    return AuthorizationRequest(
        client_id=_required(form, "client_id"),
        redirect_uri=_required(form, "redirect_uri"),
        state=_required(form, "state"),
        code_challenge=parse_code_challenge(
            _required(form, "code_challenge"), _single(form, "code_challenge_method")
        ),
        scope=_single(form, "scope"),
        authorization_details=_details(form),
        issuer_state=_single(form, "issuer_state"),
    )


@dataclass(frozen=True, slots=True)
class PushedRequest:
    """The answer to a pushed request (RFC 9126 section 2.2).

    Attributes:
        request_uri: good for one authorisation.
        expires_in: seconds.
    """

    request_uri: str
    expires_in: int

    def to_json(self) -> dict[str, Any]:
        """Body of the answer, sent with status 201."""
        return {"request_uri": self.request_uri, "expires_in": self.expires_in}


def parse_pushed_response(document: Any) -> PushedRequest:
    """Read the answer to a pushed request.

    Raises:
        InvalidAuthorizationResponseError: a member is missing or malformed.
    """
    reader = Reader(document, error=InvalidAuthorizationResponseError)
    return PushedRequest(
        reader.text("request_uri", max_chars=_MAX_VALUE_CHARS),
        reader.integer("expires_in", minimum=1, maximum=86_400),
    )


def build_authorization_url(endpoint: str, *, client_id: str, request_uri: str) -> str:
    """Where the browser goes to have a pushed request authorised (RFC 9126 section 4)."""
    return with_query(endpoint, {"client_id": client_id, "request_uri": request_uri})


@dataclass(frozen=True, slots=True)
class AuthorizationResponse:
    """What comes back through the browser: a code or an error, never both (RFC 6749 sections 4.1.2 and 4.1.2.1).

    Attributes:
        state: of the request.
        issuer: identifier of the server that answers (RFC 9207), or ``None`` where it does not say.
        code: the authorisation code, or ``None``.
        error: the error code, or ``None``.
        error_description: for developers; ASCII, or ``None``.
    """

    state: str
    issuer: str | None
    code: str | None = field(default=None, repr=False)
    error: str | None = None
    error_description: str | None = None


def build_authorization_response_url(redirect_uri: str, response: AuthorizationResponse) -> str:
    """Where the server sends the browser back to, with ``iss`` (RFC 9207 section 2)."""
    told = None if response.error_description is None else description(response.error_description)
    parameters = {
        "code": response.code,
        "error": response.error,
        "error_description": told,
        "state": response.state,
        "iss": response.issuer,
    }
    present = {name: value for name, value in parameters.items() if value is not None}
    return with_query(redirect_uri, present)


def parse_authorization_response(
    parameters: Mapping[str, Sequence[str]],
    *,
    expected_state: str,
    expected_issuer: str,
    issuer_required: bool = True,
) -> AuthorizationResponse:
    """Read what came back through the browser, against the request that this browser started.

    Args:
        parameters: every query parameter with all its values.
        expected_state: of the request.
        expected_issuer: identifier of the server that was asked.
        issuer_required: whether the server announced ``iss`` (``authorization_response_iss_parameter_supported``);
            one that came is compared in any case (RFC 9207 section 2.4: the answer of another server is refused).

    Raises:
        InvalidAuthorizationResponseError: of another request or another server, repeated parameters, both or neither
            of code and error.
    """
    state = _answered(parameters, "state") or ""
    if not hmac.compare_digest(state.encode(), expected_state.encode()):
        raise _not_ours("state", "此应答不属于您发起的请求。", "The answer belongs to another request.")
    issuer = _answered(parameters, "iss")
    if issuer is None and issuer_required:
        raise _not_ours("iss", "应答没有写明授权服务器。", "The answer does not say which server it is from.")
    if issuer is not None and issuer != expected_issuer:
        raise _not_ours("iss", "应答来自另一个授权服务器。", "The answer is from another server.")
    code, error = _answered(parameters, "code"), _answered(parameters, "error")
    if (code is None) == (error is None):
        raise _not_ours("code", "应答须且只须含授权码或错误之一。", "The answer holds one of code and error.")
    return AuthorizationResponse(state, issuer, code, error, _answered(parameters, "error_description"))


def with_query(url: str, parameters: Mapping[str, str]) -> str:
    """``url`` with further query parameters; what it has stays (RFC 6749 sections 3.1 and 3.1.2)."""
    separator = "&" if urlsplit(url).query else "?"
    return f"{url}{separator}{urlencode(parameters)}"


def _answered(parameters: Mapping[str, Sequence[str]], name: str) -> str | None:
    values = parameters.get(name, [])
    if len(values) > 1 or any(len(value) > _MAX_VALUE_CHARS for value in values):
        raise _not_ours(name, "参数重复或过长。", "A parameter is repeated or too long.")
    return values[0] or None if values else None


def _not_ours(name: str, zh: str, en: str) -> InvalidAuthorizationResponseError:
    return InvalidAuthorizationResponseError(zh, en, where=name)


def _details(form: Mapping[str, Sequence[str]]) -> tuple[Mapping[str, Any], ...]:
    text = _single(form, "authorization_details", max_chars=_MAX_DETAILS_CHARS)
    if text is None:
        return ()
    value = parse_json(text, error=InvalidAuthorizationDetailsError)
    if (
        not isinstance(value, list)
        or not 0 < len(value) <= _MAX_DETAILS
        or not all(isinstance(one, dict) and isinstance(one.get("type"), str) for one in value)
    ):
        raise InvalidAuthorizationDetailsError(
            "authorization_details 须为带 type 的对象数组。",
            "The authorization_details are not an array of objects with a type.",
            where="authorization_details",
        )
    return tuple(value)


def _required(form: Mapping[str, Sequence[str]], name: str) -> str:
    value = _single(form, name)
    if value is None:
        raise InvalidRequestError(f"缺少参数 {name}。", f"The parameter {name} is missing.", where=name)
    return value


def _single(form: Mapping[str, Sequence[str]], name: str, *, max_chars: int = _MAX_VALUE_CHARS) -> str | None:
    values = form.get(name, [])
    if len(values) > 1:
        raise InvalidRequestError("参数重复。", "A parameter is repeated.", where=name)
    value = values[0] if values else ""
    if len(value) > max_chars:
        raise InvalidRequestError("参数过长。", "A parameter is too long.", where=name)
    return value or None
