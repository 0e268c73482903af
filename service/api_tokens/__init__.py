"""Bearer tokens with which the systems of departments use the management interfaces (RFC 6750)."""

from __future__ import annotations

from service.api_tokens.bearer import require_api_caller
from service.api_tokens.errors import ApiTokenError, MissingApiTokenError
from service.api_tokens.token import (
    DEFAULT_LIFETIME,
    LONGEST_LIFETIME,
    ApiCaller,
    ApiTokenVerifier,
    mint,
)

__all__ = [
    "DEFAULT_LIFETIME",
    "LONGEST_LIFETIME",
    "ApiCaller",
    "ApiTokenError",
    "ApiTokenVerifier",
    "MissingApiTokenError",
    "mint",
    "require_api_caller",
]
