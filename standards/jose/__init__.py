"""JOSE as this project uses it: compact JWS with ES256 and P-256 keys only.

Standards: RFC 7515 (JWS), RFC 7517 (JWK), RFC 7518 section 3.4 (ES256), RFC 7638 (thumbprint), RFC 8725 (best
practice: the algorithm is decided by the verifier, never by the message).
"""

from standards.jose.base64url import b64url_decode, b64url_encode
from standards.jose.certificate_header import build_x5c, x5c_of
from standards.jose.errors import JoseError, SignatureError
from standards.jose.jwk import PublicJwk, parse_public_jwk, public_jwk_of
from standards.jose.jws import (
    Sign,
    UnverifiedJws,
    VerifiedJws,
    build_header_segment,
    build_jws,
    build_jws_from_segments,
    parse_jws,
    verify_es256,
    verify_jws,
)

__all__ = [
    "JoseError",
    "PublicJwk",
    "Sign",
    "SignatureError",
    "UnverifiedJws",
    "VerifiedJws",
    "b64url_decode",
    "b64url_encode",
    "build_header_segment",
    "build_jws",
    "build_jws_from_segments",
    "build_x5c",
    "parse_jws",
    "parse_public_jwk",
    "public_jwk_of",
    "verify_es256",
    "verify_jws",
    "x5c_of",
]
