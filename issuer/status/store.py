"""Where issued copies and unfinished changes are kept; the lists: ``list_store``.

Collections, each with its shard key:

* ``issued_copies``: one row for each issuance with the entries of its copies, beside the uses of nonces and proofs that
  it needed. Shard key and only unique key ``_id``: what the issuance used up (``grant:…``, ``batch:…``, ``nonce:…``), so
  that using and issuing are one write. Rows go by TTL after the copies have expired.
* ``status_changes``: one row for each licence whose change is under way. Shard key ``_id``, the licence's identifier.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final

from pymongo import ASCENDING, IndexModel, ReturnDocument
from pymongo.collection import Collection
from pymongo.database import Database
from pymongo.errors import BulkWriteError

from issuer.status.entry import Entries, pack_indexes, unpack_indexes
from issuer.status.list_store import ListStore
from standards.status_list import StatusValue

COPIES_COLLECTION: Final = "issued_copies"

DUPLICATE_KEY: Final = 11000

_KEPT_AFTER_EXPIRY: Final = timedelta(days=30)
"""How long the row of an expired copy stays, for questions that come late."""

_Row = dict[str, Any]


@dataclass(frozen=True, slots=True)
class NewCopies:
    """Copies that are about to be issued; never their claims, their keys, or their text.

    Attributes:
        licence: identifier of the licence version.
        entries: a status entry for each copy.
        issued_at: now.
        expires_at: latest instant at which one of the copies can be valid.
    """

    licence: str
    entries: Entries
    issued_at: datetime
    expires_at: datetime

    def row(self, use: str) -> _Row:
        """The row of an issuance that uses up what ``use`` names."""
        return {
            "_id": use,
            "licence": self.licence,
            "list": self.entries.list_number,
            "indexes": pack_indexes(self.entries.indexes),
            "value": 0,
            # No change of the licence has reached the copies yet; the first one always does.
            "revision": 0,
            "issued_at": self.issued_at,
            "delete_at": self.expires_at + _KEPT_AFTER_EXPIRY,
        }


@dataclass(frozen=True, slots=True)
class IssuedCopies:
    """One issuance as it is kept.

    Attributes:
        use: what it used up: ``grant:{reference}:{number}`` or ``batch:{job}:{line}``.
        entries: of its copies.
        value: what their status entries say.
        issued_at: when.
    """

    use: str
    entries: Entries
    value: StatusValue
    issued_at: datetime


@dataclass(frozen=True, slots=True)
class UnfinishedChange:
    """An announced change: of which licence, since when, and up to which revision the sweep has carried it."""

    licence: str
    announced_at: datetime
    swept_revision: int


class StatusStore(ListStore):
    """Copies, pending changes and, as a ``ListStore``, lists of one issuer node."""

    def __init__(self, database: Database[_Row]) -> None:
        super().__init__(database)
        self._copies: Collection[_Row] = database[COPIES_COLLECTION]
        self._changes: Collection[_Row] = database["status_changes"]

    def ensure_indexes(self) -> None:
        """Create the indexes that are missing; safe to repeat, and by several processes at once."""
        super().ensure_indexes()
        self._copies.create_indexes(
            [
                # Sparse: uses of nonces and proofs stand in the same collection and have no licence.
                IndexModel([("licence", ASCENDING)], name="licence", sparse=True),
                IndexModel(
                    [("list", ASCENDING), ("value", ASCENDING)],
                    name="not_valid",
                    partialFilterExpression={"value": {"$gt": 0}},
                ),
                IndexModel([("delete_at", ASCENDING)], name="expiry", expireAfterSeconds=0),
            ]
        )
        self._changes.create_indexes([IndexModel([("announced_at", ASCENDING)], name="announced_at")])

    # -- copies ---------------------------------------------------------------------------------------------------

    def insert_copies(self, copies: Iterable[tuple[str, NewCopies]]) -> None:
        """Keep many issuances at once, each under what it uses up; those that are kept already stay as they are."""
        rows = [made.row(use) for use, made in copies]
        insert_absent(self._copies, rows)

    def find_copies(self, uses: Sequence[str]) -> dict[str, Entries]:
        """Of several uses, those under which copies were issued, and their entries."""
        rows = self._copies.find({"_id": {"$in": list(uses)}}, {"list": 1, "indexes": 1})
        return {row["_id"]: _entries(row) for row in rows}

    def set_values(self, licence: str, value: StatusValue, revision: int) -> frozenset[int]:
        """Put ``value`` on every copy of a licence that no later revision has reached.

        Answers the numbers of all lists that hold a copy of the licence: their versions have to grow, also when
        nothing was changed here, because a run before this one may have stopped in between.
        """
        self._copies.update_many(
            {"licence": licence, "revision": {"$lte": revision}},
            {"$set": {"value": int(value), "revision": revision}},
        )
        return frozenset(self._copies.distinct("list", {"licence": licence}))

    def values_of_list(self, number: int) -> Iterable[tuple[int, bytes]]:
        """(value, packed indexes) of every issuance in a list whose value is not 0."""
        wanted = {"_id": 0, "value": 1, "indexes": 1}
        for row in self._copies.find({"list": number, "value": {"$gt": 0}}, wanted, batch_size=10_000):
            yield row["value"], row["indexes"]

    def values_of_licences(self, number: int, licences: Iterable[str]) -> Iterable[tuple[int, bytes]]:
        """(value, packed indexes) of every issuance in a list that belongs to one of these licences."""
        wanted = {"_id": 0, "list": 1, "value": 1, "indexes": 1}
        for row in self._copies.find({"licence": {"$in": list(licences)}}, wanted):
            if row["list"] == number:
                yield row["value"], row["indexes"]

    def copies_of_licence(self, licence: str, limit: int = 1000) -> tuple[IssuedCopies, ...]:
        """The issuances of a licence version, the newest first."""
        rows = sorted(
            self._copies.find({"licence": licence}).limit(limit),
            key=lambda row: (row["issued_at"], row["_id"]),
            reverse=True,
        )
        return tuple(
            IssuedCopies(row["_id"], _entries(row), StatusValue(row["value"]), row["issued_at"])
            for row in rows
        )

    # -- changes under way ----------------------------------------------------------------------------------------

    def announce(self, licence: str, at: datetime) -> None:
        """Note durably that the status of a licence is about to change."""
        self._changes.update_one(
            {"_id": licence}, {"$set": {"announced_at": at}, "$inc": {"pending": 1}}, upsert=True
        )

    def finish(self, licence: str) -> None:
        """One announced change of a licence has reached its copies."""
        row = self._changes.find_one_and_update(
            {"_id": licence, "pending": {"$gt": 0}},
            {"$inc": {"pending": -1}},
            return_document=ReturnDocument.AFTER,
        )
        if row is not None and row["pending"] == 0:
            self._changes.delete_one({"_id": licence, "pending": 0})

    def unfinished(self, announced_before: datetime, limit: int) -> tuple[UnfinishedChange, ...]:
        """Changes announced before an instant that nobody has finished, the oldest first."""
        rows = self._changes.find({"announced_at": {"$lt": announced_before}})
        return tuple(
            UnfinishedChange(row["_id"], row["announced_at"], row.get("swept", 0))
            for row in rows.sort("announced_at", ASCENDING).limit(limit)
        )

    def note_swept(self, change: UnfinishedChange, revision: int) -> None:
        """The sweep brought this revision of the licence to the copies; the announcement stays."""
        self._changes.update_one({"_id": change.licence}, {"$max": {"swept": revision}})

    def forget(self, change: UnfinishedChange) -> None:
        """Whoever announced the change is gone; an announcement that came meanwhile stays."""
        self._changes.delete_one({"_id": change.licence, "announced_at": change.announced_at})


def insert_absent(collection: Collection[_Row], rows: Sequence[_Row]) -> None:
    """Insert many rows; those whose ``_id`` is taken are left as they are."""
    if not rows:
        return
    try:
        collection.insert_many(rows, ordered=False)
    except BulkWriteError as error:
        if any(failure["code"] != DUPLICATE_KEY for failure in error.details["writeErrors"]):
            raise


def _entries(row: _Row) -> Entries:
    return Entries(row["list"], unpack_indexes(row["indexes"]))
