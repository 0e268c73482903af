"""While the window is cut off, a good code is the answer itself, as far as the item lets a code that nobody redeemed count (R10).

No wallet service can present the item's claims then. What there is, is the compact licence: signed by its issuer, shown by the
holder's phone a moment ago, its status by the list in hand. It satisfies the material of its type; a condition over a claim
that it does not carry cannot be judged, and what cannot be judged is never accepted.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any

from service.type_feed import TypeFeed
from standards.verification_report import Indication, VerificationReport
from verifier.checking.check_presentation import NO_RULE
from verifier.checking.checked import CheckedLicence
from verifier.checking.checked_code import CheckedCode
from verifier.items import AcceptedLicence, ServiceItem, check_materials, issuer_facts
from verifier.items.conditions import Shown
from verifier.items.short_form import short_claims
from verifier.window.describe_shown import with_description
from verifier.window.presentation import Answer
from verifier.window.receive_response import shown_licence


def answer_of_unredeemed(
    checked: CheckedCode,
    item: ServiceItem | None,
    earlier: Shown,
    *,
    text: str,
    types: TypeFeed,
    lists: tuple[dict[str, Any], ...],
    at: datetime,
) -> Answer | None:
    """The code as the answer to the request that waits; ``None`` where it is none.

    Args:
        checked: the code by itself, under the limits of the item.
        item: what the request is for.
        earlier: claims that the same case has from before.
        text: the code as scanned, for the record.
        types: what types that were made elsewhere are called.
        lists: as noted for the record.
        at: now.
    """
    answered = report_of_unredeemed(checked, item, earlier, at)
    if answered is None or checked.licence is None:
        return None
    query, report = answered
    shown = with_description(shown_licence(checked.licence), types)
    return Answer(
        report=report.to_json(),
        lists=lists,
        licences={query: (shown,)},
        vp_token={query: (text,)},
        response_code=None,
        received_at=at,
    )


def report_of_unredeemed(
    checked: CheckedCode, item: ServiceItem | None, earlier: Shown, at: datetime
) -> tuple[str, VerificationReport] | None:
    """Which query of the item the code answers and the report with its materials; ``None`` where it is no answer."""
    licence = checked.licence
    if item is None or not item.offline.unredeemed or checked.redeemed or licence is None:
        return None
    accepted = _accepted(item, licence, earlier)
    if accepted is None or checked.report.indication is not Indication.PASSED:
        return None
    claims = short_claims(licence.claims)
    materials = check_materials(
        item,
        {**earlier, accepted.query: {**claims, **issuer_facts(licence.issuer_uscc, licence.issuer_division)}},
        at,
    )
    findings = [finding for finding in checked.report.findings if finding.code != NO_RULE.code]
    return accepted.query, VerificationReport.of((*findings, *materials))


def _accepted(item: ServiceItem, licence: CheckedLicence, earlier: Shown) -> AcceptedLicence | None:
    """Which of the item's licences it is: the first of its type that the case does not have yet."""
    return next(
        (
            accepted
            for material in item.materials
            for accepted in material.accepts
            if accepted.licence_type.code == licence.type_code and accepted.query not in earlier
        ),
        None,
    )
