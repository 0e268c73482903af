"""Errors of identity codes; one class for each verdict that a verifier tells apart."""

from __future__ import annotations

from standards.errors import InvalidInputError


class Claim169Error(InvalidInputError):
    """A text that is no identity code, or a part of one that does not have its form."""

    code = "invalid-identity-code"


class Claim169TooLargeError(Claim169Error):
    """It would unpack to more than any identity code holds."""

    code = "identity-code-too-large"


class Claim169EncryptedError(Claim169Error):
    """COSE_Encrypt0: only who has the key reads it."""

    code = "identity-code-encrypted"


class Claim169SignatureError(Claim169Error):
    """Not signed, signed with another algorithm, or not by this key."""

    code = "identity-code-signature-invalid"
