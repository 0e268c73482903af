"""Who showed a licence for its holder, as verified: personal data, kept sealed beside the licence."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from standards.json_reader import Reader
from standards.mandate import Party, Scope, parse_scope


@dataclass(frozen=True, slots=True)
class ShownBy:
    """Somebody who may act for the holder, and on what grounds.

    Attributes:
        capacity: ``legal_representative``, ``guardian``, ``manager``, ``agent`` or ``relative``.
        person: who showed. The number is the one that the grant or the root licence names.
        subject: for whom: the holder, as the root licence names it.
        grant: id of the grant, or ``None`` for a representative, whom the licence itself names.
        parent: id of the manager's grant that it rests on, or ``None``.
        scope: how far the grant reaches.
        not_before: from when, or ``None`` without a grant.
        expires_at: until when, or ``None`` without a grant.
    """

    capacity: str
    person: Party = field(repr=False)
    subject: Party = field(repr=False)
    grant: str | None = None
    parent: str | None = None
    scope: Scope | None = None
    not_before: datetime | None = None
    expires_at: datetime | None = None

    def to_json(self) -> dict[str, Any]:
        """Wire shape, and what is sealed."""
        return {
            "capacity": self.capacity,
            "person": self.person.to_dict(),
            "subject": self.subject.to_dict(),
            "grant": self.grant,
            "parent": self.parent,
            "scope": self.scope.to_dict() if self.scope else None,
            "not_before": _moment(self.not_before),
            "expires_at": _moment(self.expires_at),
        }


def shown_by_of(value: Mapping[str, Any]) -> ShownBy:
    """The reverse of ``to_json``; trusts its input, because only what we sealed comes here."""
    scope = value["scope"]
    return ShownBy(
        value["capacity"],
        Party(**value["person"]),
        Party(**value["subject"]),
        value["grant"],
        value["parent"],
        None if scope is None else parse_scope(Reader(scope)),
        _instant(value["not_before"]),
        _instant(value["expires_at"]),
    )


def _moment(at: datetime | None) -> str | None:
    return None if at is None else at.isoformat(timespec="seconds")


def _instant(text: str | None) -> datetime | None:
    return None if text is None else datetime.fromisoformat(text)
