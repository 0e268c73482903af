"""Where blocks lie, and how the library notes which events are in one."""

from __future__ import annotations

import zlib
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, ClassVar, Final

from mongoengine import BinaryField, DateTimeField, Document, IntField, StringField
from pymongo.collection import Collection
from pymongo.database import Database
from pymongo.errors import DuplicateKeyError

from issuer.chain.block import Block, Entry, parse_body
from issuer.library.record_document import UNSEALED
from keys.envelope import Envelope
from service.record_chain import FIRST_PREVIOUS, has_mark, seal_mark
from service.store.sealed_rows import SealedRows
from standards.text import Text

_QUICK: Final = 1
"""zlib level: the identifiers shrink well at any, the digests at none."""

_WAITING_INDEX: Final = "authority_1_unsealed_1"
_EVENT_PARTS: Final = dict.fromkeys(("authority", "authority_name", "division", "type", "type_version", "issue_date", "valid_from", "valid_until", "recorded_at", "supersedes", "superseded_by", "state", "proposal", "inspection", "sealed", "events", "block", UNSEALED), 1)  # fmt: skip


class BlockDocument(Document):  # type: ignore[misc]
    """Collection ``licence_blocks``. Shard key: ``authority`` (a chain lives on one shard), then ``sequence``.

    Rows are inserted and what they say is never changed. ``sealed`` holds the body, compressed; ``mark`` the hash sealed for its place.
    The unique index is the compare-and-set: one block for a place in the chain.
    """

    authority = StringField(required=True)
    sequence = IntField(required=True, min_value=1)
    previous = StringField(required=True)
    hash = StringField(required=True)
    mark = BinaryField(required=True)
    at = DateTimeField(required=True)
    count = IntField(required=True)
    sealed = BinaryField(required=True)

    meta: ClassVar[dict[str, Any]] = {
        "collection": "licence_blocks",
        "db_alias": "issuer",
        "auto_create_index": False,
        "indexes": [{"fields": ["authority", "sequence"], "unique": True}],
    }


@dataclass(frozen=True, slots=True)
class Head:
    """The end of a chain; what one needs to add a block, and what a page shows of one.

    Attributes:
        sequence: of the newest block; 0 while there is none.
        hash: of it.
        at: when it was made, or ``None``.
        count: events in it.
    """

    sequence: int = 0
    hash: str = FIRST_PREVIOUS
    at: datetime | None = None
    count: int = 0


