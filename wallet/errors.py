"""How each error class leaves this service by HTTP: the one table."""

from __future__ import annotations

from typing import Final

from keys.errors import KeyCustodyError
from keys.path_error import PathError
from service.errors import SettingsError
from service.outbound import OutboundError
from service.trust_feed import TrustAnchorError
from service.web.error_table import ErrorTable
from standards.oauth import InvalidAuthorizationResponseError
from standards.oauth.errors import OAuthError
from standards.openid4vp import PresentationError
from wallet.accounts.errors import DeedNotAllowedError, RightEndedError
from wallet.claiming.errors import (
    LibraryClosedError,
    LibraryRefusedError,
    SearchBusyError,
    SearchNotFoundError,
    UnknownLibraryError,
)
from wallet.complaints.errors import (
    DeskRefusedError,
    DeskUnreachableError,
    FiledComplaintNotFoundError,
    NoDeskError,
)
from wallet.documents.errors import DocumentRefusedError, InvalidDocumentOrderError, NoDocumentsError
from wallet.foreign.anchors import ForeignNotAcceptedError
from wallet.history.errors import EntryNotFoundError, InvalidOutsideUsesError, UseLogBusyError
from wallet.holdings.errors import LicenceNotFoundError
from wallet.mandates.errors import (
    GrantRefusedError,
    HandOverError,
    InvalidGrantError,
    RightNotFoundError,
    RightStateError,
    RootLicenceMissingError,
    RootLicenceStaysError,
    TooManyManagersError,
    TooManyRightsError,
)
from wallet.moving.errors import (
    AnotherHoldersFileError,
    FileNotOpenedError,
    MovingError,
    NotAWalletFileError,
    NothingToMoveError,
    WeakPassphraseError,
)
from wallet.passkeys.errors import (
    AssuranceTooLowError,
    PasskeyNotFoundError,
    PasskeyRefusedError,
    PasskeyTooOldError,
    PasskeyUnknownError,
    StepUpRequiredError,
    TooManyPasskeysError,
)
from wallet.presenting.errors import (
    ConsentChangedError,
    InvalidSelectionError,
    LicencesMissingError,
    NotDeliveredError,
    RequestDecidedError,
    RequestGoneError,
    RequestNotFoundError,
    RequestRejectedError,
    SensitiveNotConfirmedError,
    VerifierAddressError,
    VerifierNotTrustedError,
    VerifierUnreachableError,
)
from wallet.provider.errors import (
    InvalidProviderCertificateError,
    ProviderNotCertifiedError,
    ProviderStatusNotFoundError,
    StatusEndedError,
)
from wallet.receiving.errors import (
    AnotherPersonsLicenceError,
    CredentialRejectedError,
    IssuerAddressError,
    IssuerAnswerError,
    IssuerNotTrustedError,
    IssuerUnreachableError,
    NotRepresentedError,
    OfferBusyError,
    OfferGoneError,
    OfferNeedsSignInError,
    OfferNotFoundError,
    TxCodeError,
    TxCodeRequiredError,
    UnknownIssuerError,
    UnsupportedOfferError,
    WrongTxCodeError,
)
from wallet.refreshing.errors import LicenceBusyError, NoAccessError
from wallet.scanning.errors import UnknownLinkError
from wallet.sheets.errors import InvalidSheetError, SheetNotFoundError, SheetRefusedError
from wallet.showing.errors import (
    CodeExpiredError,
    CodeNotCoveredError,
    CodeNotKnownError,
    CodeOfEndedLicenceError,
    CodeUsedError,
    CodeWithdrawnError,
    NothingToShowError,
    RedemptionRejectedError,
)
from wallet.trust import TrustUnavailableError

