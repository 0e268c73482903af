"""Endpoints of OAuth and OpenID4VC fail in their own form: ``{"error", "error_description"}`` (RFC 6749 §5.2)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

import orjson
import structlog
from flask import Blueprint, Response, g
from werkzeug.exceptions import HTTPException

from standards.errors import ElicenceError

_log = structlog.get_logger("elicence.web")


class ProtocolAnswer(NamedTuple):
    """How an error class leaves an endpoint of a protocol."""

    status: int
    error: str
    """The registered error code, for example ``invalid_grant``."""
    headers: Mapping[str, str] = {}
    """Extra headers, for example ``WWW-Authenticate``."""


ProtocolErrorTable = Mapping[type[ElicenceError], ProtocolAnswer]


def answer_as_oauth(
    blueprint: Blueprint, table: ProtocolErrorTable, *, fallback: str = "invalid_request"
) -> None:
    """Mark a blueprint: what its views raise is answered as RFC 6749 §5.2 says, not as a problem.

    Args:
        blueprint: its views are endpoints of OAuth, OpenID4VCI or OpenID4VP.
        table: error class → answer; a row covers the classes beneath it.
        fallback: error code for malformed HTTP (a body too large, a wrong content type).
    """

    def answer_ours(error: ElicenceError) -> Response:
        for ancestor in type(error).__mro__:
            row = table.get(ancestor)
            if row is not None:
                return oauth_response(row, str(error))
        return answer_unexpected(error)

    def answer_http(error: HTTPException) -> Response:
        status = error.code or 500
        if status >= 500:
            return answer_unexpected(error)
        return oauth_response(ProtocolAnswer(status, fallback), error.name)

    def answer_unexpected(error: Exception) -> Response:
        _log.error("unexpected", request_id=g.get("request_id"), exc_info=error)
        return oauth_response(ProtocolAnswer(500, "server_error"), "Unexpected; quote the request id.")

    blueprint.register_error_handler(ElicenceError, answer_ours)
    blueprint.register_error_handler(HTTPException, answer_http)
    blueprint.register_error_handler(Exception, answer_unexpected)


def oauth_response(answer: ProtocolAnswer, description: str) -> Response:
    """The JSON body of RFC 6749 §5.2; ``error_description`` is ASCII there, so the English sentence."""
    body = {"error": answer.error, "error_description": description}
    response = Response(orjson.dumps(body), answer.status, mimetype="application/json")
    response.headers["Cache-Control"] = "no-store"
    response.headers.extend(dict(answer.headers))
    return response
