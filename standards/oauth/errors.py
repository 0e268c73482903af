"""Errors of OAuth 2.0 and the values they have on the wire.

RFC 6749 sections 4.1.2.1 and 5.2, RFC 6750 section 3.1 (bearer tokens), RFC 9449 sections 7 and 12.2 (DPoP).
"""

from __future__ import annotations

from typing import Any, ClassVar

from standards.errors import ElicenceError, InvalidInputError


class OAuthError(ElicenceError):
    """An error with a value registered for the OAuth ``error`` parameter.

    Attributes:
        error: the value of the ``error`` parameter.
    """

    error: ClassVar[str] = "server_error"
    code = "oauth-server-error"

    def to_json(self) -> dict[str, Any]:
        """``{"error", "error_description"}`` (RFC 6749 section 5.2)."""
        return {"error": self.error, "error_description": description(self.message.en)}


class InvalidRequestError(OAuthError, InvalidInputError):
    """A parameter is missing, repeated or malformed (RFC 6749 section 5.2)."""

    error = "invalid_request"
    code = "oauth-invalid-request"


class InvalidClientError(OAuthError):
    """Client authentication failed (RFC 6749 section 5.2)."""

    error = "invalid_client"
    code = "oauth-invalid-client"


class InvalidGrantError(OAuthError):
    """The code is unknown, used, expired, or its transaction code is wrong (RFC 6749 section 5.2)."""

    error = "invalid_grant"
    code = "oauth-invalid-grant"


class UnauthorizedClientError(OAuthError):
    """This client may not use this way (RFC 6749 sections 4.1.2.1 and 5.2)."""

    error = "unauthorized_client"
    code = "oauth-unauthorized-client"


class UnsupportedResponseTypeError(OAuthError):
    """The response type is not offered here (RFC 6749 section 4.1.2.1)."""

    error = "unsupported_response_type"
    code = "oauth-unsupported-response-type"


class InvalidScopeError(OAuthError):
    """The scope is unknown or reaches too far (RFC 6749 sections 4.1.2.1 and 5.2)."""

    error = "invalid_scope"
    code = "oauth-invalid-scope"


class InvalidAuthorizationDetailsError(OAuthError, InvalidInputError):
    """The authorisation details are malformed or not offered here (RFC 9396 section 5)."""

    error = "invalid_authorization_details"
    code = "oauth-invalid-authorization-details"


class UnsupportedGrantTypeError(OAuthError):
    """The grant type is not offered here (RFC 6749 section 5.2)."""

    error = "unsupported_grant_type"
    code = "oauth-unsupported-grant-type"


class AccessDeniedError(OAuthError):
    """The person, or the service on their behalf, said no (RFC 6749 section 4.1.2.1)."""

    error = "access_denied"
    code = "oauth-access-denied"


class InvalidTokenError(OAuthError):
    """The access token is missing, unknown, expired or bound to another key (RFC 6750 section 3.1)."""

    error = "invalid_token"
    code = "oauth-invalid-token"


class InsufficientScopeError(OAuthError):
    """The access token does not reach this far (RFC 6750 section 3.1)."""

    error = "insufficient_scope"
    code = "oauth-insufficient-scope"


class InvalidDpopProofError(OAuthError):
    """The DPoP proof does not hold (RFC 9449 section 12.2)."""

    error = "invalid_dpop_proof"
    code = "oauth-invalid-dpop-proof"


class UseDpopNonceError(OAuthError):
    """The DPoP proof must carry the server's nonce: ask again with it (RFC 9449 section 8)."""

    error = "use_dpop_nonce"
    code = "oauth-use-dpop-nonce"


def description(text: str) -> str:
    """``text`` with every character that ``error_description`` may not carry replaced (RFC 6749 section 5.2).

    Allowed are %x20-21, %x23-5B and %x5D-7E: printable ASCII without the double quote and the backslash.
    """
    return "".join(c if " " <= c <= "~" and c not in '"\\' else "'" if c == '"' else "?" for c in text)
