"""Checking what was shown: every presentation by itself, then all of them against the request and the item's rule."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime

from standards.text import Text
from standards.verification_report import Finding, Outcome, Step, VerificationReport
from verifier.checking.check_credential import CheckedCredential, check_credential
from verifier.checking.checked import (
    CheckedLicence,
    CheckedPresentation,
    ExpectedPresentation,
    MaterialRule,
)
from verifier.checking.evidence import Evidence, ListUsed
from verifier.checking.findings import SHOW_AGAIN, about_query, not_checked
from verifier.checking.policy import VerificationPolicy
from verifier.checking.step_8_request import check_query

NO_RULE = Finding(
    Step.MATERIAL_RULE,
    "no-material-rule",
    Outcome.NEUTRAL,
    Text("没有事项规则需要核对。", "There is no rule of a service item to check."),
)
NOTHING_SHOWN = Finding(
    Step.FORM,
    "nothing-shown",
    Outcome.FAILED,
    Text("没有出示任何证照。", "No licence was shown."),
    SHOW_AGAIN,
    sub_indication="SIGNED_DATA_NOT_FOUND",
)

NO_QUERY = ""
"""The query id under which a licence stands that answers no request."""


def check_text(
    text: str,
    evidence: Evidence,
    *,
    policy: VerificationPolicy,
    at: datetime,
    material_rule: MaterialRule | None = None,
) -> CheckedPresentation:
    """Check one SD-JWT VC that was not shown in answer to a request: steps 7 and 8 are neutral."""
    checked = check_credential(text.strip(), None, evidence, policy=policy, at=at)
    return _conclude({NO_QUERY: (checked,)}, list(checked.findings), material_rule, at)


def check_presentation(
    vp_token: Mapping[str, Sequence[str]],
    expected: ExpectedPresentation,
    evidence: Evidence,
    *,
    policy: VerificationPolicy,
    at: datetime,
    material_rule: MaterialRule | None = None,
) -> CheckedPresentation:
    """Check the answer to a request.

    Args:
        vp_token: presentations by query id (OpenID4VP 1.0 section 8.1), untrusted.
        expected: nonce, audience and query of the request.
        evidence: lists in hand.
        policy: limits.
        at: the instant of the decision, aware UTC.
        material_rule: the item's own rule (step 9), asked only when nothing before it failed.
    """
    by_query = {
        query: tuple(check_credential(text, expected, evidence, policy=policy, at=at) for text in texts)
        for query, texts in vp_token.items()
    }
    findings = [
        finding
        for query, checked in by_query.items()
        for item in checked
        for finding in about_query(item.findings, query)
    ]
    if not findings:
        findings.append(NOTHING_SHOWN)
    # 8. answers the request: the query as a whole, over what could be verified
    presented = {
        query: tuple(item.presented for item in checked if item.presented is not None)
        for query, checked in by_query.items()
    }
    findings.extend(check_query(expected.query, presented))
    return _conclude(by_query, findings, material_rule, at)


def _conclude(
    by_query: Mapping[str, tuple[CheckedCredential, ...]],
    findings: list[Finding],
    material_rule: MaterialRule | None,
    at: datetime,
) -> CheckedPresentation:
    licences: dict[str, tuple[CheckedLicence, ...]] = {
        query: tuple(item.licence for item in checked if item.licence is not None)
        for query, checked in by_query.items()
    }
    # 9. the item's material rule
    if material_rule is None:
        findings.append(NO_RULE)
    elif any(finding.outcome is Outcome.FAILED for finding in findings):
        findings.extend(not_checked(Step.MATERIAL_RULE))
    else:
        findings.extend(material_rule(licences, at))
    lists: dict[tuple[str, str], ListUsed] = {
        (used.kind, used.uri): used
        for checked in by_query.values()
        for item in checked
        for used in item.lists
    }
    return CheckedPresentation(VerificationReport.of(findings), licences, tuple(lists.values()))
