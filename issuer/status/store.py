"""Where issued copies, their lists and unfinished changes are kept.

Collections, each with its shard key:

* ``issued_copies``: one row for each issuance with the entries of its copies, beside the uses of nonces and proofs that
  it needed. Shard key and only unique key ``_id``: what the issuance used up (``grant:…``, ``batch:…``, ``nonce:…``), so
  that using and issuing are one write. Rows go by TTL after the copies have expired.
* ``status_lists``: one row for each list. Shard key ``_id``, the list's number. ``version`` grows by one with each change;
  ``recent`` names the licences of the last changes, the newest last; ``next`` is the first counter not leased.
* ``status_publications``: one row for each list with its signed token. Shard key ``_id``, the list's number.
* ``status_changes``: one row for each licence whose change is under way. Shard key ``_id``, the licence's identifier.
"""

from __future__ import annotations

import secrets
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final

from pymongo import ASCENDING, IndexModel, ReturnDocument
from pymongo.collection import Collection
from pymongo.database import Database
from pymongo.errors import BulkWriteError, DuplicateKeyError

from issuer.status.entry import LIST_CAPACITY, MAX_LIST_NUMBER, Entries, pack_indexes, unpack_indexes
from issuer.status.permutation import new_key
from standards.status_list import StatusValue

COPIES_COLLECTION: Final = "issued_copies"

DUPLICATE_KEY: Final = 11000

_KEPT_AFTER_EXPIRY: Final = timedelta(days=30)
"""How long the row of an expired copy stays, for questions that come late."""

_RECENT: Final = 128
"""Changes that a list remembers by name: whoever kept the list of up to so many versions ago reads only those."""

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
class ListRecord:
    """One list.

    Attributes:
        number: its name.
        authority: whose it is (USCC).
        version: of its content.
    """

    number: int
    authority: str
    version: int


@dataclass(frozen=True, slots=True)
class Publication:
    """A list as some process signed it: the version of its content, the token, and its ``iat``."""

    version: int
    token: str
    issued_at: datetime


@dataclass(frozen=True, slots=True)
class Lease:
    """Counters of a list that nobody else has: from ``first`` on, as many as were asked for."""

    key: bytes
    first: int


@dataclass(frozen=True, slots=True)
class UnfinishedChange:
    """An announced change: of which licence, since when, and up to which revision the sweep has carried it."""

    licence: str
    announced_at: datetime
    swept_revision: int


class StatusStore:
    """Copies, lists and pending changes of one issuer node."""

    def __init__(self, database: Database[_Row]) -> None:
        self._copies: Collection[_Row] = database[COPIES_COLLECTION]
        self._lists: Collection[_Row] = database["status_lists"]
        self._changes: Collection[_Row] = database["status_changes"]
        self._publications: Collection[_Row] = database["status_publications"]

    def ensure_indexes(self) -> None:
        """Create the indexes that are missing; safe to repeat, and by several processes at once."""
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
        self._lists.create_indexes([IndexModel([("authority", ASCENDING)], name="authority")])
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

    # -- lists ----------------------------------------------------------------------------------------------------

    def open_lists(self, authority: str) -> tuple[int, ...]:
        """Numbers of the lists of an authority in which entries are still given out."""
        rows = self._lists.find({"authority": authority, "open": True}, {"_id": 1})
        return tuple(sorted(row["_id"] for row in rows))

    def create_list(self, authority: str) -> int:
        """Open another list for an authority and answer its number.

        Numbers are drawn, not counted, so that they do not tell how much an authority issues.
        """
        while True:
            number = secrets.randbelow(min(MAX_LIST_NUMBER, 10**9)) + 1
            row = {"_id": number, "authority": authority, "version": 1, "open": True, "next": 0}
            try:
                self._lists.insert_one({**row, "key": new_key(), "recent": []})
            except DuplicateKeyError:
                continue
            return number

    def lease(self, number: int, count: int) -> Lease | None:
        """Take the next ``count`` counters of a list for good (one durable write); ``None`` when it has not so many."""
        row = self._lists.find_one_and_update(
            {"_id": number, "open": True, "next": {"$lte": LIST_CAPACITY - count}},
            {"$inc": {"next": count}},
            projection={"key": 1, "next": 1},
        )
        return None if row is None else Lease(bytes(row["key"]), row["next"])

    def close_list(self, number: int) -> None:
        """Give out no more entries in this list; it goes on being published."""
        self._lists.update_one({"_id": number}, {"$set": {"open": False}})

    def close_all_lists(self) -> int:
        """Close every open list; answers how many were."""
        return self._lists.update_many({"open": True}, {"$set": {"open": False}}).modified_count

    def find_list(self, number: int) -> ListRecord | None:
        """A list, or ``None``."""
        if number > MAX_LIST_NUMBER:
            return None  # no list was ever given such a number, and the store cannot hold it
        row = self._lists.find_one({"_id": number}, {"authority": 1, "version": 1})
        return None if row is None else ListRecord(row["_id"], row["authority"], row["version"])

    def changed_since(self, number: int, version: int) -> tuple[ListRecord, frozenset[str] | None]:
        """A list as it is now, and the licences that changed after ``version``; ``None`` when that is too long ago.

        Version and names are read together: each raise of a version appends exactly one name.
        """
        row = self._lists.find_one({"_id": number}, {"authority": 1, "version": 1, "recent": 1})
        assert row is not None  # lists are never removed while somebody keeps one of them
        record = ListRecord(row["_id"], row["authority"], row["version"])
        steps, recent = record.version - version, row["recent"]
        known = 0 <= steps <= len(recent)
        return record, frozenset(recent[len(recent) - steps :]) if known else None

    def list_numbers(self) -> tuple[int, ...]:
        """Numbers of all lists, sorted."""
        return tuple(row["_id"] for row in self._lists.find({}, {"_id": 1}).sort("_id", ASCENDING))

    def raise_versions(self, numbers: Iterable[int], licence: str) -> None:
        """Say of each list that its content changed, and of which licence the copies are."""
        chosen = sorted(numbers)
        if chosen:
            named = {"recent": {"$each": [licence], "$slice": -_RECENT}}
            self._lists.update_many({"_id": {"$in": chosen}}, {"$inc": {"version": 1}, "$push": named})

    def publish(self, number: int, publication: Publication) -> None:
        """Keep the signed token of a list in the place of the one before."""
        row = {
            "version": publication.version,
            "token": publication.token,
            "issued_at": publication.issued_at,
        }
        self._publications.replace_one({"_id": number}, row, upsert=True)

    def find_publication(self, number: int) -> Publication | None:
        """The signed token of a list, or ``None`` before its first publication."""
        row = self._publications.find_one({"_id": number})
        return None if row is None else Publication(row["version"], row["token"], row["issued_at"])

    def publications(self) -> tuple[tuple[int, int, datetime | None], ...]:
        """Number, published version (0 for none) and its ``iat`` of every list."""
        rows = self._publications.find({}, {"version": 1, "issued_at": 1})
        published = {row["_id"]: (row["version"], row["issued_at"]) for row in rows}
        return tuple((number, *published.get(number, (0, None))) for number in self.list_numbers())

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
