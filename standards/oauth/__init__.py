"""The pieces of OAuth 2.0 that the OpenID protocols stand on (RFC 6749, 6750, 7636, 8414, 9449)."""

from standards.oauth.access_token import (
    PresentedToken,
    build_www_authenticate,
    parse_authorization,
)
from standards.oauth.authorization_server import (
    AuthorizationServerMetadata,
    authorization_server_metadata_url,
    parse_authorization_server_metadata,
)
from standards.oauth.dpop import (
    PROOF_LIFETIME,
    DpopProof,
    access_token_hash,
    build_dpop_proof,
    target_uri,
    verify_dpop_proof,
)
from standards.oauth.errors import (
    AccessDeniedError,
    InsufficientScopeError,
    InvalidClientError,
    InvalidDpopProofError,
    InvalidGrantError,
    InvalidRequestError,
    InvalidTokenError,
    OAuthError,
    UnsupportedGrantTypeError,
    UseDpopNonceError,
)
from standards.oauth.pkce import (
    build_code_challenge,
    parse_code_challenge,
    verify_code_verifier,
)
from standards.oauth.well_known import (
    parse_identifier,
    well_known_url,
)

__all__ = [
    "PROOF_LIFETIME",
    "AccessDeniedError",
    "AuthorizationServerMetadata",
    "DpopProof",
    "InsufficientScopeError",
    "InvalidClientError",
    "InvalidDpopProofError",
    "InvalidGrantError",
    "InvalidRequestError",
    "InvalidTokenError",
    "OAuthError",
    "PresentedToken",
    "UnsupportedGrantTypeError",
    "UseDpopNonceError",
    "access_token_hash",
    "authorization_server_metadata_url",
    "build_code_challenge",
    "build_dpop_proof",
    "build_www_authenticate",
    "parse_authorization",
    "parse_authorization_server_metadata",
    "parse_code_challenge",
    "parse_identifier",
    "target_uri",
    "verify_code_verifier",
    "verify_dpop_proof",
    "well_known_url",
]
