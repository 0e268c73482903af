"""Errors of the credential and notification endpoints (OpenID4VCI 1.0 sections 8.3.1.2, 9.3 and 11.3)."""

from __future__ import annotations

from typing import Any

from standards.errors import InvalidInputError
from standards.oauth.errors import InvalidGrantError, OAuthError
from standards.text import Text


class CredentialRequestError(OAuthError, InvalidInputError):
    """Root of the errors that a credential endpoint answers with."""


class InvalidCredentialRequestError(CredentialRequestError):
    """A parameter is missing, unsupported, repeated or malformed."""

    error = "invalid_credential_request"
    code = "openid4vci-invalid-credential-request"


class UnknownCredentialConfigurationError(CredentialRequestError):
    """The configuration named is not offered here, or not granted."""

    error = "unknown_credential_configuration"
    code = "openid4vci-unknown-credential-configuration"


class UnknownCredentialIdentifierError(CredentialRequestError):
    """The credential identifier is unknown."""

    error = "unknown_credential_identifier"
    code = "openid4vci-unknown-credential-identifier"


class InvalidProofError(CredentialRequestError):
    """A key proof is missing, malformed, or does not hold."""

    error = "invalid_proof"
    code = "openid4vci-invalid-proof"


class InvalidNonceError(CredentialRequestError):
    """A key proof carries a nonce that is not fresh: fetch another and try again."""

    error = "invalid_nonce"
    code = "openid4vci-invalid-nonce"


class InvalidEncryptionParametersError(CredentialRequestError):
    """The parameters for an encrypted answer are missing or cannot be used."""

    error = "invalid_encryption_parameters"
    code = "openid4vci-invalid-encryption-parameters"


class CredentialRequestDeniedError(CredentialRequestError):
    """The credential will not be issued; asking again does not help."""

    error = "credential_request_denied"
    code = "openid4vci-credential-request-denied"


class InvalidTransactionIdError(CredentialRequestError):
    """The transaction of a deferred credential is unknown or already answered."""

    error = "invalid_transaction_id"
    code = "openid4vci-invalid-transaction-id"


class InvalidNotificationRequestError(CredentialRequestError):
    """The notification is malformed."""

    error = "invalid_notification_request"
    code = "openid4vci-invalid-notification-request"


class InvalidNotificationIdError(CredentialRequestError):
    """The notification names no issuance of this token."""

    error = "invalid_notification_id"
    code = "openid4vci-invalid-notification-id"


class WrongTxCodeError(InvalidGrantError):
    """The transaction code is wrong (section 6.3): the person may try again ``tries_left`` times.

    Attributes:
        tries_left: 0 when the offer is dead.
    """

    code = "openid4vci-wrong-tx-code"

    def __init__(self, tries_left: int) -> None:
        super().__init__(
            "验证码不正确。",
            "The transaction code is wrong.",
            where="tx_code",
            next_step=Text(f"还可尝试 {tries_left} 次。", f"Tries left: {tries_left}.")
            if tries_left
            else Text("请签发机关重新发出领取链接。", "Ask the issuer for a new offer."),
        )
        self.tries_left = tries_left

    def to_json(self) -> dict[str, Any]:
        """The error answer with a member of ours, ``tx_code_tries_left``; wallets ignore what they do not know."""
        return super().to_json() | {"tx_code_tries_left": self.tries_left}
