"""A licence as the library keeps it (GB/T 36903 record): who holds what, given by whom, in which state."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta, timezone
from enum import StrEnum
from typing import Any, Final

from issuer.library.event import LicenceEvent, Proposal
from issuer.library.inspection import InspectionResult, InspectionStanding
from standards.codes.holder_code import HolderKind, holder_code_type
from standards.codes.licence_identifier import LicenceIdentifier
from standards.licence_types import vct_of
from standards.text import Text

__all__ = [
    "CHINA_TIME",
    "Holder",
    "InspectionResult",
    "InspectionStanding",
    "IssuingAuthority",
    "Licence",
    "LicenceState",
    "SourceMark",
    "local_day",
]

CHINA_TIME: Final = timezone(timedelta(hours=8), "China")
"""Dates on licences are days of this zone: there is one legal time in the country."""


class LicenceState(StrEnum):
    """States of GB/T 36903: valid, or why not (DOMAIN section 3)."""

    VALID = "valid"
    NOT_YET_EFFECTIVE = "not_yet_effective"
    SUSPENDED = "suspended"
    REPORTED_LOST = "reported_lost"
    INSPECTION_OVERDUE = "inspection_overdue"
    REPLACED = "replaced"
    EXPIRED = "expired"
    DEREGISTERED = "deregistered"
    RESCINDED = "rescinded"
    REVOKED = "revoked"
    OTHER = "other"

    @property
    def label(self) -> Text:
        """The state in words."""
        return _STATE_LABELS[self]


_STATE_LABELS: Final[Mapping[LicenceState, Text]] = {
    LicenceState.VALID: Text("有效", "Valid"),
    LicenceState.NOT_YET_EFFECTIVE: Text("未生效", "Not yet effective"),
    LicenceState.SUSPENDED: Text("暂扣", "Suspended"),
    LicenceState.REPORTED_LOST: Text("挂失", "Reported lost"),
    LicenceState.INSPECTION_OVERDUE: Text("逾期未检", "Inspection overdue"),
    LicenceState.REPLACED: Text("已换发", "Replaced"),
    LicenceState.EXPIRED: Text("已过期", "Expired"),
    LicenceState.DEREGISTERED: Text("已注销", "Deregistered"),
    LicenceState.RESCINDED: Text("已撤销", "Rescinded"),
    LicenceState.REVOKED: Text("已吊销", "Revoked"),
    LicenceState.OTHER: Text("其他", "Other"),
}


@dataclass(frozen=True, slots=True, repr=False)
class Holder:
    """One holder: name, and number with its type (GB/T 36903 annex A)."""

    name: str
    code_type: str
    number: str

    def __repr__(self) -> str:
        """Without personal data, so that no log carries them by accident."""
        return f"Holder(code_type={self.code_type!r})"

    @property
    def is_person(self) -> bool:
        """Whether the number identifies a natural person."""
        return holder_code_type(self.code_type).kind is not HolderKind.LEGAL_ENTITY


@dataclass(frozen=True, slots=True)
class IssuingAuthority:
    """Who issued it: code and name as printed, and the division it acts for (six digits)."""

    uscc: str
    name: str
    division: str


@dataclass(frozen=True, slots=True)
class SourceMark:
    """What a source system last said of a licence, as far as a repeat of it must be known again.

    Attributes:
        system: code of the source system.
        digest: keyed hash of what it said; a further delivery with the same digest says nothing new.
        delivery: the import with which it came.
        row: its row there, from 1.
        at: when, UTC.
    """

    system: str
    digest: bytes
    delivery: str
    row: int
    at: datetime


@dataclass(frozen=True, slots=True, repr=False)
class Licence:
    """One licence in one version.

    Attributes:
        identifier: GB/T 36904, unique for licence and version.
        type_code, type_version: of the catalogue.
        licence_number: as printed.
        authority: who issued it.
        holders: 1..n.
        issue_date: day of issue of this version.
        valid_from, valid_until: first and last day of validity; ``None`` for no end.
        fields: the type's own fields.
        state: as decided by operations; what the passing of time adds is in ``standing``.
        inspection: see ``InspectionStanding``.
        recorded_at: when it entered the library, UTC.
        revision: counts the changes; every change is a compare-and-set on it.
        superseded_by: identifier of the version that replaced this one, or ``None``.
        supersedes: identifier of the version before, or ``None``.
        proposal: an operation that waits for its approval, or ``None``.
        events: the history, oldest first; it only grows.
        source: the delivery of a source system that this version stems from, or ``None``.
    """

    identifier: LicenceIdentifier
    type_code: str
    type_version: str
    licence_number: str
    authority: IssuingAuthority
    holders: tuple[Holder, ...]
    issue_date: date
    valid_from: date | None
    valid_until: date | None
    fields: Mapping[str, Any]
    state: LicenceState
    inspection: InspectionStanding
    recorded_at: datetime
    revision: int = 1
    superseded_by: str | None = None
    supersedes: str | None = None
    proposal: Proposal | None = None
    events: tuple[LicenceEvent, ...] = ()
    source: SourceMark | None = None

    def __repr__(self) -> str:
        return f"Licence({self.identifier}, {self.state})"

    @property
    def vct(self) -> str:
        """Credential type of its copies."""
        return vct_of(self.type_code, self.type_version)

    @property
    def version(self) -> int:
        """1 for the first issue."""
        return self.identifier.version


def local_day(at: datetime) -> date:
    """The day of ``at`` (aware) in China."""
    return at.astimezone(CHINA_TIME).date()
