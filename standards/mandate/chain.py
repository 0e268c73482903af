"""Whether a chain of verified grants lets a person act: the one rule of the wallet and of the window."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Final

from standards.mandate.grant import Grant
from standards.mandate.party import Party
from standards.mandate.refusal import GrantRefusal
from standards.mandate.token import VerifiedGrant

_NO_SKEW: Final = timedelta()


def refusal_of_chain(
    chain: Sequence[VerifiedGrant],
    *,
    capacity: str,
    subject: Party,
    person: Party,
    type_code: str | None,
    item_code: str | None,
    division: str | None,
    at: datetime,
    clock_skew: timedelta = _NO_SKEW,
) -> GrantRefusal | None:
    """Why these grants do not let ``person`` show a licence of ``subject``, or ``None`` when they do.

    Args:
        chain: the grant that the person acts under, then the one that it rests on, if any.
        capacity: as what he acts.
        subject: holder of the root licence.
        person: who acts.
        type_code: type of the licence shown.
        item_code: service item, or ``None``.
        division: the verifier's division, or ``None``.
        at: the instant, aware UTC.
        clock_skew: how far other clocks may differ.

    Status is not asked here: the wallet knows it, the window asks the lists. Uses are the wallet's to count.
    """
    if not chain:
        return GrantRefusal.MISSING
    leaf = chain[0].grant
    if not leaf.agent.is_same(person):
        return GrantRefusal.OTHER_AGENT
    if leaf.capacity != capacity:
        return GrantRefusal.OTHER_CAPACITY
    refusal = refusal_of_parent(leaf, tuple(step.grant for step in chain[1:]))
    if refusal is not None:
        return refusal
    for step in chain:
        if not step.grant.subject.is_same(subject):
            return GrantRefusal.OTHER_SUBJECT
        refusal = step.grant.covers(type_code, item_code, division, at, clock_skew=clock_skew)
        if refusal is not None:
            return refusal
    return None


def refusal_of_parent(leaf: Grant, above: Sequence[Grant]) -> GrantRefusal | None:
    """Why ``leaf`` does not follow from the grants above it; asked when it is made, and at each show.

    Only a manager grants on, only to agents, only what he has himself, and no longer.
    """
    if leaf.parent is None:
        return None if not above else GrantRefusal.PARENT_UNSUITABLE
    if len(above) != 1 or above[0].id != leaf.parent:
        return GrantRefusal.PARENT_MISSING
    parent = above[0]
    if parent.capacity != "manager" or parent.parent is not None:
        return GrantRefusal.PARENT_UNSUITABLE
    if not parent.subject.is_same(leaf.subject):
        return GrantRefusal.OTHER_SUBJECT
    in_time = parent.not_before <= leaf.not_before and leaf.expires_at <= parent.expires_at
    if not in_time or not leaf.scope.is_within(parent.scope):
        return GrantRefusal.WIDER_THAN_PARENT
    return None
