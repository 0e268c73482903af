"""Where the use log is kept: sealed, and without any way to change or take away a line."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

import orjson
from bson import Binary
from mongoengine import BinaryField, DateTimeField, Document, Q, StringField

from wallet.accounts.account import Holder
from wallet.history.entry import Entry, parse_entry

PAGE_SIZE = 50
"""Lines on one page of the log."""


@dataclass(frozen=True, slots=True)
class Place:
    """A place in the log: the line at this instant with this id."""

    at: datetime
    entry_id: str


class EntryDocument(Document):  # type: ignore[misc]
    """Collection ``use_log``. Shard key: ``account_id`` hashed. Lines are kept three years or more: no TTL."""

    entry_id = StringField(primary_key=True)
    account_id = StringField(required=True)
    at = DateTimeField(required=True)
    sealed = BinaryField(required=True)

    meta = {  # noqa: RUF012
        "collection": "use_log",
        "db_alias": "wallet",
        "auto_create_index": False,
        "indexes": [("account_id", "-at", "-entry_id")],
    }


class UseLog:
    """The use logs of all accounts; each call sees one of them."""

    def ensure_indexes(self) -> None:
        """Make the index of the timeline; a repeat changes nothing."""
        EntryDocument.ensure_indexes()

    def append(self, holder: Holder, entry: Entry) -> None:
        """Add a line (one durable write)."""
        entry_document(holder, entry).save(force_insert=True)

    def read(self, holder: Holder, *, before: Place | None = None) -> Sequence[Entry]:
        """The newest lines, at most :data:`PAGE_SIZE`; with ``before``, those that come after that place."""
        query = EntryDocument.objects(account_id=holder.account_id)
        if before is not None:
            query = query.filter(Q(at__lt=before.at) | Q(at=before.at, entry_id__lt=before.entry_id))
        return [_entry(holder, document) for document in query.order_by("-at", "-entry_id").limit(PAGE_SIZE)]


def entry_document(holder: Holder, entry: Entry) -> EntryDocument:
    """The row of a line, for stores that add it in a transaction of theirs."""
    sealed = holder.envelope.seal(orjson.dumps(entry.sealed_json()), _context(entry.entry_id))
    return EntryDocument(
        entry_id=entry.entry_id, account_id=holder.account_id, at=entry.at, sealed=Binary(sealed)
    )


def _entry(holder: Holder, document: EntryDocument) -> Entry:
    plain = holder.envelope.open(bytes(document.sealed), _context(document.entry_id))
    return parse_entry(document.entry_id, document.at, orjson.loads(plain))


def _context(entry_id: str) -> str:
    return f"use log {entry_id}"
