"""How the window's errors leave by HTTP: the one table of this service."""

from __future__ import annotations

from typing import Final

from keys.errors import KeyCustodyError
from service.api_tokens import ApiTokenError, MissingApiTokenError
from service.errors import SettingsError, StoreUnavailableError, StoreUnsuitableError
from service.outbound import OutboundError
from service.trust_feed import TrustAnchorError
from service.web.error_table import ErrorTable
from standards.bagit import InvalidBagError
from standards.oauth.errors import OAuthError
from verifier.acceptance.errors import (
    AlreadyDecidedError,
    EvidenceMissingError,
    InvalidDecisionError,
    InvalidRecordFileError,
    NotAcceptableError,
    RecordAlteredError,
    RecordChainBusyError,
    StillPendingError,
    UnknownRecordError,
)
from verifier.cases.errors import (
    CaseChangedError,
    CaseStateError,
    InvalidCaseError,
    MixedHoldersError,
    SamePersonError,
    SupplementNotAllowedError,
    UnknownCaseError,
    WrongCollectorError,
)
from verifier.checking.errors import PdfCheckUnavailableError, TooBusyError, UnsupportedFileError
from verifier.departments.department import DepartmentNotCertifiedError, UnknownDepartmentError
from verifier.documents.errors import TooManyChecksError
from verifier.forms import InvalidFormError
from verifier.items import UnknownServiceItemError
from verifier.offline.errors import (
    BundleBaseError,
    InvalidBundleError,
    InvalidWindowRecordsError,
    NoUpstreamError,
    WindowChainBrokenError,
)
from verifier.reports.errors import InvalidPeriodError, UnknownReportError
from verifier.terminals.errors import (
    EnrolmentCodeError,
    KioskMissingError,
    KioskOnlyError,
    TerminalBarredError,
    TerminalProofError,
    TerminalRequiredError,
    UnknownTerminalError,
    WrongTerminalError,
)
from verifier.webhooks.errors import (
    InvalidWebhookError,
    TooManyWebhooksError,
    UnknownWebhookError,
    WebhookInactiveError,
)
from verifier.window.errors import (
    InvalidOrderError,
    PresentationOverError,
    UnknownPresentationError,
    WrongBrowserError,
)

ERRORS: Final[ErrorTable] = {
    MissingApiTokenError: (401, "missing-api-token"),
    ApiTokenError: (401, "invalid-api-token"),
    UnknownDepartmentError: (403, "unknown-department"),
    DepartmentNotCertifiedError: (409, "department-not-certified"),
    UnknownCaseError: (404, "unknown-case"),
    InvalidCaseError: (400, "invalid-case"),
    CaseStateError: (409, "case-state"),
    CaseChangedError: (409, "case-changed"),
    SamePersonError: (403, "same-person"),
    MixedHoldersError: (409, "mixed-holders"),
    WrongCollectorError: (409, "wrong-collector"),
    SupplementNotAllowedError: (409, "supplement-not-allowed"),
    UnknownPresentationError: (404, "unknown-presentation"),
    PresentationOverError: (409, "presentation-over"),
    WrongBrowserError: (403, "wrong-browser"),
    NotAcceptableError: (409, "not-acceptable"),
    StillPendingError: (409, "still-pending"),
    AlreadyDecidedError: (409, "already-decided"),
    UnknownRecordError: (404, "unknown-record"),
    RecordAlteredError: (409, "record-altered"),
    RecordChainBusyError: (503, "record-chain-busy"),
    PdfCheckUnavailableError: (404, "pdf-check-unavailable"),
    UnsupportedFileError: (415, "unsupported-file"),
    TooBusyError: (503, "too-busy"),
    TooManyChecksError: (429, "too-many-checks"),
    UnknownServiceItemError: (400, "unknown-service-item"),
    BundleBaseError: (409, "bundle-base-unknown"),
    InvalidBundleError: (400, "invalid-bundle"),
    InvalidWindowRecordsError: (400, "invalid-window-records"),
    WindowChainBrokenError: (409, "window-chain-broken"),
    NoUpstreamError: (409, "no-upstream"),
    InvalidFormError: (400, "invalid-form"),
    InvalidOrderError: (400, "invalid-presentation-order"),
    InvalidRecordFileError: (400, "invalid-record-file"),
    EvidenceMissingError: (409, "evidence-missing"),
    InvalidBagError: (400, "invalid-archive-package"),
    InvalidDecisionError: (400, "invalid-decision"),
    InvalidPeriodError: (400, "invalid-period"),
    UnknownReportError: (404, "unknown-report"),
    UnknownWebhookError: (404, "unknown-webhook"),
    TooManyWebhooksError: (409, "too-many-webhooks"),
    WebhookInactiveError: (409, "webhook-inactive"),
    InvalidWebhookError: (400, "invalid-webhook"),
    UnknownTerminalError: (404, "unknown-terminal"),
    EnrolmentCodeError: (400, "enrolment-code"),
    TerminalProofError: (403, "terminal-proof"),
    TerminalBarredError: (403, "terminal-barred"),
    TerminalRequiredError: (403, "terminal-required"),
    WrongTerminalError: (403, "wrong-terminal"),
    KioskOnlyError: (403, "kiosk-only"),
    KioskMissingError: (403, "kiosk-missing"),
    OAuthError: (400, "invalid-input"),
    OutboundError: (502, "source-unreachable"),
    TrustAnchorError: (503, "no-trust-anchor"),
    KeyCustodyError: (503, "key-unavailable"),
    StoreUnavailableError: (503, "store-unavailable"),
    StoreUnsuitableError: (503, "store-unavailable"),
    SettingsError: (503, "not-configured"),
}
"""Error class → (HTTP status, problem type). ``InvalidInputError`` and what is beneath it is 400 by the kit's row."""
