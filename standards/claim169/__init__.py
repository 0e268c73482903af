"""Identity codes (CWT Claim 169, version 1.2): a person's data, signed, small enough for a QR symbol.

Base45 (RFC 9285) of a zlib stream (RFC 1950) of a COSE_Sign1 message (RFC 9052) over a CWT (RFC 8392) whose claim 169 is a map.
Issuers of all countries make them, so more than one form of CBOR is read; what is signed are the bytes as received.
"""

from standards.claim169.errors import (
    Claim169EncryptedError,
    Claim169Error,
    Claim169SignatureError,
    Claim169TooLargeError,
)
from standards.claim169.identity import Face, Identity
from standards.claim169.identity_code import (
    IdentityKey,
    UnverifiedIdentityCode,
    VerifiedIdentityCode,
    parse_identity_code,
    verify_identity_code,
)

__all__ = [
    "Claim169EncryptedError",
    "Claim169Error",
    "Claim169SignatureError",
    "Claim169TooLargeError",
    "Face",
    "Identity",
    "IdentityKey",
    "UnverifiedIdentityCode",
    "VerifiedIdentityCode",
    "parse_identity_code",
    "verify_identity_code",
]
