"""Errors of the parts of a document."""

from __future__ import annotations

from standards.errors import InvalidInputError


class InvalidDocumentPartError(InvalidInputError):
    """An attachment of a licence's document that is not what it should be."""

    code = "invalid-document-part"
