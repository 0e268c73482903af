"""One line of the use log, and how the lines of one presentation are read together.

The Personal Information Protection Law asks that a person can see who was shown what (articles 23 and 44); the
State Council asks for a trace of each use. A presentation leaves two lines: one before anything is sent, so that no
use is ever missing from the log, and one that says how it ended.
"""

from __future__ import annotations

import base64
import hashlib
import itertools
import secrets
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Any

from standards.json_reader import Reader
from standards.legal_basis import LegalBasis, parse_legal_basis
from standards.text import Text


class EntryKind(StrEnum):
    """What a line says."""

    RECEIVED = "received"
    """Licences came into the wallet."""
    UPDATED = "updated"
    """A new version of a licence took the place of the one before, by itself."""
    ENDED = "ended"
    """The issuer told why a licence has ended."""
    REMOVED = "removed"
    """A licence was taken out."""
    RESTORED = "restored"
    """A licence taken out was put back."""
    SHARING = "sharing"
    """The person consented; what follows was about to be sent."""
    SHARED = "shared"
    """The verifier confirmed that it received what was sent."""
    UNSENT = "unsent"
    """It could not be sent, or the verifier did not take it."""
    REFUSED = "refused"
    """The person said no."""
    UNANSWERABLE = "unanswerable"
    """The request was turned away by the wallet itself: it did not hold, or its sender is not trusted."""

    # From here on the feature that writes a line says its sentence itself: ``Entry.told``.
    WALLET_OPENED = "wallet-opened"
    """Somebody opened the wallet of an entity or a child, or joined it."""
    GRANT_GIVEN = "grant-given"
    GRANT_ACCEPTED = "grant-accepted"
    GRANT_WITHDRAWN = "grant-withdrawn"
    GRANT_ENDED = "grant-ended"
    """It ended without anybody's doing: its time, its uses, or the grant before it."""
    HANDED_OVER = "handed-over"
    """The wallet passed to another: a child of age, a new legal representative."""
    ATTEMPT_REFUSED = "attempt-refused"
    """Somebody tried what they have no right to."""
    CODE_PREPARED = "code-prepared"
    """A phone was made able to show codes for a while."""
    CODE_USED = "code-used"
    CODE_REFUSED = "code-refused"
    """A code came that could not be honoured: used before, too old, withdrawn."""
    SHEET_MADE = "sheet-made"
    SHEET_USED = "sheet-used"
    SHEET_WITHDRAWN = "sheet-withdrawn"
    DOCUMENT_TAKEN = "document-taken"
    """The holder had a document made for one use."""
    CONSULTED = "consulted"
    """A department looked at a licence in the library, without the holder."""
    FOUND = "found"
    """Libraries were asked for the holder's licences."""
    EXPORTED = "exported"
    IMPORTED = "imported"
    MOVED = "moved"
    COMPLAINT_SENT = "complaint-sent"
    COMPLAINT_ANSWERED = "complaint-answered"
    COMPLAINT_CLOSED = "complaint-closed"
    COMPLAINT_WITHDRAWN = "complaint-withdrawn"


OUTCOMES = frozenset({EntryKind.SHARED, EntryKind.UNSENT})
"""Kinds that end a ``SHARING`` line."""

_TEXTS = ("party", "region", "item", "reason", "told", "purpose", "retention")
"""Attributes of a line that are texts or ``None``."""

_SERIAL = itertools.count()


@dataclass(frozen=True, slots=True)
class SeenField:
    """One field that was shown, as the person read it on the consent page."""

    licence: Text
    label: Text
    value: str


@dataclass(frozen=True, slots=True)
class Actor:
    """Who did it in the holder's name.

    Attributes:
        name: of the person who was signed in.
        capacity: how they act: a value of ``wallet.accounts.acting.Capacity``.
    """

    name: str
    capacity: str


@dataclass(frozen=True, slots=True)
class Counterpart:
    """How the other side finds the same thing in its own books, and where it takes complaints about it.

    Attributes:
        reference: its own name of the request or the use.
        proof: a word that only the two sides know; an empty one proves nothing.
        complaints: address of its desk, or ``None`` when it names none.
    """

    reference: str
    proof: str = field(default="", repr=False)
    complaints: str | None = None


