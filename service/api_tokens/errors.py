"""Why a caller of a management interface is turned away; both become 401 with ``WWW-Authenticate`` (RFC 6750 §3)."""

from __future__ import annotations

from standards.errors import ElicenceError


class ApiTokenError(ElicenceError):
    """The bearer token is not ours, not for this service, or expired."""

    code = "invalid-api-token"


class MissingApiTokenError(ElicenceError):
    """There is no bearer token."""

    code = "missing-api-token"
