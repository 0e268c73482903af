"""A complaint as its holder sees it.

unsent ──sent──▶ received ──▶ answered ──▶ closed
                    └──withdrawn by the holder──▶ withdrawn
"""

from __future__ import annotations

import secrets
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, Final

from standards.complaints import Cause, ComplaintState, Filing, Finding, Standing
from standards.json_reader import Reader
from standards.text import Text
from wallet.history.entry import Entry

UNSENT: Final = "unsent"
"""State of a complaint that its desk has not taken yet."""

STATES: Final = (UNSENT, *(state.value for state in ComplaintState))
_EVERY: Final[Mapping[str, timedelta]] = {
    ComplaintState.RECEIVED.value: timedelta(minutes=10),
    ComplaintState.ANSWERED.value: timedelta(hours=12),
}
"""How often a desk is asked, by state."""


@dataclass(frozen=True, slots=True)
class FiledComplaint:
    """One complaint.

    Attributes:
        complaint_id: random; of this wallet.
        entry_id: the line of the log that it is about.
        state: one of :data:`STATES`.
        desk: address of the desk.
        filing: what was sent.
        party: who is complained about.
        about: the sentence of the line.
        filed_at: when the holder wrote it.
        standing: what the desk told last, or ``None``.
        satisfied: what the holder said at its close.
    """

    complaint_id: str
    entry_id: str
    state: str
    desk: str
    filing: Filing = field(repr=False)
    party: Text
    about: Text
    filed_at: datetime
    standing: Standing | None = None

    @property
    def is_over(self) -> bool:
        """Whether nothing follows any more."""
        return self.state in (ComplaintState.CLOSED.value, ComplaintState.WITHDRAWN.value)

    def next_look(self, at: datetime) -> datetime | None:
        """When to ask the desk again; ``None`` when there is nothing to ask."""
        every = _EVERY.get(self.state)
        return None if every is None else at + every

    def sealed_json(self) -> dict[str, Any]:
        """What is sealed of it."""
        return {
            "desk": self.desk,
            "filing": self.filing.to_json(),
            "party": self.party.to_json(),
            "about": self.about.to_json(),
            "standing": None if self.standing is None else self.standing.to_json(),
        }


def new_complaint(
    entry: Entry, desk: str, about: Text, *, cause: Cause, words: str, contact: str, at: datetime
) -> FiledComplaint:
    """A complaint about a line, not sent yet.

    Args:
        entry: the line; it names the other side and how that knows the use.
        desk: address of the desk.
        about: the line's sentence.
        cause: what it is about.
        words: the holder's own.
        contact: how to reach the holder, or empty.
        at: now.
    """
    other = entry.counterpart
    filing = Filing(
        department=entry.party_code,
        reference="" if other is None else other.reference,
        proof="" if other is None else other.proof,
        token=secrets.token_urlsafe(32),
        number=entry.receipt_number,
        cause=cause,
        words=words,
        contact=contact,
        used_at=entry.at,
    )
    party = entry.party or Text("", "")
    return FiledComplaint(secrets.token_urlsafe(16), entry.entry_id, UNSENT, desk, filing, party, about, at)


def parse_standing_again(value: Any) -> Standing | None:
    """Read back what :meth:`FiledComplaint.sealed_json` wrote of a standing."""
    if value is None:
        return None
    reader = Reader(value)
    finding = reader.optional_text("finding")
    return Standing(
        reader.text("id"),
        ComplaintState(reader.text("state")),
        reader.iso_instant("received_at"),
        reader.iso_instant("answer_by"),
        None if finding is None else Finding(finding),
        reader.text("answer", min_chars=0),
        reader.optional_iso_instant("answered_at"),
    )
