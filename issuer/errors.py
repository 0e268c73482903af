"""How each refusal of the issuer leaves by HTTP: one table, error class → (status, last part of the problem type)."""

from __future__ import annotations

from issuer.library.errors import (
    IdempotencyConflictError,
    InvalidLicenceError,
    LicenceChangedError,
    LicenceNotFoundError,
    NoProposalError,
    OperationNotAllowedError,
    ProposalOpenError,
    SamePersonError,
    TypeNotIssuedError,
)
from service.web.error_table import ErrorTable

ERRORS: ErrorTable = {
    # library
    InvalidLicenceError: (400, "invalid-licence"),
    SamePersonError: (400, "same-person"),
    LicenceNotFoundError: (404, "licence-not-found"),
    NoProposalError: (404, "no-such-proposal"),
    TypeNotIssuedError: (403, "type-not-issued"),
    OperationNotAllowedError: (409, "operation-not-allowed"),
    ProposalOpenError: (409, "proposal-open"),
    LicenceChangedError: (409, "licence-changed"),
    IdempotencyConflictError: (422, "idempotency-key-reused"),
}
"""Rows of the features; the web kit adds its own (``service.web.errors.KIT_ERRORS``)."""
