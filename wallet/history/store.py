"""Where the use log is kept: sealed, chained, and without any way to change or take away a line."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final, TypeVar

from mongoengine import BinaryField, DateTimeField, Document, IntField, StringField
from pymongo import MongoClient, WriteConcern
from pymongo.client_session import ClientSession
from pymongo.collection import Collection
from pymongo.database import Database
from pymongo.errors import DuplicateKeyError
from pymongo.read_concern import ReadConcern

from wallet.accounts.account import Holder
from wallet.history.chain import Wholeness, check_chain, to_millisecond
from wallet.history.entry import Entry
from wallet.history.errors import EntryNotFoundError, UseLogBusyError
from wallet.history.line_rows import (
    entry_of,
    head_of,
    line_of,
    newest_head,
    next_of,
    note_head,
    remembered_head,
    row_of,
)

_Row = dict[str, Any]
T = TypeVar("T")

PAGE_SIZE = 50
"""Lines on one page of the log."""

_MOST_LOOKED_AT: Final = 2_000
"""Lines that one page of a filtered log looks at; the next page goes on from there."""

_OUTCOME_WITHIN: Final = 200
"""How many lines further on the outcome of a presentation is looked for."""

_MOST_TRIES: Final = 50
_NOTED: Final = WriteConcern(w=1, j=False)


@dataclass(frozen=True, slots=True)
class Place:
    """A place in the log: the line at this instant with this id."""

    at: datetime
    entry_id: str


class EntryDocument(Document):  # type: ignore[misc]
    """Collection ``use_log``. Shard key: ``account_id`` hashed (a chain lives on one shard).

    The unique index on the place in the chain is the compare-and-set of an append; rows of a time before there were
    chains have no place. The TTL index on ``purge_at`` forgets a line when its years are over.
    """

    entry_id = StringField(primary_key=True)
    account_id = StringField(required=True)
    at = DateTimeField(required=True)
    noted_at = DateTimeField()
    sealed = BinaryField(required=True)
    sequence = IntField()
    previous = StringField()
    previous_at = DateTimeField()
    hash = StringField()
    mark = BinaryField()
    purge_at = DateTimeField()

    meta = {  # noqa: RUF012
        "collection": "use_log",
        "db_alias": "wallet",
        "auto_create_index": False,
        "indexes": [
            ("account_id", "-at", "-entry_id"),
            {
                "fields": ("account_id", "sequence"),
                "unique": True,
                "partialFilterExpression": {"sequence": {"$exists": True}},
            },
            {"fields": ("purge_at",), "expireAfterSeconds": 0},
        ],
    }


class HeadDocument(Document):  # type: ignore[misc]
    """Collection ``use_log_heads``. Shard key: ``_id`` hashed (the account).

    Remembers the newest line of each chain, so that it is missed when it goes. Written after the line and not waited
    for: it may lag behind, and no use costs a further durable write.
    """

    account_id = StringField(primary_key=True)
    sequence = IntField(required=True)
    hash = StringField(required=True)
    noted_at = DateTimeField(required=True)
    mark = BinaryField(required=True)

    meta = {"collection": "use_log_heads", "db_alias": "wallet", "auto_create_index": False}  # noqa: RUF012


class UseLog:
    """The use logs of all accounts; each call sees one of them."""

    def __init__(self, database: Database[_Row]) -> None:
        self._database = database
        self._rows: Collection[_Row] = database["use_log"]
        # What is remembered speaks of a line that is durable already, so nothing is waited for.
        self._heads: Collection[_Row] = database["use_log_heads"].with_options(
            write_concern=_NOTED, read_concern=ReadConcern("local")
        )

    def ensure_indexes(self) -> None:
        """Make the indexes; a repeat changes nothing."""
        EntryDocument.ensure_indexes()

    def append(self, holder: Holder, entry: Entry) -> None:
        """Add a line (one durable write).

        Raises:
            UseLogBusyError: others of the same account were first too often.
        """
        # One read in the ordinary case; where the remembered line is not the newest, its place turns out to be taken.
        head = remembered_head(self._heads, holder)
        for _ in range(_MOST_TRIES):
            line = next_of(holder, entry, head)
            try:
                self._rows.insert_one(row_of(holder, line))
            except DuplicateKeyError as error:
                if not _place_is_taken(error):
                    raise
                head = newest_head(self._rows, self._heads, holder)
                continue
            with suppress(DuplicateKeyError):  # a later line was noted meanwhile
                note_head(self._heads, holder, line, None)
            return
        raise UseLogBusyError

    def append_once(self, holder: Holder, entry: Entry) -> bool:
        """Add a line whose id says what it is about; ``False`` when it is there already."""
        try:
            self.append(holder, entry)
        except DuplicateKeyError:
            return False
        return True

    def read(self, holder: Holder, *, before: Place | None = None, limit: int = PAGE_SIZE) -> Sequence[Entry]:
        """The newest lines, at most ``limit``; with ``before``, those that come after that place."""
        rows = self._rows.find(_wanted(holder, before)).sort([("at", -1), ("_id", -1)]).limit(limit)
        return [entry_of(holder, row) for row in rows]

    def search(
        self, holder: Holder, fits: Callable[[Entry], bool], *, before: Place | None = None
    ) -> tuple[Sequence[Entry], Place | None]:
        """The newest lines that fit, at most :data:`PAGE_SIZE`, and where to go on; ``None`` at the end.

        What a line says is sealed, so each is opened and looked at: at most :data:`_MOST_LOOKED_AT` in one call.
        """
        rows = self._rows.find(_wanted(holder, before)).sort([("at", -1), ("_id", -1)]).limit(_MOST_LOOKED_AT)
        found: list[Entry] = []
        looked_at, last = 0, None
        for row in rows:
            looked_at, last = looked_at + 1, Place(row["at"], row["_id"])
            entry = entry_of(holder, row)
            if fits(entry):
                found.append(entry)
                if len(found) == PAGE_SIZE:
                    return found, last
        return found, last if looked_at == _MOST_LOOKED_AT else None

    def walk(self, holder: Holder) -> Iterator[Entry]:
        """All lines, newest first, without holding them all."""
        for row in self._rows.find(_wanted(holder, None)).sort([("at", -1), ("_id", -1)]).batch_size(500):
            yield entry_of(holder, row)

    def get(self, holder: Holder, entry_id: str) -> Entry:
        """One line; raises ``EntryNotFoundError``, for another's as for none."""
        row = self._rows.find_one({"account_id": holder.account_id, "_id": entry_id})
        if row is None:
            raise EntryNotFoundError
        return entry_of(holder, row)

    def around(self, holder: Holder, entry: Entry) -> Sequence[Entry]:
        """A line and those that came soon after it, oldest first: its outcome is among them."""
        wanted = {"account_id": holder.account_id, "at": {"$gte": to_millisecond(entry.at)}}
        rows = self._rows.find(wanted).sort([("at", 1), ("_id", 1)]).limit(_OUTCOME_WITHIN)
        return [entry_of(holder, row) for row in rows]

    def check(self, holder: Holder, at: datetime, *, newest: int | None = None) -> Wholeness:
        """Whether a line is missing or was changed: reads the whole chain of the account, or its newest lines only."""
        head = self._heads.find_one({"_id": holder.account_id})
        known = None if head is None else head_of(holder, head)
        if head is not None and known is None:
            return Wholeness(0, head["sequence"])
        chained = {"account_id": holder.account_id, "sequence": {"$exists": True}}
        if newest is None:
            rows = iter(self._rows.find(chained).sort("sequence", 1).batch_size(1000))
            return check_chain((line_of(holder, row) for row in rows), known, at)
        tail = list(self._rows.find(chained).sort("sequence", -1).limit(newest))
        lines = (line_of(holder, row) for row in reversed(tail))
        return check_chain(lines, known, at, from_oldest=len(tail) < newest)


