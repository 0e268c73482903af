"""One line of the use log, and how the lines of one presentation are read together.

The Personal Information Protection Law asks that a person can see who was shown what (articles 23 and 44); the
State Council asks for a trace of each use. A presentation leaves two lines: one before anything is sent, so that no
use is ever missing from the log, and one that says how it ended.
"""

from __future__ import annotations

import itertools
import secrets
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any

from standards.json_reader import Reader
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


OUTCOMES = frozenset({EntryKind.SHARED, EntryKind.UNSENT})
"""Kinds that end a ``SHARING`` line."""

_SERIAL = itertools.count()


@dataclass(frozen=True, slots=True)
class SeenField:
    """One field that was shown, as the person read it on the consent page."""

    licence: Text
    label: Text
    value: str


@dataclass(frozen=True, slots=True)
class Entry:
    """One line, as read by its owner.

    Attributes:
        entry_id: random.
        at: when, UTC.
        kind: what the line says.
        about: id of the request, or of the licence, that the line is about.
        party: who asked, or who issued; ``None`` when unknown.
        region: of the party, or ``None``.
        item: the service item it was for, or ``None``.
        licences: names of the licences concerned.
        seen: the fields shown.
        reason: why it did not happen, or ``None``.
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

    def sealed_json(self) -> dict[str, Any]:
        """What is sealed of it: everything but the id, the account and the instant."""
        return {
            "kind": self.kind.value,
            "about": self.about,
            "party": _optional_json(self.party),
            "region": _optional_json(self.region),
            "item": _optional_json(self.item),
            "licences": [name.to_json() for name in self.licences],
            "seen": [
                {"licence": one.licence.to_json(), "label": one.label.to_json(), "value": one.value}
                for one in self.seen
            ],
            "reason": _optional_json(self.reason),
        }


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
    """Read back what :meth:`Entry.sealed_json` wrote."""
    reader = Reader(document)
    return Entry(
        entry_id=entry_id,
        at=at,
        kind=EntryKind(reader.choice("kind", tuple(EntryKind))),
        about=reader.text("about"),
        party=_optional_text(reader.any("party")),
        region=_optional_text(reader.any("region")),
        item=_optional_text(reader.any("item")),
        licences=tuple(_text(value) for value in reader.list("licences")),
        seen=tuple(
            SeenField(
                _text(one.any("licence")),
                _text(one.any("label")),
                one.text("value", min_chars=0, max_chars=10**6),
            )
            for one in reader.objects("seen", max_items=10_000)
        ),
        reason=_optional_text(reader.any("reason")),
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


def _optional_text(value: Any) -> Text | None:
    return None if value is None else _text(value)


def _optional_json(text: Text | None) -> dict[str, str] | None:
    return None if text is None else text.to_json()
