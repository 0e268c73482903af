"""How each refusal of the issuer leaves by HTTP: one table, error class → (status, last part of the problem type)."""

from __future__ import annotations

from issuer.authorization.errors import AuthorizationGoneError, AuthorizationOfAnotherError
from issuer.batches.errors import (
    BatchConflictError,
    BatchExpiredError,
    BatchNotFoundError,
    BatchNotReadyError,
    BatchResultNotFoundError,
    InvalidBatchError,
)
from issuer.bulk.errors import InvalidOrderLineError, LineRefusedError, OrderFileError
from issuer.catalogue.errors import (
    AlreadyWithdrawnError,
    ApproverIsAuthorError,
    InvalidTypeVersionError,
    NotDefinedHereError,
    NoWithdrawalError,
    TypeVersionChangedError,
    TypeVersionNotFoundError,
    TypeVersionOpenError,
    TypeVersionStateError,
    TypeWithdrawnError,
)
from issuer.chain.errors import ChainBrokenError, InvalidNotesError
from issuer.discrepancies.errors import (
    DiscrepancyChangedError,
    DiscrepancyClosedError,
    DiscrepancyNotFoundError,
    DiscrepancyOpenError,
    NotAuthoritativeError,
    NothingToTakeError,
)
from issuer.documents.errors import (
    DocumentNotAvailableError,
    InvalidAnnotationError,
    InvalidSealPolicyError,
    TooManyCopiesError,
)
from issuer.documents.faces.errors import (
    CharacterNotPrintableError,
    FaceDoesNotFitError,
    FaceDrawingError,
    FontsMissingError,
    InvalidLayoutError,
)
from issuer.imports.errors import (
    ExportNotFoundError,
    FileTooLargeError,
    ImportNotFoundError,
    ImportNotReadyError,
    InvalidExportError,
    InvalidHolderError,
    InvalidMappingError,
    MappingChangedError,
    MappingNotFoundError,
    NotExportableError,
    NumberTakenError,
    TooManyErrorsError,
    UnknownStateError,
    UnreadableFileError,
    UploadInterruptedError,
)
from issuer.issuance.errors import (
    AuthorityCannotIssueError,
    CredentialIssuerNotFoundError,
    HolderRequiredError,
    LicenceNotInForceError,
    NotAHolderError,
    OfferNotFoundError,
    RefreshBusyError,
    RefreshTooOftenError,
    TypeMetadataNotFoundError,
)
from issuer.library.errors import (
    IdempotencyConflictError,
    InvalidLicenceError,
    LicenceChangedError,
    LicenceNotFoundError,
    NoProposalError,
    OperationNotAllowedError,
    ProposalOpenError,
    SamePersonError,
    SerialTakenError,
    TypeNotIssuedError,
)
from issuer.operations.errors import (
    BulkOperationDecidedError,
    BulkOperationNotFoundError,
    NothingPossibleError,
    NothingSelectedError,
    PreviewOutdatedError,
    ResultForgottenError,
    ResultNotReadyError,
    TooManySelectedError,
)
from issuer.registrar.errors import (
    AnchorConflictError,
    InvalidRegistrationError,
    PublicationBusyError,
    RegionNotFoundError,
    RegistrarError,
    RegistrationNotFoundError,
)
from issuer.sources.errors import (
    FieldOfAnotherSourceError,
    InvalidObservationError,
    InvalidSourceError,
    OtherSystemError,
    SourceChangedError,
    SourceExistsError,
    SourceNotFoundError,
)
from issuer.sources.registers import RegisterUnavailableError
from issuer.staff.errors import InvalidStaffError, OwnPostError, RoleMissingError, StaffNotFoundError
from issuer.status.errors import StatusListNotFoundError
from service.web.error_table import ErrorTable
from standards.oauth import OAuthError

