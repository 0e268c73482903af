"""The lists that the check of a print code needs; fetched only where a listed issuer sends us."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

from keys.path_validation import PathError
from service.status_feed import StatusFeed
from service.trust_feed import TrustFeed
from standards.errors import InvalidInputError
from standards.print_code import UnverifiedPrintCode, verify_print_code
from verifier.checking.evidence import Evidence


def gather_print_evidence(
    code: UnverifiedPrintCode, *, trust: TrustFeed, status: StatusFeed, at: datetime
) -> Evidence:
    """Trust lists in hand, the issuer's certificate, and the status list that the code names.

    The list is asked for only once the certificate leads to an anchor and its key signed the code: a stranger's code makes this
    service fetch nothing.
    """
    evidence = Evidence(trust.current())
    chain = trust.issuer_chains().get(code.thumbprint)
    if chain is None:
        return evidence
    evidence = replace(evidence, issuer_chains={code.thumbprint: chain})
    try:
        path = evidence.trust.validator.validate(chain, at)
        uri = verify_print_code(code, path.public_key).claims.status.uri
    except (InvalidInputError, PathError):
        return evidence
    token = status.snapshot(uri).token
    return evidence if token is None else replace(evidence, status_tokens={uri: token})
