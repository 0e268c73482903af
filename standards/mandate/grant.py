"""A grant: one party lets another act for it, within limits, until an end, until it is withdrawn."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final, Literal, cast

from standards.codes.holder_code import HolderKind
from standards.mandate.errors import MandateError
from standards.mandate.party import Party
from standards.mandate.refusal import GrantRefusal
from standards.mandate.scope import Scope
from standards.status_list import StatusReference

GrantCapacity = Literal["manager", "agent", "relative"]
_GRANTED_BY: Final[Mapping[GrantCapacity, frozenset[HolderKind]]] = {
    "manager": frozenset({HolderKind.LEGAL_ENTITY}),
    "agent": frozenset({HolderKind.LEGAL_ENTITY, HolderKind.NATURAL_PERSON}),
    "relative": frozenset({HolderKind.NATURAL_PERSON}),
}
"""Who may make whom: a child's document grants nothing, its guardian acts by the birth certificate."""

GRANT_CAPACITIES: Final[frozenset[str]] = frozenset(_GRANTED_BY)

MAX_DURATION: Final = timedelta(days=5 * 366)
"""Every grant has an end; none lasts longer than this."""

_NO_SKEW: Final = timedelta()


@dataclass(frozen=True, slots=True)
class Grant:
    """One grant.

    Attributes:
        id: names it; unique for its subject's wallet service.
        subject: who grants: the holder of the root licence.
        agent: who may act; always a natural person's document.
        capacity: as what.
        scope: how far.
        issued_at: when it was signed first, aware UTC, whole seconds like the other two.
        not_before: from when it holds.
        expires_at: from when it no longer holds.
        parent: id of the manager's grant under which it was made, or ``None`` when the subject itself made it.
        status: entry in the wallet provider's list; anything but valid is withdrawn.
    """

    id: str
    subject: Party
    agent: Party
    capacity: GrantCapacity
    scope: Scope
    issued_at: datetime
    not_before: datetime
    expires_at: datetime
    parent: str | None
    status: StatusReference

    def __post_init__(self) -> None:
        if self.capacity not in GRANT_CAPACITIES:
            raise MandateError("授权身份不正确。", "The capacity of a grant is not known.", where="/capacity")
        if not self.not_before < self.expires_at <= self.not_before + MAX_DURATION:
            raise MandateError(
                "授权的起止时间不正确。", "A grant ends after it begins, and within five years.", where="/exp"
            )
        if self.subject.is_same(self.agent):
            raise MandateError("不能授权给自己。", "Nobody grants to himself.", where="/agent")
        if self.agent.kind is not HolderKind.NATURAL_PERSON:
            raise MandateError(
                "被授权人应为自然人。", "Only a natural person acts for another.", where="/agent"
            )
        if self.subject.kind not in _GRANTED_BY[self.capacity]:
            raise MandateError(
                "授权人不能作出此种授权。", "This kind of party does not grant this.", where="/capacity"
            )
        if self.parent is not None and self.capacity != "agent":
            # Managers are made by the subject itself; who was granted something never makes another manager.
            raise MandateError(
                "只有代理人的授权可以依据上级授权。",
                "Only an agent's grant rests on another.",
                where="/parent",
            )

    def covers(
        self,
        type_code: str | None,
        item_code: str | None,
        division: str | None,
        at: datetime,
        *,
        clock_skew: timedelta = _NO_SKEW,
    ) -> GrantRefusal | None:
        """Why this grant does not carry a show, or ``None`` when it does; its status is asked elsewhere.

        Args:
            type_code: type of the licence that is shown; ``None`` for something that is no licence of ours.
            item_code: service item of the request, or ``None`` without one.
            division: the verifier's division, or ``None`` when not known.
            at: the instant, aware UTC.
            clock_skew: how far the clock that wrote the times may differ.
        """
        return self.refusal_in_time(at, clock_skew=clock_skew) or self.scope.refusal_of(
            type_code, item_code, division
        )

    def refusal_in_time(self, at: datetime, *, clock_skew: timedelta = _NO_SKEW) -> GrantRefusal | None:
        """Why the grant does not hold at ``at``."""
        if at + clock_skew < self.not_before:
            return GrantRefusal.NOT_YET_VALID
        if at - clock_skew >= self.expires_at:
            return GrantRefusal.EXPIRED
        return None


def grant_capacity(text: str) -> GrantCapacity:
    """``text`` as the capacity of a grant; raises ``MandateError``."""
    if text not in GRANT_CAPACITIES:
        raise MandateError("授权身份不正确。", "The capacity of a grant is not known.", where="/capacity")
    return cast("GrantCapacity", text)
