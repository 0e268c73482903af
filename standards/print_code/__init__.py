"""The code on a printed licence (ELD1): what the paper says, signed, so that a window without any network can compare.

Text: ``ELD1:`` and Base45 (RFC 9285) of a COSE_Sign1 (RFC 9052, ES256) whose payload is a CWT (RFC 8392): ``exp`` (4, absent for an
original without end), ``iat`` (6), ``status`` (65535), and one claim of the private range (−65540), a list in this order:

1. the licence identifier, packed
2. version of the licence type, integer
3. id of the document, text
4. purpose, text or null for an original
5. recipient, text or null
6. the first 16 bytes of SHA-256 over all printed values (:func:`digest_of`)
7. printed values by the field's place in print: empty where nothing is printed; as many as fit a
   symbol that cheap scanners read (version 20, level M)
8. last day of validity of the licence, integer YYYYMMDD, or null when long term

The header names the authority's certificate by its SHA-256 thumbprint, as in the compact licence.
"""

from standards.print_code.code import (
    PRINT_PREFIX,
    PrintClaims,
    UnverifiedPrintCode,
    VerifiedPrintCode,
    build_print_code,
    digest_of,
    parse_print_code,
    verify_print_code,
)

__all__ = [
    "PRINT_PREFIX",
    "PrintClaims",
    "UnverifiedPrintCode",
    "VerifiedPrintCode",
    "build_print_code",
    "digest_of",
    "parse_print_code",
    "verify_print_code",
]