def insert_line(holder: Holder, entry: Entry, database: Database[_Row], session: ClientSession) -> None:
    """Add a line inside a transaction begun by :func:`in_transaction`."""
    rows, heads = database["use_log"], database["use_log_heads"]
    line = next_of(holder, entry, newest_head(rows, heads, holder, session))
    rows.insert_one(row_of(holder, line), session=session)
    note_head(heads, holder, line, session)


def in_transaction(client: MongoClient[_Row], change: Callable[[ClientSession], T]) -> T:
    """Run a transaction that adds a line; again when another line took its place meanwhile.

    Raises:
        UseLogBusyError: others of the same account were first too often.
    """
    with client.start_session() as session:
        for _ in range(_MOST_TRIES):
            try:
                return session.with_transaction(change)
            except DuplicateKeyError as error:
                if not _place_is_taken(error):
                    raise
    raise UseLogBusyError


def _place_is_taken(error: DuplicateKeyError) -> bool:
    """Whether it was the place in the chain, and not the line itself, that is there already."""
    return "sequence" in (error.details or {}).get("keyPattern", {})


def _wanted(holder: Holder, before: Place | None) -> _Row:
    wanted: _Row = {"account_id": holder.account_id}
    if before is not None:
        wanted["$or"] = [
            {"at": {"$lt": before.at}},
            {"at": before.at, "_id": {"$lt": before.entry_id}},
        ]
    return wanted
