"""The state that a card shows, decided from the dates of the licence and the status of its copies."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta, timezone
from enum import StrEnum
from typing import Final

from standards.status_list import StatusValue
from standards.text import Text
from wallet.holdings.holding import Face

_CHINA: Final = timezone(timedelta(hours=8))
"""Dates on licences are days of China Standard Time."""


class LicenceState(StrEnum):
    """What can be said of a licence now."""

    VALID = "valid"
    NOT_YET_EFFECTIVE = "not_yet_effective"
    SUSPENDED = "suspended"
    INSPECTION_OVERDUE = "inspection_overdue"
    EXPIRED = "expired"
    ENDED = "ended"
    UNKNOWN = "unknown"


_WORDS: Final = {
    LicenceState.VALID: Text("有效", "Valid"),
    LicenceState.NOT_YET_EFFECTIVE: Text("尚未生效", "Not yet effective"),
    LicenceState.SUSPENDED: Text("暂停使用", "Suspended"),
    LicenceState.INSPECTION_OVERDUE: Text("逾期未检", "Inspection overdue"),
    LicenceState.EXPIRED: Text("已过期", "Expired"),
    LicenceState.ENDED: Text("已失效", "No longer valid"),
    LicenceState.UNKNOWN: Text("状态暂不可知", "State not known now"),
}

_ADVICE: Final = {
    LicenceState.NOT_YET_EFFECTIVE: Text(
        "生效日期之后即可使用。", "It can be used from its first day of validity."
    ),
    LicenceState.SUSPENDED: Text(
        "证照已被暂扣、挂失或尚未生效；请联系发证机构。",
        "It was suspended, reported lost or is not yet effective; ask the issuing authority.",
    ),
    LicenceState.INSPECTION_OVERDUE: Text("请尽快完成年检（年审）。", "Have the inspection done soon."),
    LicenceState.EXPIRED: Text("请向发证机构办理换发。", "Ask the issuing authority to renew it."),
    LicenceState.ENDED: Text(
        "证照已被换发、注销、撤销或吊销；请联系发证机构。",
        "It was replaced, deregistered, rescinded or revoked; ask the issuing authority.",
    ),
    LicenceState.UNKNOWN: Text(
        "暂时联系不上发证机构的状态服务；证照仍可出示。",
        "The issuer's status service does not answer; the licence can still be shown.",
    ),
}

_REASONS: Final = {
    "suspended": Text("发证机构已暂扣此证照。", "The issuing authority has suspended it."),
    "reported_lost": Text("此证照已挂失。", "It was reported lost."),
    "not_yet_effective": Text("新版本尚未生效。", "Its new version is not yet effective."),
    "inspection_overdue": Text("逾期未检。", "Its inspection is overdue."),
    "expired": Text("有效期已届满。", "Its validity has ended."),
    "replaced": Text("已换发。", "It was replaced."),
    "deregistered": Text("已注销。", "It was deregistered."),
    "rescinded": Text("已撤销。", "It was rescinded."),
    "revoked": Text("已吊销。", "It was revoked."),
    "holder_changed": Text("证照已变更到其他持证主体名下。", "It has passed to another holder."),
    "other": Text("已转出。", "It was transferred to another authority."),
}


_ENDED_AS: Final = {
    "replaced": Text("已换发", "Replaced"),
    "deregistered": Text("已注销", "Deregistered"),
    "rescinded": Text("已撤销", "Rescinded"),
    "revoked": Text("已吊销", "Revoked"),
}
"""How a licence ended, in a word for its card."""


def ended_as(state: str) -> Text | None:
    """How a licence ended by its issuer's word, for the card; ``None`` where "no longer valid" has to do."""
    return _ENDED_AS.get(state)


def reason_word(state: str) -> Text | None:
    """What an issuer's word of a licence means to its holder; ``None`` for one that we do not know."""
    return _REASONS.get(state)


# The worst first: one bad copy is enough to tell the person.
_GRAVITY: Final = (
    LicenceState.ENDED,
    LicenceState.SUSPENDED,
    LicenceState.INSPECTION_OVERDUE,
    LicenceState.UNKNOWN,
    LicenceState.VALID,
)
_OF_VALUE: Final = {
    StatusValue.VALID: LicenceState.VALID,
    StatusValue.INVALID: LicenceState.ENDED,
    StatusValue.SUSPENDED: LicenceState.SUSPENDED,
    StatusValue.INSPECTION_OVERDUE: LicenceState.INSPECTION_OVERDUE,
}


@dataclass(frozen=True, slots=True)
class StatusReading:
    """What the status list says of one copy: ``value`` is ``None`` when it could not be read."""

    value: int | None
    as_of: datetime | None = None


@dataclass(frozen=True, slots=True)
class StateOnCard:
    """The state with its age.

    Attributes:
        state: what can be said.
        as_of: when the issuer published the status that this rests on; ``None`` when it rests on dates alone.
        reason: what the issuer told this holder of it, or ``None``.
        ended_as: how it ended, in a word, where the issuer told.
    """

    state: LicenceState
    as_of: datetime | None = None
    reason: Text | None = None
    ended_as: Text | None = None

    @property
    def word(self) -> Text:
        """The state in a word."""
        return self.ended_as or _WORDS[self.state]

    @property
    def advice(self) -> Text | None:
        """What the person can do about it."""
        return _ADVICE.get(self.state)

    @property
    def usable(self) -> bool:
        """Whether a window may accept it, as far as the wallet knows."""
        return self.state in (LicenceState.VALID, LicenceState.UNKNOWN)


def decide_state(face: Face, readings: Iterable[StatusReading], at: datetime) -> StateOnCard:
    """The state of a licence at an instant.

    What the issuer decided weighs more than dates: a licence that was revoked and has expired since is shown as
    ended. A licence without status entries is judged by its dates alone.
    """
    found = [
        StateOnCard(
            LicenceState.UNKNOWN if reading.value is None else _state_of(reading.value), reading.as_of
        )
        for reading in readings
    ]
    worst = min(found, key=lambda one: _GRAVITY.index(one.state), default=StateOnCard(LicenceState.VALID))
    if worst.state is LicenceState.ENDED:
        return worst
    today = at.astimezone(_CHINA).date()
    starts, ends = _day(face, "valid_from"), _day(face, "valid_until")
    if (face.expires_at is not None and face.expires_at <= at) or (ends is not None and ends < today):
        return StateOnCard(LicenceState.EXPIRED)
    if starts is not None and starts > today:
        return StateOnCard(LicenceState.NOT_YET_EFFECTIVE, worst.as_of)
    return worst


def _state_of(value: int) -> LicenceState:
    # A value that only the application of another issuer gives a meaning to is not one that we can tell.
    return (
        _OF_VALUE.get(StatusValue(value), LicenceState.UNKNOWN)
        if value in tuple(StatusValue)
        else LicenceState.UNKNOWN
    )


def _day(face: Face, name: str) -> date | None:
    try:
        return date.fromisoformat(face.claim_text(name))
    except ValueError:
        return None