WALLET_ERRORS: Final[ErrorTable] = {
    # for whom the person acts
    DeedNotAllowedError: (403, "deed-not-allowed"),
    RightEndedError: (403, "right-ended"),
    RightNotFoundError: (404, "right-not-found"),
    RightStateError: (409, "right-decided"),
    TooManyManagersError: (409, "too-many-managers"),
    TooManyRightsError: (409, "too-many-rights"),
    RootLicenceStaysError: (409, "root-licence-stays"),
    InvalidGrantError: (422, "invalid-grant"),
    HandOverError: (422, "hand-over-refused"),
    GrantRefusedError: (422, "grant-refused"),
    RootLicenceMissingError: (422, "root-licence-missing"),
    # what the person asked for
    FiledComplaintNotFoundError: (404, "complaint-not-found"),
    NoDeskError: (409, "no-complaints-desk"),
    DeskRefusedError: (409, "complaint-refused"),
    DeskUnreachableError: (502, "complaints-desk-unreachable"),
    LicenceNotFoundError: (404, "licence-not-found"),
    EntryNotFoundError: (404, "entry-not-found"),
    OfferNotFoundError: (404, "offer-not-found"),
    ProviderStatusNotFoundError: (404, "not-found"),
    RequestNotFoundError: (404, "request-not-found"),
    OfferBusyError: (409, "offer-busy"),
    UnknownLibraryError: (404, "library-unknown"),
    SearchNotFoundError: (404, "search-not-found"),
    SearchBusyError: (409, "search-busy"),
    InvalidDocumentOrderError: (422, "invalid-document-order"),
    DocumentRefusedError: (409, "document-refused"),
    NoDocumentsError: (409, "issuer-makes-no-documents"),
    NoAccessError: (409, "no-access-to-issuer"),
    LicenceBusyError: (409, "licence-busy"),
    InvalidAuthorizationResponseError: (400, "authorization-response"),
    ForeignNotAcceptedError: (422, "foreign-not-accepted"),
    MovingError: (422, "moving"),
    WeakPassphraseError: (422, "passphrase-weak"),
    FileNotOpenedError: (422, "moving-file-not-opened"),
    NotAWalletFileError: (422, "moving-file-unknown"),
    AnotherHoldersFileError: (422, "moving-file-of-another"),
    NothingToMoveError: (422, "moving-nothing"),
    LibraryClosedError: (422, "library-closed"),
    LibraryRefusedError: (502, "library-refused"),
    RequestDecidedError: (409, "request-decided"),
    StatusEndedError: (409, "status-ended"),
    OfferGoneError: (410, "offer-gone"),
    RequestGoneError: (410, "request-gone"),
    UnknownLinkError: (400, "unknown-link"),
    InvalidSelectionError: (400, "invalid-selection"),
    ConsentChangedError: (409, "consent-changed"),
    SensitiveNotConfirmedError: (422, "sensitive-not-confirmed"),
    SheetNotFoundError: (404, "sheet-not-found"),
    SheetRefusedError: (422, "sheet-refused"),
    InvalidSheetError: (422, "invalid-sheet"),
    CodeNotKnownError: (404, "show-code-unknown"),
    CodeUsedError: (409, "show-code-used"),
    CodeExpiredError: (410, "show-code-expired"),
    CodeWithdrawnError: (410, "show-code-withdrawn"),
    CodeNotCoveredError: (403, "show-code-not-covered"),
    CodeOfEndedLicenceError: (422, "show-code-ended"),
    NothingToShowError: (422, "nothing-to-show"),
    # what others sent
    RedemptionRejectedError: (422, "redemption-rejected"),
    TxCodeError: (422, "tx-code"),
    TxCodeRequiredError: (422, "tx-code-required"),
    WrongTxCodeError: (422, "tx-code-wrong"),
    OfferNeedsSignInError: (422, "offer-needs-sign-in"),
    UnsupportedOfferError: (422, "offer-unsupported"),
    CredentialRejectedError: (422, "credential-rejected"),
    IssuerNotTrustedError: (422, "issuer-not-trusted"),
    UnknownIssuerError: (422, "issuer-not-trusted"),
    NotRepresentedError: (422, "not-represented"),
    AnotherPersonsLicenceError: (422, "another-persons-licence"),
    LicencesMissingError: (422, "licences-missing"),
    RequestRejectedError: (422, "request-rejected"),
    VerifierNotTrustedError: (422, "verifier-not-trusted"),
    PresentationError: (422, "request-unanswerable"),
    IssuerAddressError: (422, "issuer-address-refused"),
    VerifierAddressError: (422, "verifier-address-refused"),
    # who could not be reached, or answered oddly
    IssuerUnreachableError: (502, "issuer-unreachable"),
    IssuerAnswerError: (502, "issuer-answer"),
    VerifierUnreachableError: (502, "verifier-unreachable"),
    InvalidOutsideUsesError: (502, "outside-uses-malformed"),
    NotDeliveredError: (502, "presentation-not-delivered"),
    TrustUnavailableError: (503, "trust-unavailable"),
    ProviderNotCertifiedError: (503, "wallet-provider-not-certified"),
    InvalidProviderCertificateError: (400, "invalid-provider-certificate"),
    UseLogBusyError: (503, "use-log-busy"),
    # errors of what lies beneath, should one come up unheard: never with inside detail
    OutboundError: (502, "outbound"),
    OAuthError: (502, "issuer-answer"),
    PathError: (422, "certificate-path"),
    TrustAnchorError: (503, "trust-unavailable"),
    PasskeyRefusedError: (400, "passkey-refused"),
    PasskeyUnknownError: (400, "passkey-unknown"),
    PasskeyTooOldError: (403, "passkey-too-old"),
    PasskeyNotFoundError: (404, "passkey-not-found"),
    TooManyPasskeysError: (409, "too-many-passkeys"),
    StepUpRequiredError: (403, "step-up-required"),
    AssuranceTooLowError: (403, "assurance-too-low"),
    # a desk's own errors: the wallet files with desks, it has none
    KeyCustodyError: (500, "key-custody"),
    SettingsError: (500, "settings"),
}
