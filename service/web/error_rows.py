"""The rows that every service starts from: errors of the kit, of ``service`` and of ``keys``."""

from __future__ import annotations

from keys.errors import KeyCustodyError, KeyModuleUnavailableError, SealingError, TimeStampError
from keys.path_error import PathError
from service.api_tokens.errors import ApiTokenError, MissingApiTokenError
from service.backup.errors import BackupError
from service.complaints.errors import (
    AlreadyComplainedError,
    ComplaintNotFoundError,
    ComplaintOverError,
    UnknownUseError,
)
from service.demo.journey.errors import JourneyError
from service.embedded_store.errors import EmbeddedStoreError
from service.errors import (
    RotationUnfinishedError,
    SettingsError,
    StoreUnavailableError,
    StoreUnsuitableError,
    TimeStampAuthorityUnavailableError,
)
from service.jobs.errors import (
    JobEndedError,
    JobError,
    JobNotFoundError,
    JobNotRetryableError,
)
from service.outbound.errors import OutboundAddressError, OutboundError
from service.supervisor.errors import NodeError
from service.trust_feed.errors import TrustAnchorError, TrustListsMissingError
from service.web.error_table import OUR_FAULT, ErrorTable
from service.web.errors import (
    ForgedRequestError,
    NotFoundError,
    PermissionMissingError,
    ProviderUnreachableError,
    SignInCancelledError,
    SignInError,
    SignInRequiredError,
)
from standards.errors import InvalidInputError

KIT_ERRORS: ErrorTable = {
    TimeStampAuthorityUnavailableError: (503, "time-stamp-authority-unavailable"),
    InvalidInputError: (400, "invalid-input"),
    ForgedRequestError: (403, "forged-request"),
    SignInRequiredError: (401, "sign-in-required"),
    PermissionMissingError: (403, "permission-missing"),
    NotFoundError: (404, "not-found"),
    SignInError: (400, "sign-in-failed"),
    SignInCancelledError: (400, "sign-in-cancelled"),
    ProviderUnreachableError: (502, "identity-provider-unreachable"),
    MissingApiTokenError: (401, "missing-api-token"),
    ApiTokenError: (401, "invalid-api-token"),
    JobNotFoundError: (404, "job-not-found"),
    JobEndedError: (409, "job-ended"),
    JobNotRetryableError: (409, "job-not-retryable"),
    JobError: OUR_FAULT,
    StoreUnavailableError: (503, "store-unavailable"),
    OutboundAddressError: (400, "outbound-address-refused"),
    OutboundError: (502, "outbound"),
    ComplaintNotFoundError: (404, "complaint-not-found"),
    ComplaintOverError: (409, "complaint-over"),
    AlreadyComplainedError: (409, "already-complained"),
    UnknownUseError: (422, "unknown-use"),
    PathError: (400, "certificate-path"),
    KeyModuleUnavailableError: (503, "key-module-unavailable"),
    TimeStampError: (503, "time-stamp-unavailable"),
    SealingError: (422, "sealing"),
    KeyCustodyError: OUR_FAULT,
    TrustListsMissingError: (503, "trust-lists-missing"),
    TrustAnchorError: OUR_FAULT,
    SettingsError: OUR_FAULT,
    RotationUnfinishedError: OUR_FAULT,
    StoreUnsuitableError: OUR_FAULT,
    EmbeddedStoreError: OUR_FAULT,
    BackupError: OUR_FAULT,
    JourneyError: OUR_FAULT,
    NodeError: OUR_FAULT,
}
"""A service's own rows win over these."""
