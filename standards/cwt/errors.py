"""Errors of the compact form; one class for each verdict that a verifier tells apart."""

from __future__ import annotations

from standards.errors import InvalidInputError


class CwtError(InvalidInputError):
    """Bytes that are no compact licence, or a part of one that does not have its form."""

    code = "invalid-cwt"


class CwtSignatureError(CwtError):
    """The signature is not by the key that it should be by, or not over this."""

    code = "cwt-signature-invalid"


class CwtAlgorithmError(CwtError):
    """Signed with another algorithm than ES256."""

    code = "cwt-algorithm-not-allowed"
