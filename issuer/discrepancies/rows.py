"""How a discrepancy lies in the store: the two values and the words of its history sealed, the rest plain."""

from __future__ import annotations

from datetime import UTC
from typing import Any, Final

import orjson
from bson import Binary

from issuer.discrepancies.discrepancy import (
    ClosingReason,
    Discrepancy,
    DiscrepancyState,
    HistoryEntry,
    Step,
)
from keys.envelope import Envelope

_Row = dict[str, Any]

_LONGEST_HISTORY: Final = 100
"""Entries kept of a discrepancy; a source that flickers for years fills no document."""


def row_of(one: Discrepancy, envelope: Envelope) -> _Row:
    """The document of a discrepancy."""
    values = orjson.dumps([one.current, one.incoming])
    return {
        "_id": one.id,
        "authority": one.authority,
        "subject": subject_text(one.identifier),
        "identifier": one.identifier,
        "type": one.type_code,
        "field": one.field,
        "place": one.place,
        "source": one.source,
        "source_name": one.source_name,
        "department": one.department,
        "authoritative": one.authoritative,
        "sealed": Binary(envelope.seal(values, _context(one.id))),
        "state": one.state.value,
        "owner": one.owner,
        "seen": one.seen,
        "first_seen": one.first_seen.astimezone(UTC),
        "last_seen": one.last_seen.astimezone(UTC),
        "reason": one.reason and one.reason.value,
        "history": [_entry_row(one.id, entry, envelope) for entry in one.history[-_LONGEST_HISTORY:]],
        "revision": one.revision,
    }


def _entry_row(discrepancy: str, entry: HistoryEntry, envelope: Envelope) -> _Row:
    words = orjson.dumps([entry.by, entry.note])
    return {
        "step": entry.step.value,
        "at": entry.at.astimezone(UTC),
        "reason": entry.reason and entry.reason.value,
        "sealed": Binary(envelope.seal(words, _words_context(discrepancy))),
    }


def value_of(row: _Row, envelope: Envelope) -> Discrepancy:
    """The discrepancy of a document; raises ``SealedDataError`` when somebody altered or moved it."""
    current, incoming = orjson.loads(envelope.open(bytes(row["sealed"]), _context(row["_id"])))
    return Discrepancy(
        id=row["_id"],
        authority=row["authority"],
        identifier=row["identifier"],
        type_code=row["type"],
        field=row["field"],
        place=row["place"],
        source=row["source"],
        source_name=row["source_name"],
        department=row["department"],
        authoritative=row["authoritative"],
        current=current,
        incoming=incoming,
        state=DiscrepancyState(row["state"]),
        owner=row["owner"],
        seen=row["seen"],
        first_seen=row["first_seen"],
        last_seen=row["last_seen"],
        reason=row["reason"] and ClosingReason(row["reason"]),
        history=tuple(_entry(row["_id"], entry, envelope) for entry in row["history"]),
        revision=row["revision"],
    )


def _entry(discrepancy: str, row: _Row, envelope: Envelope) -> HistoryEntry:
    by, note = orjson.loads(envelope.open(bytes(row["sealed"]), _words_context(discrepancy)))
    reason = row["reason"] and ClosingReason(row["reason"])
    return HistoryEntry(Step(row["step"]), row["at"], by, reason, note)


def renewed_part(row: _Row, envelope: Envelope) -> _Row:
    """What of a document names a key before the current one, made anew; empty when nothing does."""
    renewed: _Row = {}
    if envelope.is_older(row["sealed"]):
        renewed["sealed"] = Binary(envelope.reseal(row["sealed"], _context(row["_id"])))
    if any(envelope.is_older(entry["sealed"]) for entry in row["history"]):
        context = _words_context(row["_id"])
        renewed["history"] = [
            {**entry, "sealed": Binary(envelope.reseal(entry["sealed"], context))} for entry in row["history"]
        ]
    return renewed


def subject_text(identifier: str) -> str:
    """The licence of an identifier, in whatever version; what rows name it by."""
    # The parts that never change; version and check character are the last two.
    return identifier.rsplit(".", 2)[0]


def _context(discrepancy: str) -> str:
    return f"discrepancy {discrepancy} values"


def _words_context(discrepancy: str) -> str:
    return f"discrepancy {discrepancy} words"
