"""Errors of OpenID4VP 1.0 (section 8.5): those a wallet sends to a verifier, and those each side keeps."""

from __future__ import annotations

from typing import Final

from standards.errors import InvalidInputError
from standards.oauth.errors import OAuthError

ERROR_CODES: Final = frozenset(
    {
        "invalid_scope",
        "invalid_request",
        "invalid_client",
        "access_denied",
        "vp_formats_not_supported",
        "invalid_request_uri_method",
        "invalid_transaction_data",
        "wallet_unavailable",
        "server_error",
        "temporarily_unavailable",
        "unauthorized_client",
        "unsupported_response_type",
    }
)
"""Values of ``error`` that a wallet may answer with (section 8.5 and RFC 6749 section 4.1.2.1)."""


class PresentationError(OAuthError, InvalidInputError):
    """Root of the errors of a presentation request, as a wallet answers them."""


class InvalidPresentationRequestError(PresentationError):
    """The request is malformed, altered, or signed in a way that its client id does not allow."""

    error = "invalid_request"
    code = "openid4vp-invalid-request"


class InvalidVerifierError(PresentationError):
    """The client id prefix is not supported, or the verifier's key does not belong to the client id."""

    error = "invalid_client"
    code = "openid4vp-invalid-client"


class FormatsNotSupportedError(PresentationError):
    """The wallet speaks none of the formats or encryption methods that the verifier accepts."""

    error = "vp_formats_not_supported"
    code = "openid4vp-formats-not-supported"


class InvalidRequestUriMethodError(PresentationError):
    """``request_uri_method`` is neither get nor post."""

    error = "invalid_request_uri_method"
    code = "openid4vp-invalid-request-uri-method"


class InvalidTransactionDataError(PresentationError):
    """``transaction_data`` of an unknown type, malformed, or for credentials that are not asked for."""

    error = "invalid_transaction_data"
    code = "openid4vp-invalid-transaction-data"


class InvalidAuthorizationResponseError(InvalidInputError):
    """What came to the response address is not an authorisation response to this request."""

    code = "openid4vp-invalid-response"
