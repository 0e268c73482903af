"""The search log: who looked for whose licences, and why. It only grows."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, ClassVar

import orjson
from bson import ObjectId
from mongoengine import BinaryField, DateTimeField, Document, IntField, StringField
from pymongo.database import Database

from issuer.searching.search_request import IDENTIFIER_KIND, SearchBy, SearchEntry, identifier_key
from keys.envelope import Envelope
from keys.lookup import LookupKey
from service.store.sealed_rows import SealedRows
from standards.errors import InvalidInputError
from standards.text import Text


class SearchLogDocument(Document):  # type: ignore[misc]
    """Collection ``search_log``: one document per search. Shard key ``{authority: 1, at: 1}``.

    ``search_by`` says what somebody looked by, and is absent for holders in rows from before there were other ways.
    ``holder`` is a keyed hash of the holder, of the licence number or of the identifier (empty for identifiers in older rows); ``person`` is what it
    was made of, sealed, because a new master key makes the next hash from it. The cause, which may name a person, is sealed too. Kept at least three years (Personal
    Information Protection Law article 56), so nothing expires by itself.
    """

    authority = StringField(required=True)
    at = DateTimeField(required=True)
    by = StringField(required=True)
    search_by = StringField()
    type = StringField()
    holder = StringField(required=True)
    person = BinaryField(required=True)
    cause = BinaryField(required=True)
    found = IntField(required=True)

    meta: ClassVar[dict[str, Any]] = {
        "collection": "search_log",
        "db_alias": "issuer",
        "auto_create_index": False,
        "indexes": [{"fields": ["authority", "-at"]}, {"fields": ["authority", "holder", "-at"]}],
    }


@dataclass(frozen=True, slots=True)
class LoggedSearch:
    """A line of the log with its name, for the person whom it is about."""

    id: str
    entry: SearchEntry


class SearchLog:
    """Writes and reads the search log."""

    def __init__(self, database: Database[dict[str, Any]], envelope: Envelope, lookup: LookupKey) -> None:
        self._entries = database["search_log"]
        self._envelope = envelope
        self._lookup = lookup

    @staticmethod
    def ensure_indexes() -> None:
        """Make the indexes; repeating it changes nothing."""
        SearchLogDocument.ensure_indexes()

    def append(self, entry: SearchEntry, code_type: str, number: str) -> None:
        """Write one line, durably, before anything is shown; the last two are what was looked for."""
        # A licence number is hashed as of a code type of its own, and a new master key makes the next hash as this one.
        kinds = {SearchBy.HOLDER: code_type, SearchBy.IDENTIFIER: IDENTIFIER_KIND}
        kind = kinds.get(entry.search_by, entry.search_by.value)
        person = orjson.dumps(
            [kind, identifier_key(number) if entry.search_by is SearchBy.IDENTIFIER else number]
        )
        self._entries.insert_one(
            {
                "authority": entry.authority,
                "at": entry.at,
                "by": entry.by,
                "search_by": entry.search_by.value,
                "type": entry.type_code,
                "holder": entry.holder,
                "person": self._envelope.seal(person, _person_context(entry.authority)),
                "cause": self._envelope.seal(entry.cause.encode(), _context(entry.authority)),
                "found": entry.found,
            }
        )

    def newest(self, authority: str, limit: int = 100) -> tuple[SearchEntry, ...]:
        """The latest searches of an authority."""
        found = self._entries.find({"authority": authority}).sort("at", -1).limit(limit)
        return tuple(self._entry(document) for document in found)

    def find(self, authority: str, search_id: str) -> SearchEntry | None:
        """One search of an authority, or ``None``."""
        if not ObjectId.is_valid(search_id):
            return None
        row = self._entries.find_one({"authority": authority, "_id": ObjectId(search_id)})
        return None if row is None else self._entry(row)

    def about(
        self,
        authorities: Collection[str],
        hashes: Collection[str],
        *,
        since: datetime | None,
        cursor: str | None,
        limit: int,
    ) -> tuple[tuple[LoggedSearch, ...], str | None]:
        """One page of the searches for these hashes, newest first, and the cursor of the next page.

        Raises:
            InvalidInputError: a cursor that is none of ours.
        """
        query: dict[str, Any] = {"authority": {"$in": list(authorities)}, "holder": {"$in": list(hashes)}}
        if since is not None:
            query["at"] = {"$gte": since}
        if cursor is not None:
            instant, name = _parse_cursor(cursor)
            query["$or"] = [{"at": {"$lt": instant}}, {"at": instant, "_id": {"$lt": name}}]
        rows = list(self._entries.find(query).sort([("at", -1), ("_id", -1)]).limit(limit + 1))
        shown = tuple(LoggedSearch(str(row["_id"]), self._entry(row)) for row in rows[:limit])
        if len(rows) <= limit:
            return shown, None
        last = rows[limit - 1]
        return shown, f"{int(_utc(last['at']).timestamp() * 1000)}.{last['_id']}"

    def _entry(self, document: dict[str, Any]) -> SearchEntry:
        return SearchEntry(
            authority=document["authority"],
            by=document["by"],
            search_by=SearchBy(document.get("search_by", SearchBy.HOLDER)),
            type_code=document["type"],
            holder=document["holder"],
            cause=self._envelope.open(document["cause"], _context(document["authority"])).decode(),
            found=document["found"],
            at=_utc(document["at"]),
        )

    def sealed_rows(self) -> SealedRows:
        """What a change of the master key brings over."""
        return SealedRows(
            Text("查询日志", "search log"),
            self._entries,
            ("authority", "at", "holder", "person", "cause"),
            self._renewed,
        )

    def _renewed(self, document: dict[str, Any]) -> dict[str, Any]:
        authority, person, cause = document["authority"], document.get("person"), document["cause"]
        renewed: dict[str, Any] = {}
        if self._envelope.is_older(cause):
            renewed["cause"] = self._envelope.reseal(cause, _context(authority))
        if person is None:
            # Written before there was this part: the hash stays, and only the key set aside can tell whose it is.
            return renewed
        if self._envelope.is_older(person):
            renewed["person"] = self._envelope.reseal(person, _person_context(authority))
        if self._lookup.is_older(document["holder"]):
            identity = orjson.loads(self._envelope.open(person, _person_context(authority)))
            renewed["holder"] = self._lookup.lookup(*identity)
        return renewed


def _parse_cursor(text: str) -> tuple[datetime, ObjectId]:
    instant, _, name = text.partition(".")
    if not (instant.isascii() and instant.isdigit() and len(instant) < 15 and ObjectId.is_valid(name)):
        raise InvalidInputError("游标无效。", "The cursor is not one of ours.", where="/cursor")
    return datetime.fromtimestamp(int(instant) / 1000, UTC), ObjectId(name)


def _utc(value: datetime) -> datetime:
    return value if value.tzinfo is not None else value.replace(tzinfo=UTC)


def _context(authority: str) -> str:
    return f"search log of {authority}"


def _person_context(authority: str) -> str:
    return f"search log of {authority} person"
