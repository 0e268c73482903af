"""Where acceptance records are kept: append only, one chain for each department."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import Any, Final

import orjson
from mongoengine import BinaryField, Document, IntField, StringField
from pymongo.collection import Collection
from pymongo.database import Database
from pymongo.errors import DuplicateKeyError

from keys.envelope import Envelope
from service.record_chain import FIRST_PREVIOUS, has_mark, seal_mark
from service.store.sealed_rows import SealedRows
from standards.text import Text
from verifier.acceptance.errors import AlreadyDecidedError, RecordChainBusyError
from verifier.acceptance.record import (
    AcceptanceRecord,
    Facts,
    decode_evidence,
    link,
)

COLLECTION: Final = "acceptance_records"
PAGE_SIZE: Final = 30
"""Records on one page."""

_MAX_TRIES: Final = 50


class RecordDocument(Document):  # type: ignore[misc]
    """Collection ``acceptance_records``. Shard key: ``department`` (a chain lives on one shard), then ``sequence``.

    Rows are inserted and their body is never changed. ``body`` holds the exact bytes that the
    hash covers, ``shown`` the sealed part, ``mark`` the hash sealed for its place: who can write into the store, but has
    no key of the node, can make new hashes and no new marks. The two unique indexes are the compare-and-set: one record for a place in
    the chain, one decision for a presentation.
    """

    record_id = StringField(required=True)
    department = StringField(required=True)
    sequence = IntField(required=True, min_value=1)
    presentation = StringField(required=True)
    previous = StringField(required=True)
    hash = StringField(required=True)
    mark = BinaryField(required=True)
    body = BinaryField(required=True)
    shown = BinaryField(required=True)

    meta = {  # noqa: RUF012
        "collection": COLLECTION,
        "db_alias": "verifier",
        "auto_create_index": False,
        "indexes": [
            {"fields": ("department", "sequence"), "unique": True},
            {"fields": ("department", "presentation"), "unique": True},
            ("department", "record_id"),
        ],
    }


class RecordStore:
    """The records of all departments; each call sees one of them."""

    def __init__(self, database: Database[dict[str, Any]], envelope: Envelope) -> None:
        self._rows: Collection[dict[str, Any]] = database[COLLECTION]
        self._envelope = envelope

    def ensure_indexes(self) -> None:
        """Make the two unique indexes and the one of single records; a repeat changes nothing."""
        RecordDocument.ensure_indexes()

    def append(self, facts: Facts, evidence: bytes) -> AcceptanceRecord:
        """Put a record at the end of its department's chain (one durable write).

        Args:
            facts: the open part.
            evidence: plain text of the part to seal, whose digest is in the facts.

        Raises:
            AlreadyDecidedError: there is a record of this presentation.
            RecordChainBusyError: others were first too often.
        """
        body = orjson.dumps(facts.to_json(), option=orjson.OPT_SORT_KEYS)
        sealed = self._envelope.seal(evidence, _context(facts.department, facts.id))
        for _ in range(_MAX_TRIES):
            sequence, previous = self._head(facts.department)
            record = link(body, sequence + 1, previous)
            try:
                self._rows.insert_one(
                    {
                        "record_id": facts.id,
                        "department": facts.department,
                        "sequence": record.sequence,
                        "presentation": facts.presentation,
                        "previous": record.previous,
                        "hash": record.hash,
                        "mark": seal_mark(
                            self._envelope, record.hash, _place(facts.department, record.sequence)
                        ),
                        "body": body,
                        "shown": sealed,
                    }
                )
            except DuplicateKeyError:
                if self.of_presentation(facts.department, facts.presentation) is not None:
                    raise AlreadyDecidedError(
                        "对此次出示已作出决定。", "A decision on this presentation has been taken already."
                    ) from None
                continue
            return record
        raise RecordChainBusyError("同时决定过多，请重试。", "Too many decisions at once; try again.")

    def find(self, department: str, record_id: str) -> AcceptanceRecord | None:
        """A record with its sealed part opened, or ``None``."""
        row = self._rows.find_one({"department": department, "record_id": record_id})
        if row is None:
            return None
        opened = self._envelope.open(bytes(row["shown"]), _context(department, record_id))
        return replace(self._record(row), evidence=decode_evidence(opened))

    def of_presentation(self, department: str, presentation_id: str) -> AcceptanceRecord | None:
        """The record of a presentation, or ``None`` while nothing is decided."""
        row = self._rows.find_one({"department": department, "presentation": presentation_id}, {"shown": 0})
        return None if row is None else self._record(row)

    def newest(self, department: str, *, before: int | None = None) -> tuple[AcceptanceRecord, ...]:
        """The newest records, at most :data:`PAGE_SIZE`; with ``before``, those of lower sequence numbers."""
        wanted: dict[str, Any] = {"department": department}
        if before is not None:
            wanted["sequence"] = {"$lt": before}
        rows = self._rows.find(wanted, {"shown": 0}).sort("sequence", -1).limit(PAGE_SIZE)
        return tuple(self._record(row) for row in rows)

    def chain(self, department: str) -> Iterator[AcceptanceRecord]:
        """All records of a department from the first, for checking the chain."""
        rows = self._rows.find({"department": department}, {"shown": 0}).sort("sequence", 1)
        return (self._record(row) for row in rows)

    def hash_at(self, department: str, sequence: int) -> str:
        """Hash of the record in a place; what the first record names as previous for place 0, or where there is none."""
        if sequence == 0:
            return FIRST_PREVIOUS
        row = self._rows.find_one({"department": department, "sequence": sequence}, {"hash": 1})
        return str(row["hash"]) if row else FIRST_PREVIOUS

    def shown_bytes(self, department: str, record_id: str) -> bytes:
        """The plain text of the sealed part, whose digest the record names; empty where it was erased."""
        row = self._rows.find_one({"department": department, "record_id": record_id}, {"shown": 1})
        if row is None or not row.get("shown"):
            return b""
        return self._envelope.open(bytes(row["shown"]), _context(department, record_id))

    def head(self, department: str) -> int:
        """Sequence number of the newest record; 0 where there is none."""
        return self._head(department)[0]

    def after(self, department: str, sequence: int, *, limit: int) -> tuple[AcceptanceRecord, ...]:
        """The records that come after a place in the chain, in order, for those who follow it."""
        wanted = {"department": department, "sequence": {"$gt": sequence}}
        rows = self._rows.find(wanted, {"shown": 0}).sort("sequence", 1).limit(limit)
        return tuple(self._record(row) for row in rows)

    def sealed_rows(self) -> SealedRows:
        """What a change of the master key brings over. The chain does not notice: it holds digests of the plain text."""
        return SealedRows(
            Text("受理记录", "acceptance records"),
            self._rows,
            ("department", "sequence", "record_id", "shown", "mark"),
            self._renewed,
        )

    def _renewed(self, row: dict[str, Any]) -> dict[str, Any]:
        contexts = {
            "shown": _context(row["department"], row["record_id"]),
            "mark": _place(row["department"], row["sequence"]),
        }
        return {
            part: self._envelope.reseal(row[part], context)
            for part, context in contexts.items()
            if self._envelope.is_older(row[part])
        }

    def _record(self, row: dict[str, Any]) -> AcceptanceRecord:
        place = _place(row["department"], row["sequence"])
        return AcceptanceRecord(
            bytes(row["body"]),
            row["sequence"],
            row["previous"],
            row["hash"],
            marked=has_mark(self._envelope, row.get("mark"), row["hash"], place),
        )

    def _head(self, department: str) -> tuple[int, str]:
        row = self._rows.find_one(
            {"department": department}, {"sequence": 1, "hash": 1}, sort=[("sequence", -1)]
        )
        return (row["sequence"], row["hash"]) if row else (0, FIRST_PREVIOUS)


def _context(department: str, record_id: str) -> str:
    return f"acceptance record {department} {record_id}"


def _place(department: str, sequence: int) -> str:
    return f"acceptance record {department} place {sequence}"
