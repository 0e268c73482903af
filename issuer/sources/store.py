"""Persistence of source systems, of what they delivered, and of the licences that they confirmed."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any, ClassVar, Final

from mongoengine import BooleanField, DateTimeField, DictField, Document, IntField, ListField, StringField
from pymongo.database import Database
from pymongo.errors import BulkWriteError, DuplicateKeyError

from issuer.sources.errors import SourceChangedError, SourceExistsError
from issuer.sources.source import Deliveries, Source, SourceStanding, Staleness
from standards.codes.licence_identifier import parse_licence_identifier

_Row = dict[str, Any]

_BATCH: Final = 1_000
_FORGOTTEN_AFTER_SECONDS: Final = 400 * 24 * 3600
"""Longer than the longest interval that a source may have."""
_DUPLICATE_KEY: Final = 11000


class SourceDocument(Document):  # type: ignore[misc]
    """Collection ``sources``: one document per source system. Shard key ``_id``, ``authority/code``."""

    id = StringField(primary_key=True)
    authority = StringField(required=True)
    code = StringField(required=True)
    name = StringField(required=True)
    department = StringField(required=True)
    contact = StringField()
    expected_seconds = IntField(required=True)
    type_codes = ListField(StringField())
    system = StringField()
    applies = BooleanField(required=True)
    revision = IntField(required=True)
    last_at = DateTimeField()
    last_rows = IntField()
    deliveries = IntField()
    staleness = DictField()

    meta: ClassVar[_Row] = {
        "collection": "sources",
        "db_alias": "issuer",
        "auto_create_index": False,
        "indexes": [{"fields": ["authority"]}],
    }


class ConfirmationDocument(Document):  # type: ignore[misc]
    """Collection ``source_confirmations``: when a source last said what the library says of a licence. Shard key
    ``_id``, ``authority/code/type.serial``: the licence in whatever version. A row that is older than any interval counts
    for nothing and expires.
    """

    id = StringField(primary_key=True)
    source = StringField(required=True)
    type = StringField(required=True)
    at = DateTimeField(required=True)

    meta: ClassVar[_Row] = {
        "collection": "source_confirmations",
        "db_alias": "issuer",
        "auto_create_index": False,
        "indexes": [
            {"fields": ["source", "type", "at"]},
            {"fields": ["at"], "expireAfterSeconds": _FORGOTTEN_AFTER_SECONDS},
        ],
    }


class SourceStore:
    """The source systems of this node's authorities. Each method that changes something is one durable write."""

    def __init__(self, database: Database[_Row]) -> None:
        self._sources = database["sources"]
        self._confirmations = database["source_confirmations"]

    @staticmethod
    def ensure_indexes() -> None:
        """Make the indexes; a repeat changes nothing."""
        SourceDocument.ensure_indexes()
        ConfirmationDocument.ensure_indexes()

    # -- sources ----------------------------------------------------------------------------------------------

    def add(self, source: Source) -> None:
        """Register a source.

        Raises:
            SourceExistsError: the authority has one of this code.
        """
        try:
            self._sources.insert_one({"_id": _key(source.authority, source.code), **_row(source)})
        except DuplicateKeyError as error:
            raise SourceExistsError from error

    def change(self, before: Source, after: Source) -> Source:
        """Put ``after`` in the place of ``before``; authority and code stay. Answers what is stored.

        Raises:
            SourceChangedError: somebody was faster, or it was removed; nothing was written.
        """
        stored = replace(after, authority=before.authority, code=before.code, revision=before.revision + 1)
        key = {"_id": _key(before.authority, before.code), "revision": before.revision}
        if self._sources.update_one(key, {"$set": _row(stored)}).matched_count != 1:
            raise SourceChangedError
        return stored

    def remove(self, authority: str, code: str) -> bool:
        """Take a source off the list; ``False`` when there is none. What it confirmed is forgotten in the background
        (``forget_removed``): it may be millions of rows.
        """
        return self._sources.delete_one({"_id": _key(authority, code)}).deleted_count == 1

    def forget_removed(self) -> int:
        """Delete what sources confirmed that are no longer there; answers how many rows that were."""
        held = {row["_id"] for row in self._sources.find({}, {"_id": 1})}
        # Asked after the sources: one that is registered just now has confirmed nothing that was seen before.
        removed = [source for source in self._confirmations.distinct("source") if source not in held]
        return sum(self._confirmations.delete_many({"source": source}).deleted_count for source in removed)

    def find(self, authority: str, code: str) -> Source | None:
        """The source of this code, or ``None``; one read by key."""
        row = self._sources.find_one({"_id": _key(authority, code)})
        return None if row is None else _source(row)

    def of_system(self, authority: str, system: str) -> tuple[Source, ...]:
        """The sources that are bound to a calling system, by code; one indexed read."""
        found = self._sources.find({"authority": authority, "system": system}).sort("_id", 1)
        return tuple(_source(row) for row in found)

    def all(self, authority: str) -> tuple[Source, ...]:
        """The sources of an authority, by code."""
        return tuple(standing.source for standing in self.standings(authority))

    def standing(self, authority: str, code: str) -> SourceStanding | None:
        """A source with what it delivered, or ``None``."""
        row = self._sources.find_one({"_id": _key(authority, code)})
        return None if row is None else _standing(row)

    def standings(self, authority: str | None = None) -> tuple[SourceStanding, ...]:
        """The sources of an authority, or of all, with what each delivered, by code."""
        query = {} if authority is None else {"authority": authority}
        return tuple(_standing(row) for row in self._sources.find(query).sort("_id", 1))

    # -- what they deliver ------------------------------------------------------------------------------------

    def note_delivery(self, authority: str, code: str, *, rows: int, at: datetime) -> None:
        """A delivery of ``rows`` licences came; nothing happens when there is no such source."""
        update = {
            "$max": {"last_at": at.astimezone(UTC)},
            "$set": {"last_rows": rows},
            "$inc": {"deliveries": 1},
        }
        self._sources.update_one({"_id": _key(authority, code)}, update)

    def note_confirmed(self, authority: str, code: str, identifiers: Iterable[str], at: datetime) -> None:
        """The source says of these licences what the library says; repeating it changes nothing.

        For a thousand licences one write where all were confirmed before, or none; else two writes and a read.
        """
        source, instant = _key(authority, code), at.astimezone(UTC)
        rows: dict[str, _Row] = {}
        for identifier in identifiers:
            _, type_code, serial = subject_of(identifier)
            key = f"{source}/{type_code}.{serial}"
            rows[key] = {"_id": key, "source": source, "type": type_code, "at": instant}
            if len(rows) == _BATCH:
                self._confirm(rows, instant)
                rows = {}
        if rows:
            self._confirm(rows, instant)

    def _confirm(self, rows: dict[str, _Row], at: datetime) -> None:
        keys = {"_id": {"$in": list(rows)}}
        known = self._confirmations.update_many(keys, {"$max": {"at": at}}).matched_count
        if known == len(rows):
            return
        held = {row["_id"] for row in self._confirmations.find(keys, {"_id": 1})} if known else set()
        new = [row for key, row in rows.items() if key not in held]
        with suppress_duplicates():
            self._confirmations.insert_many(new, ordered=False)

    def confirmed_since(self, source: Source, since: datetime) -> int:
        """How many licences of the types that it covers a source has confirmed since an instant; an index count."""
        return self._confirmations.count_documents(
            {
                "source": _key(source.authority, source.code),
                "type": {"$in": list(source.type_codes)},
                "at": {"$gte": since.astimezone(UTC)},
            }
        )

    def note_staleness(self, source: Source, staleness: Staleness) -> None:
        """Keep what was measured."""
        row = {
            "licences": staleness.licences,
            "confirmed": staleness.confirmed,
            "at": staleness.measured_at.astimezone(UTC),
        }
        self._sources.update_one({"_id": _key(source.authority, source.code)}, {"$set": {"staleness": row}})


