"""Where the provider's status lists are kept: what was given out, and what no longer stands.

Collections, each with its shard key:

* ``provider_status_lists``: one row for each list. Shard key ``_id``, the list's number. ``changes`` maps an index to the
  value that was set since the last folding, so that setting one is a single durable write; ``version`` grows by one with
  each, ``folded`` with each folding.
* ``provider_status_entries``: one row for each entry that was given out. Shard key and only unique key ``_id``,
  ``{list}:{index}``: two grants never share an entry. Rows go by TTL after what they are about has expired.
"""

from __future__ import annotations

import secrets
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final

from pymongo import ASCENDING, IndexModel, ReturnDocument, UpdateOne
from pymongo.collection import Collection
from pymongo.database import Database
from pymongo.errors import BulkWriteError, DuplicateKeyError

LIST_CAPACITY: Final = 1 << 20
"""Entries of one list: enough that one hides among many, small enough to be rebuilt in milliseconds."""

MAX_LIST_NUMBER: Final = 10**9

_DUPLICATE_KEY: Final = 11000
_KEPT_AFTER_EXPIRY: Final = timedelta(days=30)
_FOLD_BEYOND: Final = 256
"""Changes that a list's row carries before they are folded into the entries' own rows."""

_ENDED: Final = 1
"""``StatusValue.INVALID``: no folding that comes late takes it back."""

_Row = dict[str, Any]


@dataclass(frozen=True, slots=True)
class ListRow:
    """One list as it is now: version, foldings so far, and the values set since the last of them."""

    number: int
    version: int
    folded: int
    changes: Mapping[int, int]


class ProviderStatusStore:
    """The provider's status lists and their entries."""

    def __init__(self, database: Database[_Row]) -> None:
        self._lists: Collection[_Row] = database["provider_status_lists"]
        self._entries: Collection[_Row] = database["provider_status_entries"]

    def ensure_indexes(self) -> None:
        """Make the indexes; a repeat changes nothing."""
        self._entries.create_indexes(
            [
                IndexModel(
                    [("list", ASCENDING)], name="not_valid", partialFilterExpression={"value": {"$gt": 0}}
                ),
                IndexModel([("delete_at", ASCENDING)], name="expiry", expireAfterSeconds=0),
            ]
        )

    # -- lists ----------------------------------------------------------------------------------------------------

    def open_list(self) -> int:
        """Number of a list in which entries are given out; a new one when there is none.

        Numbers are drawn, so that they do not tell how many there are.
        """
        row = self._lists.find_one({"open": True}, {"_id": 1})
        while row is None:
            number = secrets.randbelow(MAX_LIST_NUMBER) + 1
            row = {"_id": number, "open": True, "version": 1, "folded": 0, "changes": {}}
            try:
                self._lists.insert_one(row)
            except DuplicateKeyError:
                row = None
        return int(row["_id"])

    def close_list(self, number: int) -> None:
        """Give out no more entries in this list; it goes on being published."""
        self._lists.update_one({"_id": number}, {"$set": {"open": False}})

    def close_all_lists(self) -> int:
        """Close every open list; answers how many were."""
        return self._lists.update_many({"open": True}, {"$set": {"open": False}}).modified_count

    def find_list(self, number: int) -> ListRow | None:
        """A list as it is now, or ``None``."""
        if not 0 < number <= MAX_LIST_NUMBER:
            return None
        row = self._lists.find_one({"_id": number})
        return None if row is None else _list_row(row)

    def list_numbers(self) -> tuple[int, ...]:
        """Numbers of all lists, sorted."""
        return tuple(row["_id"] for row in self._lists.find({}, {"_id": 1}).sort("_id", ASCENDING))

    # -- entries --------------------------------------------------------------------------------------------------

    def take(self, number: int, indexes: Sequence[int], expires_at: datetime) -> tuple[int, ...]:
        """Take entries of a list for good (one durable write); answers those that were free."""
        rows = [
            {
                "_id": f"{number}:{index}",
                "list": number,
                "index": index,
                "value": 0,
                "delete_at": expires_at + _KEPT_AFTER_EXPIRY,
            }
            for index in indexes
        ]
        try:
            self._entries.insert_many(rows, ordered=False)
        except BulkWriteError as error:
            failures = error.details["writeErrors"]
            if any(failure["code"] != _DUPLICATE_KEY for failure in failures):
                raise
            taken = {failure["index"] for failure in failures}
            return tuple(index for position, index in enumerate(indexes) if position not in taken)
        return tuple(indexes)

    def value_of(self, number: int, index: int) -> int | None:
        """What an entry says now; ``None`` for one that was never given out, or long ago."""
        entry = self._entries.find_one({"_id": f"{number}:{index}"}, {"value": 1})
        if entry is None:
            return None
        row = self._lists.find_one({"_id": number}, {f"changes.{index}": 1})
        changed = row.get("changes", {}).get(str(index)) if row is not None else None
        return int(entry["value"] if changed is None else changed)

    def set_value(self, number: int, index: int, value: int) -> None:
        """Put ``value`` on an entry: one durable write, and whoever asks for the list next has it."""
        row = self._lists.find_one_and_update(
            {"_id": number},
            {"$set": {f"changes.{index}": value}, "$inc": {"version": 1}},
            projection={"changes": 1},
            return_document=ReturnDocument.AFTER,
        )
        if row is not None and len(row["changes"]) > _FOLD_BEYOND:
            self._fold(number, row["changes"])

    def values(self, number: int) -> dict[int, int]:
        """Index → value of every entry of a list that is not valid, as far as it was folded."""
        rows = self._entries.find({"list": number, "value": {"$gt": 0}}, {"_id": 0, "index": 1, "value": 1})
        return {row["index"]: row["value"] for row in rows}

    def _fold(self, number: int, changes: Mapping[str, int]) -> None:
        """Carry changes into the entries' rows; one that is set anew meanwhile stays in the list's row."""
        self._entries.bulk_write(
            [
                UpdateOne({"_id": f"{number}:{index}", "value": {"$ne": _ENDED}}, {"$set": {"value": value}})
                for index, value in changes.items()
            ],
            ordered=False,
        )
        for index, value in changes.items():
            self._lists.update_one(
                {"_id": number, f"changes.{index}": value},
                {"$unset": {f"changes.{index}": ""}, "$inc": {"folded": 1}},
            )


def _list_row(row: _Row) -> ListRow:
    changes = {int(index): value for index, value in row["changes"].items()}
    return ListRow(row["_id"], row["version"], row["folded"], changes)
