"""Use case: a code or sheet is scanned. Checked by itself first, because redeeming it uses it up; then redeemed.

A code that fails by itself is neither noted nor redeemed: somebody who holds a broken copy of it must not use up the real one.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from keys.signer import Signer
from standards.dcql import DcqlQuery
from standards.show_code import SHEET_PREFIX, UnverifiedSheet
from standards.show_code.errors import ShowCodeError
from standards.verification_report import Outcome, VerificationReport
from verifier.checking.check_code import Scan, check_code, unreadable_code
from verifier.checking.check_redeemed import with_redemption
from verifier.checking.checked import MaterialRule
from verifier.checking.checked_code import CheckedCode
from verifier.checking.code_findings import LIMITS_UNKNOWN, REDEMPTION_REQUIRED
from verifier.checking.gather_evidence import gather_code_evidence
from verifier.checking.policy import VerificationPolicy
from verifier.checking.redemption import NotAsked, Redeemed, redeem
from verifier.checking.scanned_code import name_of, parse_scanned
from verifier.departments.department import Department
from verifier.node import VerifierNode
from verifier.offline.notice_loss import notice_loss

WINDOW_SECONDS: Final = 1.2
WINDOW_SECONDS_ONCE_SLOW: Final = 0.6


@dataclass(frozen=True, slots=True)
class Purpose:
    """What a code is scanned for.

    Attributes:
        department: who scans.
        signer: the department's, with its certificate; ``None`` before it is certified: then nothing is redeemed.
        item: code of a service item, or ``None``.
        query: what the item needs, or ``None`` to see the code alone.
        material_rule: the item's own rule, or ``None``.
        nonce: of a request that waits for an answer, or ``None``.
    """

    department: Department
    signer: Signer | None
    item: str | None = None
    query: DcqlQuery | None = None
    material_rule: MaterialRule | None = None
    nonce: str | None = None


def scan_code(
    node: VerifierNode, text: str, purpose: Purpose, *, at: datetime, policy: Callable[[], VerificationPolicy]
) -> CheckedCode:
    """Check and redeem a code or sheet (one durable write for a code that is good by itself).

    ``policy`` says the limits that hold now; it is asked again when the network turns out to be lost in the middle.
    """
    try:
        scanned = parse_scanned(text)
    except ShowCodeError as cause:
        sheet = text.strip().startswith(SHEET_PREFIX)
        return unreadable_code("sheet" if sheet else "code", cause.message)
    sheet = isinstance(scanned, UnverifiedSheet)
    evidence = gather_code_evidence(scanned, trust=node.trust, status=node.status, at=at)
    limits = policy()
    alone = check_code(scanned, evidence, Scan(purpose.item), policy=limits, at=at)
    if not _may_be_redeemed(alone.report):
        return alone
    if not sheet and not node.scanned_codes.take(name_of(scanned), at):
        return check_code(scanned, evidence, Scan(purpose.item, seen_before=True), policy=limits, at=at)
    # A sheet is for stated items: without one its wallet service could only refuse.
    if purpose.signer is None or (sheet and purpose.item is None):
        return alone
    redemption = redeem(
        scanned,
        text,
        signer=purpose.signer,
        outbound=node.outbound,
        item=purpose.item,
        query=purpose.query,
        nonce=purpose.nonce,
        timeout_seconds=_patience(node),
        at=at,
    )
    if isinstance(redemption, NotAsked) and notice_loss(node, at):
        limits = policy()
    checked = check_code(scanned, evidence, Scan(purpose.item, redemption=redemption), policy=limits, at=at)
    if not isinstance(redemption, Redeemed):
        return checked
    answer = redemption.answer
    texts = (*answer.presentations.values(), *((answer.identity,) if answer.identity else ()))
    return with_redemption(
        checked,
        redemption,
        gather_code_evidence(scanned, texts, trust=node.trust, status=node.status, at=at),
        item=purpose.item,
        division=purpose.department.division,
        query=purpose.query,
        material_rule=purpose.material_rule,
        policy=limits,
        at=at,
    )


def _patience(node: VerifierNode) -> float | None:
    """How long a wallet service may take. A window can decide without it, and its clerk is promised an answer in two seconds."""
    if not node.kept_tokens.is_window:
        return None
    # Cut off from the centre, a wallet service may still be there, and makes a code count once.
    slow = node.status.seems_away or node.status.cut_off
    return WINDOW_SECONDS_ONCE_SLOW if slow else WINDOW_SECONDS


def _may_be_redeemed(report: VerificationReport) -> bool:
    """Whether nothing is wrong or open but what only the wallet service can settle."""
    settled_there = {LIMITS_UNKNOWN.code, REDEMPTION_REQUIRED.code}
    return all(
        finding.outcome in {Outcome.PASSED, Outcome.NEUTRAL} or finding.code in settled_there
        for finding in report.findings
    )
