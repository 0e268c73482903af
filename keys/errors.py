"""Errors of key custody, certificates and trust lists.

Messages are read by an operator at three in the morning: they name the file or the list, never a secret.
"""

from __future__ import annotations

from standards.errors import ElicenceError, InvalidInputError
from standards.text import Text


class KeyCustodyError(ElicenceError):
    """A key that cannot be created, loaded or used. The root of all custody errors."""

    code = "key-custody"


class MasterKeyError(KeyCustodyError):
    """The master key file is missing, exposed, of the wrong size, or already there."""

    code = "master-key"


class KeyModuleUnavailableError(KeyCustodyError):
    """The hardware module does not do what it did before: it is away, or its sessions ended."""

    code = "key-module-unavailable"

    def __init__(self) -> None:
        super().__init__(
            "密钥模块暂时无法使用，没有任何改动。",
            "The module that holds the keys cannot be used right now; nothing was changed.",
            next_step=Text("请稍后再试。", "Try again in a moment."),
        )


class SealedDataError(KeyCustodyError):
    """Sealed bytes that do not open: altered, of another context, or sealed under a key that is not loaded."""

    code = "sealed-data"


class SigningKeyError(KeyCustodyError):
    """A signing key that is absent, present twice, or does not fit its certificate."""

    code = "signing-key"


class CertificateError(InvalidInputError):
    """A certificate, certificate request or revocation list that is malformed or breaks the profile."""

    code = "invalid-certificate"


class TrustListError(InvalidInputError):
    """A trust list that is malformed, wrongly signed, or speaks about what is not its business."""

    code = "invalid-trust-list"


class TrustListRollbackError(TrustListError):
    """A trust list with a lower sequence than the one in hand, or a second list with the same sequence."""

    code = "trust-list-rollback"


class TimeStampError(ElicenceError):
    """A time stamp that could not be had, or cannot be read."""

    code = "time-stamp"


class SealingError(ElicenceError):
    """A document that could not be sealed; nothing was written."""

    code = "sealing"
