"""Errors of the wallet provider."""

from __future__ import annotations

from standards.errors import ElicenceError, InvalidInputError


class ProviderNotCertifiedError(ElicenceError):
    """This wallet service has no certificate as a wallet provider yet."""

    code = "wallet-provider-not-certified"


class InvalidProviderCertificateError(InvalidInputError):
    """A certificate that cannot be this wallet service's."""

    code = "invalid-provider-certificate"


class ProviderStatusNotFoundError(ElicenceError):
    """A status list, or an entry of one, that this wallet service does not have."""

    code = "provider-status-not-found"


class StatusEndedError(ElicenceError):
    """A status entry that has ended and cannot come back."""

    code = "status-ended"
