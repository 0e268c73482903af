"""Step 7, where somebody shows the licence of another: on what grounds, and whether they hold.

The holder's key signed who acts (the key binding); the root licence and the grants inside show that he may. All of it
can be checked without asking anybody, but for the status of licence and grants, whose lists are evidence.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from standards.mandate import (
    ACTING_CLAIM,
    REPRESENTATIVE_CAPACITIES,
    Grant,
    GrantRefusal,
    GrantSignatureError,
    MandateError,
    UnverifiedActing,
    VerifiedGrant,
    parse_acting,
    refusal_of_chain,
    verify_grant,
)
from standards.sd_jwt import VerifiedKeyBinding
from standards.text import Text
from standards.verification_report import Finding, Outcome
from verifier.checking import acting_findings as findings
from verifier.checking.check_root import CheckedRoot, check_representative, check_root
from verifier.checking.evidence import Evidence, ListUsed
from verifier.checking.findings import with_detail
from verifier.checking.grant_status import STANDS, check_grant_status
from verifier.checking.policy import VerificationPolicy
from verifier.checking.shown_by import ShownBy
from verifier.checking.step_5_validity import CHINA_TIME

_ASKED_OF_A_REQUEST = frozenset({GrantRefusal.SERVICE_ITEM, GrantRefusal.DIVISION})


@dataclass(frozen=True, slots=True)
class Occasion:
    """For what a licence is shown: what a grant may be limited to.

    Attributes:
        requested: whether there was a request; without one, items and regions are not compared.
        type_code: type of the licence shown, or ``None`` for one that is none of ours.
        item: service item of the request, or ``None``.
        division: the verifier's division, or ``None``.
    """

    requested: bool
    type_code: str | None
    item: str | None
    division: str | None


@dataclass(frozen=True, slots=True)
class CheckedActing:
    """What step 7 says about who shows.

    Attributes:
        findings: one or two of step 7; empty when nobody acts for the holder.
        shown_by: who, once everything holds; never for what failed.
        lists: lists that this rests on.
    """

    findings: tuple[Finding, ...] = ()
    shown_by: ShownBy | None = None
    lists: tuple[ListUsed, ...] = ()


def check_acting(
    binding: VerifiedKeyBinding | None,
    claims: Mapping[str, Any],
    occasion: Occasion,
    evidence: Evidence,
    *,
    policy: VerificationPolicy,
    at: datetime,
) -> CheckedActing:
    """Who shows, if it is not the holder.

    Args:
        binding: the verified key binding, or ``None`` when there is none: then nobody said anything.
        claims: what the verified licence shows.
        occasion: for what it is shown.
        evidence: lists in hand.
        policy: limits.
        at: the instant of the decision.
    """
    if binding is None or ACTING_CLAIM not in binding.claims:
        return CheckedActing()
    try:
        acting = parse_acting(binding.claims[ACTING_CLAIM])
    except MandateError as cause:
        return CheckedActing((with_detail(findings.MALFORMED, cause.message),))
    root = check_root(acting.root, evidence, policy, at)
    if isinstance(root, Finding):
        return CheckedActing((root,))
    mismatch = _mismatch(root, claims)
    if mismatch is not None:
        return CheckedActing((mismatch,), lists=root.lists)
    if acting.capacity in REPRESENTATIVE_CAPACITIES:
        named = check_representative(root, acting.capacity, acting.person, at)
        if isinstance(named, Finding):
            return CheckedActing((named,), lists=root.lists)
        return CheckedActing(
            (findings.SHOWN_BY[acting.capacity],), ShownBy(acting.capacity, named, root.subject), root.lists
        )
    return _under_grant(acting, root, occasion, evidence, policy=policy, at=at)


def _mismatch(root: CheckedRoot, claims: Mapping[str, Any]) -> Finding | None:
    """Whether the licence shown is the root's holder's: by number, else by name; with neither it could be anybody's."""
    number, name = claims.get("holder_number"), claims.get("holder_name")
    if number is not None:
        same = number == root.subject.number
        same = same and claims.get("holder_code_type", root.subject.code_type) == root.subject.code_type
    elif name is not None:
        same = name == root.subject.name
    else:
        return findings.HOLDER_WITHHELD
    return None if same else findings.HOLDER_DIFFERS


def _under_grant(
    acting: UnverifiedActing,
    root: CheckedRoot,
    occasion: Occasion,
    evidence: Evidence,
    *,
    policy: VerificationPolicy,
    at: datetime,
) -> CheckedActing:
    try:
        chain = tuple(verify_grant(grant, root.key) for grant in acting.grants)
    except GrantSignatureError:
        return CheckedActing((findings.GRANT_NOT_SIGNED,), lists=root.lists)
    refusal = refusal_of_chain(
        chain,
        capacity=acting.capacity,
        subject=root.subject,
        person=acting.person,
        type_code=occasion.type_code,
        item_code=occasion.item,
        division=occasion.division,
        at=at,
        clock_skew=policy.clock_skew,
    )
    unasked = refusal in _ASKED_OF_A_REQUEST and not occasion.requested
    if refusal is not None and not unasked:
        return CheckedActing((findings.REFUSED[refusal],), lists=root.lists)
    statuses = [check_grant_status(step.grant.status, evidence, policy, at) for step in chain]
    lists = (*root.lists, *(used for _, used in statuses if used is not None))
    for outcome in (Outcome.FAILED, Outcome.INDETERMINATE):
        for status, _ in statuses:
            if status.outcome is outcome:
                return CheckedActing((status,), lists=lists)
    leaf = chain[0].grant
    said = [_shown_under(acting.capacity, leaf)]
    if unasked:
        said.append(findings.LIMITS_UNKNOWN)
    return CheckedActing(tuple(said), _shown_by(acting, root, chain), lists)


def _shown_under(capacity: str, leaf: Grant) -> Finding:
    until = leaf.expires_at.astimezone(CHINA_TIME).date().isoformat()
    detail = Text(
        f"授权 {leaf.id}，至 {until}；{STANDS.message.zh}",
        f"Grant {leaf.id}, until {until}. {STANDS.message.en}",
    )
    return with_detail(findings.SHOWN_BY[capacity], detail)


def _shown_by(acting: UnverifiedActing, root: CheckedRoot, chain: tuple[VerifiedGrant, ...]) -> ShownBy:
    leaf = chain[0].grant
    return ShownBy(
        acting.capacity,
        leaf.agent,
        root.subject,
        grant=leaf.id,
        parent=leaf.parent,
        scope=leaf.scope,
        not_before=leaf.not_before,
        expires_at=leaf.expires_at,
    )
