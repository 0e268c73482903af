"""Where the entries of issued copies, their lists and unfinished changes are kept.

Collections, each with its shard key:

* ``status_copies``: one row for each issued copy. Shard key and only unique key ``_id``, the packed entry; so two copies
  can never share one. Rows of copies that have expired are removed by a TTL index, and their entries are free again.
* ``status_lists``: one row for each list. Shard key ``_id``, the list's number. ``version`` grows with each change.
* ``status_changes``: one row for each licence whose change is under way. Shard key ``_id``, the licence's identifier.
"""

from __future__ import annotations

import secrets
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final

from pymongo import ASCENDING, IndexModel, ReturnDocument
from pymongo.collection import Collection
from pymongo.database import Database
from pymongo.errors import BulkWriteError, DuplicateKeyError

from issuer.status.entry import INDEX_BITS, LIST_CAPACITY, MAX_LIST_NUMBER, Entry
from standards.status_list import StatusValue

_KEPT_AFTER_EXPIRY: Final = timedelta(days=30)
"""How long the row of an expired copy stays, for questions that come late."""

_DUPLICATE_KEY: Final = 11000

_Row = dict[str, Any]


@dataclass(frozen=True, slots=True)
class CopyRecord:
    """What is kept of a copy: never its claims, its key, or its text.

    Attributes:
        entry: its status entry.
        licence: identifier of the licence version.
        offer: reference of the offer through which it was issued.
        expires_at: latest instant at which the copy can still be valid.
    """

    entry: Entry
    licence: str
    offer: str
    expires_at: datetime


@dataclass(frozen=True, slots=True)
class ListRecord:
    """One list: its number, whose it is (USCC), and the version of its content."""

    number: int
    authority: str
    version: int


@dataclass(frozen=True, slots=True)
class UnfinishedChange:
    """An announced change: of which licence, since when, and up to which revision the sweep has carried it."""

    licence: str
    announced_at: datetime
    swept_revision: int


class StatusStore:
    """Copies, lists and pending changes of one issuer node."""

    def __init__(self, database: Database[_Row]) -> None:
        self._copies: Collection[_Row] = database["status_copies"]
        self._lists: Collection[_Row] = database["status_lists"]
        self._changes: Collection[_Row] = database["status_changes"]

    def ensure_indexes(self) -> None:
        """Create the indexes that are missing; safe to repeat, and by several processes at once."""
        self._copies.create_indexes(
            [
                IndexModel([("licence", ASCENDING)], name="licence"),
                IndexModel(
                    [("list", ASCENDING), ("value", ASCENDING)],
                    name="not_valid",
                    partialFilterExpression={"value": {"$gt": 0}},
                ),
                IndexModel([("delete_at", ASCENDING)], name="expiry", expireAfterSeconds=0),
            ]
        )
        self._lists.create_indexes([IndexModel([("authority", ASCENDING)], name="authority")])
        self._changes.create_indexes([IndexModel([("announced_at", ASCENDING)], name="announced_at")])

    # -- copies ---------------------------------------------------------------------------------------------------

    def insert_copies(self, copies: Sequence[CopyRecord]) -> tuple[int, ...]:
        """Take the entries of ``copies``, all in one durable write.

        Answers the positions in ``copies`` of those whose entry was taken already, be it by another one of them.
        """
        rows = [
            {
                "_id": copy.entry.packed(),
                "list": copy.entry.list_number,
                "licence": copy.licence,
                "offer": copy.offer,
                "value": 0,
                # No change of the licence has reached the copy yet; the first one always does.
                "revision": 0,
                "delete_at": copy.expires_at + _KEPT_AFTER_EXPIRY,
            }
            for copy in copies
        ]
        try:
            if len(rows) == 1:
                self._copies.insert_one(rows[0])
            else:
                self._copies.insert_many(rows, ordered=False)
        except DuplicateKeyError:
            return (0,)
        except BulkWriteError as error:
            failures = error.details["writeErrors"]
            if any(failure["code"] != _DUPLICATE_KEY for failure in failures):
                raise
            return tuple(failure["index"] for failure in failures)
        return ()

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

    def values_of_list(self, number: int) -> Iterable[tuple[int, int]]:
        """(index, value) of every entry of a list whose value is not 0."""
        for row in self._copies.find({"list": number, "value": {"$gt": 0}}, {"value": 1}):
            yield Entry.of_packed(row["_id"]).index, row["value"]

    def values_of_licence(self, licence: str) -> Mapping[Entry, StatusValue]:
        """The entry of every copy of a licence, and its value."""
        rows = self._copies.find({"licence": licence}, {"value": 1})
        return {Entry.of_packed(row["_id"]): StatusValue(row["value"]) for row in rows}

    def count_entries(self, number: int) -> int:
        """How many entries of a list are taken."""
        first = number << INDEX_BITS
        return self._copies.count_documents({"_id": {"$gte": first, "$lt": first + LIST_CAPACITY}})

    # -- lists ----------------------------------------------------------------------------------------------------

    def open_lists(self, authority: str) -> tuple[int, ...]:
        """Numbers of the lists of an authority in which entries are still drawn."""
        rows = self._lists.find({"authority": authority, "open": True}, {"_id": 1})
        return tuple(sorted(row["_id"] for row in rows))

    def create_list(self, authority: str) -> int:
        """Open another list for an authority and answer its number.

        Numbers are drawn, not counted, so that they do not tell how much an authority issues.
        """
        while True:
            number = secrets.randbelow(min(MAX_LIST_NUMBER, 10**9)) + 1
            try:
                self._lists.insert_one({"_id": number, "authority": authority, "version": 1, "open": True})
            except DuplicateKeyError:
                continue
            return number

    def close_list(self, number: int) -> None:
        """Draw no more entries in this list; it goes on being published."""
        self._lists.update_one({"_id": number}, {"$set": {"open": False}})

    def find_list(self, number: int) -> ListRecord | None:
        """A list, or ``None``."""
        if number > MAX_LIST_NUMBER:
            return None  # no list was ever given such a number, and the store cannot hold it
        row = self._lists.find_one({"_id": number})
        return None if row is None else ListRecord(row["_id"], row["authority"], row["version"])

    def list_numbers(self) -> tuple[int, ...]:
        """Numbers of all lists, sorted."""
        return tuple(row["_id"] for row in self._lists.find({}, {"_id": 1}).sort("_id", ASCENDING))

    def raise_versions(self, numbers: Iterable[int]) -> None:
        """Say of each list that its content changed."""
        chosen = sorted(numbers)
        if chosen:
            self._lists.update_many({"_id": {"$in": chosen}}, {"$inc": {"version": 1}})

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