@contextmanager
def suppress_duplicates() -> Iterator[None]:
    """Lets an unordered bulk write pass in which another process entered some of the rows first."""
    try:
        yield
    except BulkWriteError as error:
        if any(failed["code"] != _DUPLICATE_KEY for failed in error.details["writeErrors"]):
            raise


def subject_of(identifier: str) -> tuple[str, str, str]:
    """What stays of an identifier from version to version: (authority, type code, serial).

    Raises:
        InvalidLicenceIdentifierError: it is none.
    """
    parsed = parse_licence_identifier(identifier)
    return parsed.authority, parsed.type_code, parsed.serial


def _key(authority: str, code: str) -> str:
    return f"{authority}/{code}"


def _row(source: Source) -> _Row:
    return {
        "authority": source.authority,
        "code": source.code,
        "name": source.name,
        "department": source.department,
        "contact": source.contact,
        "expected_seconds": int(source.expected_every.total_seconds()),
        "type_codes": list(source.type_codes),
        "system": source.system,
        "applies": source.applies,
        "revision": source.revision,
    }


def _source(row: _Row) -> Source:
    return Source(
        authority=row["authority"],
        code=row["code"],
        name=row["name"],
        department=row["department"],
        contact=row["contact"],
        expected_every=timedelta(seconds=row["expected_seconds"]),
        type_codes=tuple(row["type_codes"]),
        system=row["system"],
        applies=row["applies"],
        revision=row["revision"],
    )


def _standing(row: _Row) -> SourceStanding:
    measured = row.get("staleness")
    return SourceStanding(
        _source(row),
        Deliveries(row.get("last_at"), row.get("last_rows", 0), row.get("deliveries", 0)),
        None if measured is None else Staleness(measured["licences"], measured["confirmed"], measured["at"]),
    )
