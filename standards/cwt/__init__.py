"""The compact form of a licence, for codes that a phone shows and that are printed.

Standards: RFC 8392 (CWT), RFC 9052 and 9053 (COSE), RFC 9360 (``x5t``), RFC 8747 (``cnf``), RFC 9285 (Base45).
"""

from standards.cwt.compact_licence import (
    MAX_LICENCE_BYTES,
    CompactClaims,
    UnverifiedCompactLicence,
    VerifiedCompactLicence,
    build_compact_licence,
    parse_compact_licence,
    short_number,
    verify_compact_licence,
)
from standards.cwt.errors import CwtAlgorithmError, CwtError, CwtSignatureError

__all__ = [
    "MAX_LICENCE_BYTES",
    "CompactClaims",
    "CwtAlgorithmError",
    "CwtError",
    "CwtSignatureError",
    "UnverifiedCompactLicence",
    "VerifiedCompactLicence",
    "build_compact_licence",
    "parse_compact_licence",
    "short_number",
    "verify_compact_licence",
]
