"""Errors of reading and verifying JOSE objects."""

from __future__ import annotations

from standards.errors import InvalidInputError


class JoseError(InvalidInputError):
    """A JWS, JWK or base64url text that does not have the form its standard asks for."""

    code = "invalid-jose"


class SignatureError(JoseError):
    """A well-formed JWS whose signature, algorithm or type is not what the verifier asked for."""

    code = "signature-invalid"
