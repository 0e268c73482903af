"""What can be wrong with the operator's files about issuers of identity codes."""

from __future__ import annotations

from typing import ClassVar

from standards.errors import InvalidInputError


class InvalidIdentityIssuerError(InvalidInputError):
    """A file that does not name an issuer and its keys; ``where`` is the place in it."""

    code: ClassVar[str] = "invalid-identity-issuer"


class UnknownIdentityIssuerError(InvalidInputError):
    """An issuer that this node has no file about."""

    code: ClassVar[str] = "unknown-identity-issuer"