class ChainStore:
    """The blocks of all authorities, and the notes in the licences' documents."""

    def __init__(self, database: Database[dict[str, Any]], envelope: Envelope) -> None:
        self._blocks: Collection[dict[str, Any]] = database["licence_blocks"]
        self._licences: Collection[dict[str, Any]] = database["licences"]
        self._envelope = envelope

    @staticmethod
    def ensure_indexes() -> None:
        """Make the index; repeating it changes nothing."""
        BlockDocument.ensure_indexes()

    # -- blocks -----------------------------------------------------------------------------------------------

    def head(self, authority: str) -> Head:
        """The end of the authority's chain."""
        found = self.newest(authority, 1)
        return found[0] if found else Head()

    def newest(self, authority: str, limit: int, *, before: int | None = None) -> tuple[Head, ...]:
        """The newest blocks without their entries, newest first."""
        query: dict[str, Any] = {"authority": authority}
        if before is not None:
            query["sequence"] = {"$lt": before}
        rows = self._blocks.find(query, {"sequence": 1, "hash": 1, "at": 1, "count": 1})
        return tuple(
            Head(row["sequence"], row["hash"], row["at"], row["count"])
            for row in rows.sort("sequence", -1).limit(limit)
        )

    def append(self, block: Block) -> bool:
        """Put a block at the end of its chain, one durable write; ``False`` when somebody else was faster."""
        place = _place(block.authority, block.sequence)
        try:
            self._blocks.insert_one(
                {
                    "authority": block.authority,
                    "sequence": block.sequence,
                    "previous": block.previous,
                    "hash": block.hash,
                    "mark": seal_mark(self._envelope, block.hash, place),
                    "at": block.at,
                    "count": len(block.entries),
                    "sealed": self._envelope.seal(zlib.compress(block.body, _QUICK), f"{place} body"),
                }
            )
        except DuplicateKeyError:
            return False
        return True

    def blocks(self, authority: str, *, after: int = 0, up_to: int | None = None) -> Iterator[Block]:
        """The authority's blocks in order.

        Raises:
            SealedDataError: the next one does not open: it was altered or moved.
        """
        sequence: dict[str, int] = {"$gt": after}
        if up_to is not None:
            sequence["$lte"] = up_to
        for row in self._blocks.find({"authority": authority, "sequence": sequence}).sort("sequence", 1):
            yield self._block(row)

    def count_sealed(self, authority: str) -> int:
        """How many events the authority's blocks hold."""
        total: list[dict[str, Any]] = [
            {"$match": {"authority": authority}},
            {"$group": {"_id": None, "events": {"$sum": "$count"}}},
        ]
        found = next(iter(self._blocks.aggregate(total)), None)
        return 0 if found is None else int(found["events"])

    # -- what the licences' documents say ------------------------------------------------------------------------

    def waiting_authorities(self) -> Iterator[str]:
        """Authorities with events that are in no block; one small read for each."""
        last = ""
        while True:
            found = self._licences.find_one(
                {"authority": {"$gt": last}, UNSEALED: {"$exists": True}},
                {"authority": 1},
                sort=[("authority", 1)],
                hint=_WAITING_INDEX,
            )
            if found is None:
                return
            last = found["authority"]
            yield last

    def waiting(self, authority: str, limit: int) -> list[dict[str, Any]]:
        """Documents of licences with events that are in no block, the first in their history first."""
        query = {"authority": authority, UNSEALED: {"$exists": True}}
        return list(self._licences.find(query, _EVENT_PARTS).hint(_WAITING_INDEX).limit(limit))

    def count_waiting(self, authority: str) -> int:
        """How many licences have events that are in no block."""
        query = {"authority": authority, UNSEALED: {"$exists": True}}
        return self._licences.count_documents(query, hint=_WAITING_INDEX)

    def adopt(self, authority: str) -> None:
        """Put down for sealing what was entered before there was a chain; repeating it changes nothing."""
        self._licences.update_many(
            {"authority": authority, UNSEALED: {"$exists": False}, "chained": {"$exists": False}},
            {"$set": {UNSEALED: 1}},
        )

    def note(self, block: Block) -> None:
        """Note in the licences that their events up to those of the block are sealed. Repeating it changes nothing, and
        neither does it when later blocks were noted already; two writes for each length of history, most often two.
        """
        last: dict[str, int] = {}
        for entry in block.entries:
            last[entry.identifier] = max(entry.number, last.get(entry.identifier, 0))
        by_length: defaultdict[int, list[str]] = defaultdict(list)
        for identifier, number in last.items():
            by_length[number].append(identifier)
        for number, identifiers in by_length.items():
            noted = {"chained": number, "block": block.sequence}
            behind = {
                "authority": block.authority,
                "_id": {"$in": identifiers},
                UNSEALED: {"$lte": number},
            }
            done = self._licences.update_many(
                {**behind, f"events.{number}": {"$exists": False}}, {"$set": noted, "$unset": {UNSEALED: ""}}
            )
            if done.matched_count < len(identifiers):
                # Something happened to these meanwhile.
                self._licences.update_many(behind, {"$set": {**noted, UNSEALED: number + 1}})

    def documents(self, authority: str, identifiers: Iterable[str]) -> Mapping[str, dict[str, Any]]:
        """The documents of these licences, as far as an audit reads them."""
        query = {"authority": authority, "_id": {"$in": list(identifiers)}}
        return {row["_id"]: row for row in self._licences.find(query, _EVENT_PARTS)}

    def outlines(self, authority: str) -> Iterator[dict[str, Any]]:
        """Of every licence of the authority: the numbers of its events, and what is noted of their sealing."""
        wanted = {"events.number": 1, UNSEALED: 1, "chained": 1, "block": 1}
        return iter(self._licences.find({"authority": authority}, wanted).batch_size(2000))

    def authorities(self) -> Sequence[str]:
        """Everybody with licences or a chain."""
        found = {*self._licences.distinct("authority"), *self._blocks.distinct("authority")}
        return sorted(found)

    def sealed_rows(self) -> SealedRows:
        """What a change of the master key brings over. The chain does not notice: it holds digests of plain text."""
        return SealedRows(
            Text("证照事件链", "chain of licence events"),
            self._blocks,
            ("authority", "sequence", "mark", "sealed"),
            self._renewed,
        )

    def _renewed(self, row: dict[str, Any]) -> dict[str, Any]:
        place = _place(row["authority"], row["sequence"])
        contexts = {"mark": place, "sealed": f"{place} body"}
        return {
            part: self._envelope.reseal(row[part], context)
            for part, context in contexts.items()
            if self._envelope.is_older(row[part])
        }

    def _block(self, row: Mapping[str, Any]) -> Block:
        place = _place(row["authority"], row["sequence"])
        body = zlib.decompress(self._envelope.open(bytes(row["sealed"]), f"{place} body"))
        authority, at, entries = parse_body(body)
        return Block(
            authority,
            row["sequence"],
            row["previous"],
            row["hash"],
            at,
            entries,
            body,
            is_marked=has_mark(self._envelope, row["mark"], row["hash"], place),
        )


def _place(authority: str, sequence: int) -> str:
    return f"licence-blocks {authority} {sequence}"


def entries_by_licence(entries: Iterable[Entry]) -> Mapping[str, list[Entry]]:
    """Entries put together by licence, in the order in which licences first occur."""
    grouped: dict[str, list[Entry]] = {}
    for entry in entries:
        grouped.setdefault(entry.identifier, []).append(entry)
    return grouped