ERRORS: ErrorTable = {
    # registrar
    InvalidRegistrationError: (400, "invalid-registration"),
    RegionNotFoundError: (404, "region-not-found"),
    RegistrationNotFoundError: (404, "registration-not-found"),
    AnchorConflictError: (409, "anchor-conflict"),
    PublicationBusyError: (503, "publication-busy"),
    RegistrarError: (409, "registrar"),
    # staff
    InvalidStaffError: (400, "invalid-staff"),
    OwnPostError: (400, "own-post"),
    RoleMissingError: (403, "role-missing"),
    StaffNotFoundError: (404, "staff-not-found"),
    # chain
    InvalidNotesError: (400, "invalid-audit-notes"),
    ChainBrokenError: (500, "chain-broken"),
    # library
    InvalidLicenceError: (400, "invalid-licence"),
    SamePersonError: (400, "same-person"),
    LicenceNotFoundError: (404, "licence-not-found"),
    NoProposalError: (404, "no-such-proposal"),
    TypeNotIssuedError: (403, "type-not-issued"),
    OperationNotAllowedError: (409, "operation-not-allowed"),
    ProposalOpenError: (409, "proposal-open"),
    LicenceChangedError: (409, "licence-changed"),
    SerialTakenError: (409, "serial-taken"),
    IdempotencyConflictError: (422, "idempotency-key-reused"),
    # catalogue
    InvalidTypeVersionError: (400, "invalid-type-version"),
    ApproverIsAuthorError: (400, "approver-is-author"),
    NotDefinedHereError: (403, "type-not-defined-here"),
    TypeVersionNotFoundError: (404, "type-version-not-found"),
    NoWithdrawalError: (404, "no-withdrawal-proposed"),
    TypeVersionStateError: (409, "type-version-state"),
    TypeVersionChangedError: (409, "type-version-changed"),
    TypeVersionOpenError: (409, "type-version-open"),
    TypeWithdrawnError: (409, "type-withdrawn"),
    AlreadyWithdrawnError: (409, "type-already-withdrawn"),
    # batches of offers
    InvalidBatchError: (400, "invalid-batch"),
    BatchNotFoundError: (404, "batch-not-found"),
    BatchResultNotFoundError: (404, "batch-result-not-found"),
    BatchNotReadyError: (409, "batch-not-ready"),
    BatchConflictError: (409, "batch-conflict"),
    # Of a job, never of a request; here for completeness.
    BatchExpiredError: (409, "batch-expired"),
    # issuance
    HolderRequiredError: (400, "holder-required"),
    NotAHolderError: (400, "not-a-holder"),
    LicenceNotInForceError: (409, "licence-not-in-force"),
    AuthorityCannotIssueError: (403, "authority-cannot-issue"),
    CredentialIssuerNotFoundError: (404, "credential-issuer-not-found"),
    OfferNotFoundError: (404, "offer-not-found"),
    RefreshBusyError: (503, "refresh-busy"),
    RefreshTooOftenError: (429, "refresh-too-often"),
    TypeMetadataNotFoundError: (404, "type-metadata-not-found"),
    # The protocol's own errors leave by their own table (issuer.issuance.protocol_errors); here for completeness.
    OAuthError: (400, "oauth"),
    # authorisation pages
    AuthorizationGoneError: (410, "authorization-gone"),
    AuthorizationOfAnotherError: (403, "authorization-of-another"),
    # sources and discrepancies
    InvalidSourceError: (400, "invalid-source"),
    InvalidObservationError: (400, "invalid-observation"),
    SourceNotFoundError: (404, "source-not-found"),
    SourceExistsError: (409, "source-exists"),
    SourceChangedError: (409, "source-changed"),
    FieldOfAnotherSourceError: (409, "field-of-another-source"),
    OtherSystemError: (403, "source-of-another-system"),
    RegisterUnavailableError: (503, "register-unavailable"),
    DiscrepancyNotFoundError: (404, "discrepancy-not-found"),
    DiscrepancyClosedError: (409, "discrepancy-closed"),
    DiscrepancyOpenError: (409, "discrepancy-open"),
    DiscrepancyChangedError: (409, "discrepancy-changed"),
    NotAuthoritativeError: (409, "source-not-authoritative"),
    NothingToTakeError: (409, "value-cannot-be-taken"),
    # imports
    InvalidMappingError: (400, "invalid-mapping"),
    UnreadableFileError: (400, "unreadable-file"),
    UploadInterruptedError: (400, "upload-interrupted"),
    FileTooLargeError: (413, "file-too-large"),
    ImportNotFoundError: (404, "import-not-found"),
    MappingNotFoundError: (404, "mapping-not-found"),
    ImportNotReadyError: (409, "import-not-ready"),
    MappingChangedError: (409, "mapping-changed"),
    TooManyErrorsError: (409, "too-many-errors"),
    # Of a row, never of a request; here for completeness.
    InvalidHolderError: (400, "holder-not-in-register"),
    NumberTakenError: (409, "number-taken"),
    InvalidExportError: (400, "invalid-export"),
    ExportNotFoundError: (404, "export-not-found"),
    NotExportableError: (409, "not-exportable"),
    UnknownStateError: (400, "unknown-state"),
    # bulk operations
    BulkOperationNotFoundError: (404, "bulk-operation-not-found"),
    NothingSelectedError: (409, "nothing-selected"),
    NothingPossibleError: (409, "nothing-possible"),
    TooManySelectedError: (409, "too-many-selected"),
    PreviewOutdatedError: (409, "preview-outdated"),
    BulkOperationDecidedError: (409, "bulk-operation-decided"),
    ResultNotReadyError: (409, "result-not-ready"),
    ResultForgottenError: (409, "result-forgotten"),
    # Of an order from file to file, never of a request; here for completeness.
    InvalidOrderLineError: (400, "invalid-order-line"),
    LineRefusedError: (409, "order-line-refused"),
    OrderFileError: (409, "order-file"),
    # documents
    InvalidAnnotationError: (400, "invalid-annotation"),
    InvalidSealPolicyError: (400, "invalid-seal-policy"),
    InvalidLayoutError: (400, "invalid-layout"),
    TooManyCopiesError: (429, "too-many-copies"),
    DocumentNotAvailableError: (409, "document-not-available"),
    FaceDoesNotFitError: (409, "face-does-not-fit"),
    CharacterNotPrintableError: (409, "character-not-printable"),
    FaceDrawingError: (500, "face-drawing"),
    FontsMissingError: (503, "fonts-missing"),
    # status
    StatusListNotFoundError: (404, "status-list-not-found"),
}
"""Rows of the features; the web kit adds its own (``service.web.errors.KIT_ERRORS``)."""
