"""Where status lists and what was published of them are kept.

Collections, each with its shard key:

* ``status_lists``: one row for each list. Shard key ``_id``, the list's number. ``version`` grows by one with each change;
  ``recent`` names the licences of the last changes, the newest last; ``next`` is the first counter not leased.
* ``status_publications``: one row for each list with its signed token. Shard key ``_id``, the list's number.
"""

from __future__ import annotations

import secrets
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from pymongo import ASCENDING, IndexModel
from pymongo.collection import Collection
from pymongo.database import Database
from pymongo.errors import DuplicateKeyError

from issuer.status.entry import LIST_CAPACITY, MAX_LIST_NUMBER
from issuer.status.permutation import new_key

_RECENT: Final = 128
"""Changes that a list remembers by name: whoever kept the list of up to so many versions ago reads only those."""

_Row = dict[str, Any]


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


class ListStore:
    """The lists of one issuer node."""

    def __init__(self, database: Database[_Row]) -> None:
        self._lists: Collection[_Row] = database["status_lists"]
        self._publications: Collection[_Row] = database["status_publications"]

    def ensure_indexes(self) -> None:
        """Create the index that is missing; safe to repeat."""
        self._lists.create_indexes([IndexModel([("authority", ASCENDING)], name="authority")])

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
