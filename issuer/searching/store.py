"""The search log: who looked for whose licences, and why. It only grows."""

from __future__ import annotations

from typing import Any, ClassVar

import orjson
from mongoengine import BinaryField, DateTimeField, Document, IntField, StringField
from pymongo.database import Database

from issuer.searching.search_request import SearchBy, SearchEntry
from keys.envelope import Envelope
from keys.lookup import LookupKey
from service.store.sealed_rows import SealedRows
from standards.text import Text


class SearchLogDocument(Document):  # type: ignore[misc]
    """Collection ``search_log``: one document per search. Shard key ``{authority: 1, at: 1}``.

    ``search_by`` says what somebody looked by, and is absent for holders in rows from before there were other ways.
    ``holder`` is a keyed hash of the holder or of the licence number, and empty for an identifier; ``person`` is what it
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
        kind = code_type if entry.search_by is SearchBy.HOLDER else entry.search_by.value
        person = orjson.dumps([kind, number])
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
        return tuple(
            SearchEntry(
                authority=document["authority"],
                by=document["by"],
                search_by=SearchBy(document.get("search_by", SearchBy.HOLDER)),
                type_code=document["type"],
                holder=document["holder"],
                cause=self._envelope.open(document["cause"], _context(authority)).decode(),
                found=document["found"],
                at=document["at"],
            )
            for document in found
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


def _context(authority: str) -> str:
    return f"search log of {authority}"


def _person_context(authority: str) -> str:
    return f"search log of {authority} person"
