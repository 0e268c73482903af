"""Where originals are kept, and what is known of the copies that were made.

Collections, each with its shard key:

* ``document_originals``: the sealed original of a licence version, sealed once more at rest. Shard key ``_id``, the licence's
  identifier: there is one original.
* ``document_copies``: one row for each per-use copy; the copy itself is not kept. Shard key ``_id``, its document id.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from hashlib import sha256
from typing import Any

import orjson
from pymongo import ASCENDING, DESCENDING, IndexModel
from pymongo.collection import Collection
from pymongo.database import Database
from pymongo.errors import DuplicateKeyError

from keys.envelope import Envelope
from service.store.sealed_rows import SealedRows
from standards.text import Text

_Row = dict[str, Any]

PURPOSE = "documents"


@dataclass(frozen=True, slots=True)
class StoredOriginal:
    """The original of one licence version.

    Attributes:
        licence: identifier.
        authority: USCC of who sealed it.
        document_id: of this document.
        level: of its seal, such as ``B-LTA``.
        made_at: when.
        protected_until: when its newest time stamp has to be renewed at the latest; ``None`` at a level that is not renewed.
        pdf: the file.
    """

    licence: str
    authority: str
    document_id: str
    level: str
    made_at: datetime
    protected_until: datetime | None
    pdf: bytes = field(repr=False)

    @property
    def digest(self) -> str:
        """SHA-256 of the file, hexadecimal."""
        return sha256(self.pdf).hexdigest()


@dataclass(frozen=True, slots=True)
class CopyMade:
    """One per-use copy: what it was made for, and by whom."""

    document_id: str
    licence: str
    authority: str
    purpose: str
    recipient: str
    by: str
    made_at: datetime
    expires_at: datetime


class DocumentStore:
    """Originals and the register of copies."""

    def __init__(self, database: Database[_Row], envelope: Envelope) -> None:
        self._originals: Collection[_Row] = database["document_originals"]
        self._copies: Collection[_Row] = database["document_copies"]
        self._envelope = envelope

    def ensure_indexes(self) -> None:
        """Create the indexes that are missing; safe to repeat."""
        self._originals.create_indexes([IndexModel([("protected_until", ASCENDING)], name="protected_until")])
        self._copies.create_indexes(
            [IndexModel([("licence", ASCENDING), ("made_at", DESCENDING)], name="licence")]
        )

    # -- originals ------------------------------------------------------------------------------------------------

    def original(self, licence: str) -> StoredOriginal | None:
        """The original of a licence version, or ``None`` when none was made."""
        row = self._originals.find_one({"_id": licence})
        return None if row is None else self._original(row)

    def add_original(self, original: StoredOriginal) -> StoredOriginal:
        """Keep an original; answers the one that is kept, which another process may have made first."""
        row = {
            "_id": original.licence,
            "authority": original.authority,
            "document_id": original.document_id,
            "level": original.level,
            "made_at": original.made_at,
            "protected_until": original.protected_until,
            "digest": original.digest,
            "pdf": self._envelope.seal(original.pdf, _original_context(original.licence)),
        }
        try:
            self._originals.insert_one(row)
        except DuplicateKeyError:
            kept = self.original(original.licence)
            assert kept is not None  # originals are never removed
            return kept
        return original

    def replace_original(
        self, licence: str, old_digest: str, pdf: bytes, *, protected_until: datetime
    ) -> bool:
        """Put a re-stamped file in the place of the one that has ``old_digest``; ``False`` when it is another by now."""
        sealed = self._envelope.seal(pdf, _original_context(licence))
        changed = self._originals.update_one(
            {"_id": licence, "digest": old_digest},
            {
                "$set": {
                    "pdf": sealed,
                    "digest": sha256(pdf).hexdigest(),
                    "protected_until": protected_until,
                }
            },
        )
        return changed.modified_count == 1

    def due(self, before: datetime) -> Iterator[StoredOriginal]:
        """The originals whose protection has to be renewed before an instant, the most urgent first."""
        for row in self._originals.find({"protected_until": {"$lt": before}}).sort("protected_until", 1):
            yield self._original(row)

    def is_any_due(self, before: datetime) -> bool:
        """Whether there is anything to renew: one read of an index."""
        return self._originals.find_one({"protected_until": {"$lt": before}}, {"_id": 1}) is not None

    def count_due(self, before: datetime) -> int:
        """How many are due."""
        return self._originals.count_documents({"protected_until": {"$lt": before}})

    def _original(self, row: _Row) -> StoredOriginal:
        return StoredOriginal(
            row["_id"],
            row["authority"],
            row["document_id"],
            row["level"],
            _utc(row["made_at"]),
            None if row["protected_until"] is None else _utc(row["protected_until"]),
            self._envelope.open(row["pdf"], _original_context(row["_id"])),
        )

    # -- copies ---------------------------------------------------------------------------------------------------

    def add_copy(self, made: CopyMade) -> None:
        """Note a copy, durably, before it is handed out."""
        told = orjson.dumps([made.purpose, made.recipient])
        self._copies.insert_one(
            {
                "_id": made.document_id,
                "licence": made.licence,
                "authority": made.authority,
                "by": made.by,
                "made_at": made.made_at,
                "expires_at": made.expires_at,
                "told": self._envelope.seal(told, _copy_context(made.document_id)),
            }
        )

    def copies_of(self, licence: str, limit: int = 50) -> tuple[CopyMade, ...]:
        """The newest copies of a licence version."""
        rows = self._copies.find({"licence": licence}).sort("made_at", -1).limit(limit)
        return tuple(self._copy(row) for row in rows)

    def copies_by(self, licence: str, by: str, since: datetime) -> int:
        """How many copies somebody had made of a licence version since an instant."""
        asked = {"licence": licence, "made_at": {"$gte": since}, "by": by}
        return self._copies.count_documents(asked, limit=1000)

    def _copy(self, row: _Row) -> CopyMade:
        purpose, recipient = orjson.loads(self._envelope.open(row["told"], _copy_context(row["_id"])))
        return CopyMade(
            row["_id"],
            row["licence"],
            row["authority"],
            purpose,
            recipient,
            row["by"],
            _utc(row["made_at"]),
            _utc(row["expires_at"]),
        )

    # -- a change of the master key -------------------------------------------------------------------------------

    def sealed_rows(self) -> tuple[SealedRows, ...]:
        """What a change of the master key brings over."""
        return (
            SealedRows(
                Text("证照原件", "originals of licences"),
                self._originals,
                ("_id", "pdf"),
                lambda row: self._renewed(row, "pdf", _original_context(row["_id"])),
            ),
            SealedRows(
                Text("加注件登记", "register of copies"),
                self._copies,
                ("_id", "told"),
                lambda row: self._renewed(row, "told", _copy_context(row["_id"])),
            ),
        )

    def _renewed(self, row: _Row, part: str, context: str) -> _Row:
        sealed = row[part]
        return {part: self._envelope.reseal(sealed, context)} if self._envelope.is_older(sealed) else {}


def _original_context(licence: str) -> str:
    return f"document-original:{licence}"


def _copy_context(document_id: str) -> str:
    return f"document-copy:{document_id}"


def _utc(value: datetime) -> datetime:
    return value.replace(tzinfo=UTC) if value.tzinfo is None else value
