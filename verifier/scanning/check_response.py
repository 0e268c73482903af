"""The presentations of a response that answers no request of ours: each checked as a licence that was handed over."""

from __future__ import annotations

from datetime import datetime

from standards.verification_report import VerificationReport
from verifier.checking.check_presentation import NO_QUERY, check_text
from verifier.checking.checked import CheckedPresentation
from verifier.checking.evidence import Evidence
from verifier.checking.findings import about_query
from verifier.checking.policy import VerificationPolicy
from verifier.scanning.recognised import PresentationResponse


def check_response(
    response: PresentationResponse, evidence: Evidence, *, policy: VerificationPolicy, at: datetime
) -> CheckedPresentation:
    """Check them; findings are labelled with the query that each stands under."""
    checked = [
        (query, check_text(text, evidence, policy=policy, at=at)) for query, text in response.presentations
    ]
    findings = (
        finding for query, one in checked for finding in about_query(one.report.findings, query or None)
    )
    lists = {(used.kind, used.uri): used for _, one in checked for used in one.lists}
    return CheckedPresentation(
        VerificationReport.of(findings),
        {NO_QUERY: tuple(licence for _, one in checked for licence in one.licences[NO_QUERY])},
        tuple(lists.values()),
    )
