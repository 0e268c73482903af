"""The search log: who looked for whose licences, and why. It only grows."""

from __future__ import annotations

from typing import Any, ClassVar

from mongoengine import BinaryField, DateTimeField, Document, IntField, StringField
from pymongo.database import Database

from issuer.searching.search_request import SearchEntry
from keys.envelope import Envelope


class SearchLogDocument(Document):  # type: ignore[misc]
    """Collection ``search_log``: one document per search. Shard key ``{authority: 1, at: 1}``.

    ``holder`` is a keyed hash; the cause, which may name a person, is sealed. Kept at least three years (Personal
    Information Protection Law article 56), so nothing expires by itself.
    """

    authority = StringField(required=True)
    at = DateTimeField(required=True)
    by = StringField(required=True)
    type = StringField(required=True)
    holder = StringField(required=True)
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

    def __init__(self, database: Database[dict[str, Any]], envelope: Envelope) -> None:
        self._entries = database["search_log"]
        self._envelope = envelope

    @staticmethod
    def ensure_indexes() -> None:
        """Make the indexes; repeating it changes nothing."""
        SearchLogDocument.ensure_indexes()

    def append(self, entry: SearchEntry) -> None:
        """Write one line, durably, before anything is shown."""
        self._entries.insert_one(
            {
                "authority": entry.authority,
                "at": entry.at,
                "by": entry.by,
                "type": entry.type_code,
                "holder": entry.holder,
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
                type_code=document["type"],
                holder=document["holder"],
                cause=self._envelope.open(document["cause"], _context(authority)).decode(),
                found=document["found"],
                at=document["at"],
            )
            for document in found
        )


def _context(authority: str) -> str:
    return f"search log of {authority}"
