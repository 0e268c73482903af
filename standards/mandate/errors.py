"""Errors of mandates."""

from __future__ import annotations

from standards.errors import InvalidInputError


class MandateError(InvalidInputError):
    """A grant, or a statement of who acts for whom, that does not have the form of this package."""

    code = "invalid-mandate"


class GrantSignatureError(MandateError):
    """A grant that the key of the root licence did not sign."""

    code = "grant-signature-invalid"
