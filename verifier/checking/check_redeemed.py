"""What a wallet service presented when it redeemed a code: verified like any presentation, and held against the code.

The face on the clerk's screen is the answer to a code that was photographed and used first, so it counts only from an
identity card that passes every step and names whoever stands at the window.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from typing import Final

from standards.dcql import DcqlQuery, parse_dcql
from standards.verification_report import Finding, Outcome, Step, VerificationReport
from verifier.checking import code_findings as said
from verifier.checking.check_credential import check_credential
from verifier.checking.check_presentation import check_presentation
from verifier.checking.checked import CheckedLicence, ExpectedPresentation, MaterialRule
from verifier.checking.checked_code import CheckedCode
from verifier.checking.evidence import Evidence
from verifier.checking.findings import about_query
from verifier.checking.policy import VerificationPolicy
from verifier.checking.redemption import Redeemed

IDENTITY_TYPE: Final = "11100000000013338W001"
"""Resident identity card."""

PORTRAIT: Final = "portrait"
CODE_QUERY: Final = "show-code"
"""Under this label stand the findings about the code itself beside those about what was presented."""

_NOTHING_ASKED: Final = parse_dcql(
    {
        "credentials": [
            {"id": "identity", "format": "dc+sd-jwt", "meta": {"vct_values": ["urn:elicence:identity"]}}
        ]
    }
)


def with_redemption(
    checked: CheckedCode,
    redeemed: Redeemed,
    evidence: Evidence,
    *,
    item: str | None,
    division: str | None,
    query: DcqlQuery | None,
    material_rule: MaterialRule | None,
    policy: VerificationPolicy,
    at: datetime,
) -> CheckedCode:
    """``checked`` with the face, and with what answers the item's query, where there was one.

    Args:
        checked: the code itself, as it stands with this redemption.
        redeemed: what came back, unverified.
        evidence: lists in hand, those of what came back among them.
        item: service item, or ``None``; grants may be limited to some.
        division: the department's; likewise.
        query: what was asked for, or ``None``.
        material_rule: the item's own rule, or ``None``.
        policy: limits.
        at: the instant of the decision.
    """
    expected = ExpectedPresentation(
        redeemed.nonce, redeemed.audience, query or _NOTHING_ASKED, item, division
    )
    portrait = _portrait(checked, redeemed.answer.identity, expected, evidence, policy=policy, at=at)
    if query is None or checked.licence is None:
        return replace(checked, portrait=portrait)
    vp_token = {name: (text,) for name, text in redeemed.answer.presentations.items()}
    shown = check_presentation(
        vp_token, expected, evidence, policy=policy, at=at, material_rule=material_rule
    )
    findings: list[Finding] = [
        *about_query(
            (one for one in checked.report.findings if one.step is not Step.MATERIAL_RULE), CODE_QUERY
        ),
        *shown.report.findings,
    ]
    if not all(_same_holder(one, checked.licence) for many in shown.licences.values() for one in many):
        findings.append(said.PRESENTED_BY_OTHER)
    return replace(
        checked,
        report=VerificationReport.of(findings),
        portrait=portrait,
        presented=shown.licences,
        vp_token=vp_token,
        lists=tuple({(used.kind, used.uri): used for used in (*checked.lists, *shown.lists)}.values()),
    )


def _portrait(
    checked: CheckedCode,
    identity: str | None,
    expected: ExpectedPresentation,
    evidence: Evidence,
    *,
    policy: VerificationPolicy,
    at: datetime,
) -> str | None:
    """The face, from a card that holds in every step and is of the person who should be standing there."""
    if identity is None or checked.licence is None:
        return None
    card = check_credential(identity, expected, evidence, policy=policy, at=at)
    good = all(one.outcome in {Outcome.PASSED, Outcome.NEUTRAL} for one in card.findings)
    if not good or card.licence is None or card.licence.type_code != IDENTITY_TYPE:
        return None
    wanted = checked.shown_by.name if checked.shown_by else checked.licence.claims.get("holder_name")
    if card.licence.claims.get("holder_name") != wanted:
        return None
    portrait = card.licence.claims.get(PORTRAIT)
    return portrait if isinstance(portrait, str) else None


def _same_holder(presented: CheckedLicence, compact: CheckedLicence) -> bool:
    """Whether what was presented can be the code's holder's: a number ends as the code says, a name is the same."""
    number, name = presented.claims.get("holder_number"), presented.claims.get("holder_name")
    short = str(compact.claims["holder_number"])
    if isinstance(number, str) and not number.endswith(short):
        return False
    if name is not None and name != compact.claims["holder_name"]:
        return False
    return number is not None or name is not None
