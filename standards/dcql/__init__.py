"""Digital Credentials Query Language (OpenID4VP 1.0, final, sections 6 and 7)."""

from standards.dcql.match import Answer, Candidate, Match, Need, match
from standards.dcql.parse import InvalidDcqlQueryError, parse_dcql
from standards.dcql.paths import ConcretePath, covers, select
from standards.dcql.query import (
    MDOC,
    SD_JWT,
    ClaimsPath,
    ClaimsQuery,
    CredentialQuery,
    CredentialSetQuery,
    DcqlQuery,
    TrustedAuthority,
)
from standards.dcql.response import Presented, ResponseProblem, check_response

__all__ = [
    "MDOC",
    "SD_JWT",
    "Answer",
    "Candidate",
    "ClaimsPath",
    "ClaimsQuery",
    "ConcretePath",
    "CredentialQuery",
    "CredentialSetQuery",
    "DcqlQuery",
    "InvalidDcqlQueryError",
    "Match",
    "Need",
    "Presented",
    "ResponseProblem",
    "TrustedAuthority",
    "check_response",
    "covers",
    "match",
    "parse_dcql",
    "select",
]
