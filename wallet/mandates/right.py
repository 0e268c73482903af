"""A right to act for a subject: given by a licence that names the representative, or by a grant of the subject.

    offered ──accept──▶ active ──▶ withdrawn
       ├──decline──▶ declined
       └──withdraw──▶ withdrawn

A right is a row in the subject's account. Whether it holds at an instant is asked anew each time it is used.
"""

from __future__ import annotations

import secrets
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from enum import StrEnum
from typing import Any, Final

from service.web.language import BEIJING
from standards.json_reader import Reader
from standards.mandate import Grant, Party, Scope, grant_capacity, parse_party, parse_scope
from standards.status_list import StatusReference
from standards.text import Text
from wallet.accounts.acting import Capacity
from wallet.accounts.subject import Subject

MOST_MANAGERS: Final = 5
"""Licence managers that an entity can have at one time."""


class RightState(StrEnum):
    """Where a right stands; only an active one can hold."""

    OFFERED = "offered"
    """Granted; the person has not accepted yet."""
    ACTIVE = "active"
    DECLINED = "declined"
    """The person did not want it."""
    WITHDRAWN = "withdrawn"
    """Taken back, or given up, or fallen with the manager who granted it."""

    @property
    def word(self) -> Text:
        """For people to read."""
        return _WORDS[self]


_WORDS: Final = {
    RightState.OFFERED: Text("等待对方接受", "waiting to be accepted"),
    RightState.ACTIVE: Text("有效", "in force"),
    RightState.DECLINED: Text("对方未接受", "declined"),
    RightState.WITHDRAWN: Text("已撤回", "withdrawn"),
}


@dataclass(frozen=True, slots=True)
class Terms:
    """What was granted; the same in every signature over it.

    Attributes:
        scope: how far it reaches.
        issued_at: when it was made.
        not_before: from when it holds.
        expires_at: until when.
        status: its entry in the wallet provider's status list.
    """

    scope: Scope
    issued_at: datetime
    not_before: datetime
    expires_at: datetime
    status: StatusReference

    @property
    def first_day(self) -> date:
        """In China."""
        return self.not_before.astimezone(BEIJING).date()

    @property
    def last_day(self) -> date:
        """The last day on which it holds, in China."""
        return (self.expires_at - timedelta(seconds=1)).astimezone(BEIJING).date()


@dataclass(frozen=True, slots=True)
class SignedGrant:
    """The signature over the terms in force: by one copy of the root licence.

    Attributes:
        text: the grant as others can check it.
        copy_id: the copy of the root licence whose key signed; another one signs once it is gone.
    """

    text: str = field(repr=False)
    copy_id: str


@dataclass(frozen=True, slots=True)
class Right:
    """One right, opened.

    Attributes:
        right_id: random; also the id of the grant.
        subject_account: account of who is acted for.
        person_account: account of who acts.
        subject: who is acted for.
        person: who acts.
        capacity: as what.
        state: where it stands.
        parent_id: the manager's right under which it was given, or ``None``.
        uses_left: shows that are left; ``None`` without a limit.
        terms: of a grant; ``None`` for a representative, whom a licence names.
        signed: the grant as last signed; ``None`` before the first show.
        changed_at: when the state was entered.
    """

    right_id: str
    subject_account: str
    person_account: str
    subject: Subject
    person: Party
    capacity: Capacity
    state: RightState
    parent_id: str | None = None
    uses_left: int | None = None
    terms: Terms | None = None
    signed: SignedGrant | None = None
    changed_at: datetime | None = None

    def holds_in_time(self, at: datetime) -> bool:
        """Whether it was accepted, not taken back, and the instant lies within its term."""
        if self.state is not RightState.ACTIVE:
            return False
        return self.terms is None or self.terms.not_before <= at < self.terms.expires_at

    @property
    def is_used_up(self) -> bool:
        """Whether no show is left."""
        return self.uses_left is not None and self.uses_left <= 0

    def grant(self) -> Grant:
        """The grant to sign. Only for a right that is one."""
        if self.terms is None:
            raise ValueError("a representative has no grant")
        return Grant(
            id=self.right_id,
            subject=self.subject.party(),
            agent=self.person,
            capacity=grant_capacity(self.capacity.value),
            scope=self.terms.scope,
            issued_at=self.terms.issued_at,
            not_before=self.terms.not_before,
            expires_at=self.terms.expires_at,
            parent=self.parent_id,
            status=self.terms.status,
        )

    def sealed_json(self) -> dict[str, Any]:
        """What is sealed of it: the parties, the terms, the signature."""
        return {
            "subject": self.subject.party().to_dict(),
            "person": self.person.to_dict(),
            "terms": None if self.terms is None else _terms_json(self.terms),
            "signed": None if self.signed is None else [self.signed.text, self.signed.copy_id],
        }


@dataclass(frozen=True, slots=True)
class RightContent:
    """The sealed part, read back."""

    subject: Subject
    person: Party
    terms: Terms | None
    signed: SignedGrant | None


def new_right_id() -> str:
    """A fresh random id, 128 bits."""
    return secrets.token_urlsafe(16)


def parse_content(document: Any) -> RightContent:
    """Read back what :meth:`Right.sealed_json` wrote."""
    reader = Reader(document)
    subject = parse_party(reader.object("subject"))
    terms, signed = reader.any("terms"), reader.any("signed")
    return RightContent(
        Subject(subject.code_type, subject.number, subject.name),
        parse_party(reader.object("person")),
        None if terms is None else _parse_terms(terms),
        None if signed is None else SignedGrant(*signed),
    )


def _terms_json(terms: Terms) -> Mapping[str, Any]:
    return {
        "scope": terms.scope.to_dict(),
        "issued_at": int(terms.issued_at.timestamp()),
        "not_before": int(terms.not_before.timestamp()),
        "expires_at": int(terms.expires_at.timestamp()),
        "status": [terms.status.uri, terms.status.index],
    }


def _parse_terms(document: Any) -> Terms:
    reader = Reader(document)
    uri, index = reader.list("status")
    return Terms(
        scope=parse_scope(reader.object("scope")),
        issued_at=reader.instant("issued_at"),
        not_before=reader.instant("not_before"),
        expires_at=reader.instant("expires_at"),
        status=StatusReference(uri, index),
    )
