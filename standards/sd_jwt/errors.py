"""Errors of reading and verifying SD-JWT; one class for each verdict that a verifier tells apart."""

from __future__ import annotations

from standards.errors import InvalidInputError


class SdJwtError(InvalidInputError):
    """An SD-JWT, a disclosure or a key binding that does not have the form of RFC 9901."""

    code = "invalid-sd-jwt"


class UnsignedDisclosureError(SdJwtError):
    """A disclosure that no digest of the issuer refers to: added, changed, or of another SD-JWT."""

    code = "disclosure-not-signed"


class KeyBindingError(SdJwtError):
    """A key binding that does not prove that the holder's key was used."""

    code = "key-binding-invalid"


class KeyBindingMissingError(KeyBindingError):
    """No key binding where one is required."""

    code = "key-binding-missing"


class KeyBindingHashError(KeyBindingError):
    """The key binding was made for other disclosures or another SD-JWT (``sd_hash``)."""

    code = "key-binding-of-another-presentation"


class KeyBindingTimeError(KeyBindingError):
    """The key binding was made too long ago, or in the future."""

    code = "key-binding-not-fresh"


class AudienceError(KeyBindingError):
    """The key binding was made for another verifier."""

    code = "wrong-audience"


class NonceError(KeyBindingError):
    """The key binding was made for another request."""

    code = "wrong-nonce"