@dataclass(frozen=True, slots=True)
class Entry:
    """One line, as read by its owner.

    Attributes:
        entry_id: random.
        at: when, UTC.
        kind: what the line says.
        about: id of the request, licence, grant, code, sheet or complaint that the line is about.
        party: who asked, or who issued; ``None`` when unknown.
        region: of the party, or ``None``.
        item: the service item it was for, or ``None``.
        licences: names of the licences concerned.
        seen: the fields shown.
        reason: why it did not happen, or why it did; ``None`` when there is nothing to say.
        party_code: unified social credit code of the party, or empty.
        holdings: ids of the licences concerned, in this wallet.
        told: the whole sentence, for kinds that say it themselves.
        purpose: what the party says it is for.
        basis: the ground on which the party asks or looked.
        retention: how long the party says it keeps what it saw.
        grant: id of the grant concerned, or empty.
        counterpart: how the other side knows it.
        actor: who acted in the holder's name; ``None`` for the holder in person. Filled in where lines are kept.
    """

    entry_id: str
    at: datetime
    kind: EntryKind
    about: str
    party: Text | None = None
    region: Text | None = None
    item: Text | None = None
    licences: tuple[Text, ...] = ()
    seen: tuple[SeenField, ...] = ()
    reason: Text | None = None
    party_code: str = ""
    holdings: tuple[str, ...] = ()
    told: Text | None = None
    purpose: Text | None = None
    basis: LegalBasis | None = None
    retention: Text | None = None
    grant: str = ""
    counterpart: Counterpart | None = None
    actor: Actor | None = None

    @property
    def receipt_number(self) -> str:
        """What the holder names when speaking about it: the day and ten characters that no other line has."""
        digest = base64.b32encode(hashlib.sha256(self.entry_id.encode()).digest()).decode("ascii")
        return f"{self.at:%Y%m%d}-{digest[:5]}-{digest[5:10]}"

    def sealed_json(self) -> dict[str, Any]:
        """What is sealed of it: everything but the id, the account and the instant. What is empty is left out."""
        wire: dict[str, Any] = {
            "kind": self.kind.value,
            "about": self.about,
            "licences": [name.to_json() for name in self.licences],
            "seen": [
                {"licence": one.licence.to_json(), "label": one.label.to_json(), "value": one.value}
                for one in self.seen
            ],
            "holdings": list(self.holdings),
            "party_code": self.party_code,
            "grant": self.grant,
        }
        for name in _TEXTS:
            text = getattr(self, name)
            wire[name] = None if text is None else text.to_json()
        if self.basis is not None:
            wire["basis"] = self.basis.to_json()
        if self.counterpart is not None:
            other = self.counterpart
            wire["counterpart"] = [other.reference, other.proof, other.complaints]
        if self.actor is not None:
            wire["actor"] = [self.actor.name, self.actor.capacity]
        return {name: value for name, value in wire.items() if value}


@dataclass(frozen=True, slots=True)
class Use:
    """One thing that happened, as the timeline tells it: a line with its outcome, where it has one.

    Attributes:
        entry: the line itself.
        outcome: the line that ended it; ``None`` for a ``SHARING`` line whose end is not known (yet).
    """

    entry: Entry
    outcome: Entry | None = None


def new_entry_id() -> str:
    """A fresh id: random, and growing within a process, so that lines of one millisecond keep their order."""
    return f"{next(_SERIAL):012x}-{secrets.token_urlsafe(12)}"


def parse_entry(entry_id: str, at: datetime, document: Any) -> Entry:
    """Read back what :meth:`Entry.sealed_json` wrote, now or before lines knew as much as today."""
    reader = Reader(document)
    counterpart, actor = reader.optional_list("counterpart"), reader.optional_list("actor")
    return Entry(
        entry_id=entry_id,
        at=at,
        kind=EntryKind(reader.choice("kind", tuple(EntryKind))),
        about=reader.text("about") if "about" in reader else "",
        licences=tuple(_text(value) for value in reader.optional_list("licences") or ()),
        seen=tuple(
            SeenField(
                _text(one.any("licence")),
                _text(one.any("label")),
                one.text("value", min_chars=0, max_chars=10**6),
            )
            for one in (reader.objects("seen", max_items=10_000) if "seen" in reader else ())
        ),
        party_code=reader.optional_text("party_code") or "",
        holdings=tuple(reader.optional_list("holdings") or ()),
        basis=parse_legal_basis(reader.object("basis")) if "basis" in reader else None,
        grant=reader.optional_text("grant") or "",
        counterpart=None if counterpart is None else Counterpart(*counterpart),
        actor=None if actor is None else Actor(*actor),
        **{
            name: _text(value)
            for name in _TEXTS
            if name in reader and (value := reader.any(name)) is not None
        },
    )


def read_together(entries: Iterable[Entry]) -> Sequence[Use]:
    """The uses that lines tell of, in the order of the lines; each outcome is joined to its ``SHARING`` line."""
    lines = list(entries)
    outcomes = {line.about: line for line in lines if line.kind in OUTCOMES}
    begun = {line.about for line in lines if line.kind is EntryKind.SHARING}
    return [
        Use(line, outcomes.get(line.about) if line.kind is EntryKind.SHARING else None)
        for line in lines
        # An outcome stands alone only when its first line lies outside of what was read.
        if line.kind not in OUTCOMES or line.about not in begun
    ]


def _text(value: Any) -> Text:
    reader = Reader(value)
    return Text(reader.text("zh", min_chars=0), reader.text("en", min_chars=0))
