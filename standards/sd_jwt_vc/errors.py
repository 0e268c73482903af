"""Errors of SD-JWT verifiable credentials."""

from __future__ import annotations

from standards.errors import InvalidInputError


class CredentialError(InvalidInputError):
    """A text that is no SD-JWT VC, or one whose registered claims are malformed."""

    code = "invalid-credential"


class ClaimNotFoundError(CredentialError):
    """A claim was to be shown that the credential does not have."""

    code = "claim-not-found"


class TypeMetadataError(InvalidInputError):
    """Type metadata that are malformed, of another type, or not those that were signed."""

    code = "invalid-type-metadata"
