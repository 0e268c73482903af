"""How the protocol endpoints fail: the one table from OAuth's and OpenID4VCI's errors to HTTP.

RFC 6749 section 5.2, RFC 6750 section 3, RFC 9449 section 7.1, OpenID4VCI 1.0 sections 6.3, 8.3.1 and 11.3.
"""

from __future__ import annotations

import orjson
from flask import Blueprint, Response, request
from pymongo.errors import ConnectionFailure

from issuer.issuance.errors import (
    AuthorityCannotIssueError,
    CredentialIssuerNotFoundError,
    RefreshBusyError,
    RefreshTooOftenError,
)
from service.web.protocol_errors import ProtocolAnswer, ProtocolErrorTable, answer_as_oauth, oauth_response
from standards.errors import InvalidInputError
from standards.oauth import (
    InsufficientScopeError,
    InvalidClientError,
    InvalidDpopProofError,
    InvalidTokenError,
    OAuthError,
    build_www_authenticate,
)

OTHER_ERRORS: ProtocolErrorTable = {
    CredentialIssuerNotFoundError: ProtocolAnswer(404, "invalid_request"),
    AuthorityCannotIssueError: ProtocolAnswer(400, "invalid_request"),
    RefreshBusyError: ProtocolAnswer(503, "temporarily_unavailable", {"Retry-After": "5"}),
    # RFC 6585 section 4; the code is RFC 8628's, the nearest that OAuth has.
    RefreshTooOftenError: ProtocolAnswer(429, "slow_down", {"Retry-After": "3600"}),
    InvalidInputError: ProtocolAnswer(400, "invalid_request"),
}
"""Errors of ours that a protocol endpoint can meet and that OAuth has no value for."""

_STATUS: dict[type[OAuthError], int] = {
    InvalidTokenError: 401,
    InvalidClientError: 401,
    InsufficientScopeError: 403,
}


def install_protocol_errors(blueprint: Blueprint) -> None:
    """Let the views of ``blueprint`` fail as their standards say."""
    answer_as_oauth(blueprint, OTHER_ERRORS)
    blueprint.register_error_handler(OAuthError, answer_oauth_error)
    blueprint.register_error_handler(ConnectionFailure, answer_store_away)


def answer_oauth_error(error: OAuthError) -> Response:
    """The error object; what concerns the token also goes into ``WWW-Authenticate``."""
    at_resource = "Authorization" in request.headers or isinstance(error, InvalidTokenError)
    concerns_token = isinstance(error, InvalidTokenError | InsufficientScopeError | InvalidDpopProofError)
    status = next((_STATUS[kind] for kind in type(error).__mro__ if kind in _STATUS), 400)
    if isinstance(error, InvalidDpopProofError) and at_resource:
        status = 401
    response = Response(orjson.dumps(error.to_json()), status, mimetype="application/json")
    response.headers["Cache-Control"] = "no-store"
    if concerns_token and at_resource:
        for challenge in _challenges(error):
            response.headers.add("WWW-Authenticate", challenge)
    return response


def answer_store_away(_error: ConnectionFailure) -> Response:
    """The store was lost in the middle of a request: the wallet may try again."""
    answer = ProtocolAnswer(503, "temporarily_unavailable", {"Retry-After": "5"})
    return oauth_response(answer, "The store does not answer at the moment.")


def _challenges(error: OAuthError) -> list[str]:
    header = request.headers.get("Authorization")
    if header is None:
        # Without credentials the client only learns how it could present some (RFC 6750 section 3.1).
        return [build_www_authenticate("DPoP", None), build_www_authenticate("Bearer", None)]
    scheme = header.partition(" ")[0].lower()
    return [build_www_authenticate("Bearer" if scheme == "bearer" else "DPoP", error)]
