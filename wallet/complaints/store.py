"""Where filed complaints are kept."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

import orjson
from bson import Binary
from mongoengine import BinaryField, DateTimeField, Document, NotUniqueError, StringField

from standards.complaints import parse_filing
from standards.json_reader import Reader
from standards.text import Text
from wallet.accounts.account import Holder
from wallet.complaints.complaint import STATES, FiledComplaint, parse_standing_again
from wallet.complaints.errors import FiledComplaintNotFoundError
from wallet.history.chain import kept_until


class FiledComplaintDocument(Document):  # type: ignore[misc]
    """Collection ``filed_complaints``. Shard key: ``account_id`` hashed; one complaint for a line of the log.

    ``look_at`` says when a worker asks the desk; the TTL index on ``purge_at`` forgets it with the line's years.
    """

    complaint_id = StringField(primary_key=True)
    account_id = StringField(required=True)
    entry_id = StringField(required=True)
    state = StringField(required=True, choices=STATES)
    sealed = BinaryField(required=True)
    filed_at = DateTimeField(required=True)
    look_at = DateTimeField()
    purge_at = DateTimeField(required=True)

    meta = {  # noqa: RUF012
        "collection": "filed_complaints",
        "db_alias": "wallet",
        "auto_create_index": False,
        "indexes": [
            {"fields": ("account_id", "entry_id"), "unique": True},
            {"fields": ("look_at",), "sparse": True},
            {"fields": ("purge_at",), "expireAfterSeconds": 0},
        ],
    }


class FiledComplaintStore:
    """The complaints of all wallets; each call sees one wallet, but for the worker's."""

    def ensure_indexes(self) -> None:
        """Make the indexes; a repeat changes nothing."""
        FiledComplaintDocument.ensure_indexes()

    def add(self, holder: Holder, complaint: FiledComplaint) -> FiledComplaint:
        """Keep a new one (one durable write); the one that is there already about the same line."""
        document = FiledComplaintDocument(
            complaint_id=complaint.complaint_id,
            account_id=holder.account_id,
            entry_id=complaint.entry_id,
            state=complaint.state,
            sealed=_seal(holder, complaint),
            filed_at=complaint.filed_at,
            purge_at=kept_until(complaint.filed_at),
        )
        try:
            document.save(force_insert=True)
        except NotUniqueError:
            known = self.about(holder, complaint.entry_id)
            if known is None:
                raise
            return known
        return complaint

    def get(self, holder: Holder, complaint_id: str) -> FiledComplaint:
        """One complaint; raises ``FiledComplaintNotFoundError``."""
        found = FiledComplaintDocument.objects(
            account_id=holder.account_id, complaint_id=complaint_id
        ).first()
        if found is None:
            raise FiledComplaintNotFoundError
        return _complaint(holder, found)

    def about(self, holder: Holder, entry_id: str) -> FiledComplaint | None:
        """The complaint about a line, or ``None``."""
        found = FiledComplaintDocument.objects(account_id=holder.account_id, entry_id=entry_id).first()
        return None if found is None else _complaint(holder, found)

    def all_of(self, holder: Holder) -> Sequence[FiledComplaint]:
        """The newest complaints, at most a hundred."""
        found = FiledComplaintDocument.objects(account_id=holder.account_id).order_by("-filed_at").limit(100)
        return [_complaint(holder, document) for document in found]

    def change(
        self, holder: Holder, complaint: FiledComplaint, *, before: str, look_at: datetime | None
    ) -> bool:
        """Write the next state: a compare-and-set from ``before`` (one durable write); ``False`` when it moved on."""
        query = FiledComplaintDocument.objects(
            account_id=holder.account_id, complaint_id=complaint.complaint_id, state=before
        )
        values: dict[str, Any] = {"set__state": complaint.state, "set__sealed": _seal(holder, complaint)}
        values |= {"unset__look_at": True} if look_at is None else {"set__look_at": look_at}
        return bool(query.update_one(**values))

    def due(self, at: datetime, limit: int) -> Sequence[tuple[str, str]]:
        """Account and id of the complaints whose desk is asked now, the longest overdue first."""
        rows = FiledComplaintDocument.objects(look_at__lte=at).order_by("look_at").limit(limit)
        return [(row.account_id, row.complaint_id) for row in rows.only("account_id", "complaint_id")]

    def look_again(self, account_id: str, complaint_id: str, look_at: datetime) -> None:
        """Ask the desk later (one durable write)."""
        FiledComplaintDocument.objects(account_id=account_id, complaint_id=complaint_id).update_one(
            set__look_at=look_at
        )


def _seal(holder: Holder, complaint: FiledComplaint) -> Binary:
    plain = orjson.dumps(complaint.sealed_json())
    return Binary(holder.envelope.seal(plain, _context(complaint.complaint_id)))


def _complaint(holder: Holder, document: FiledComplaintDocument) -> FiledComplaint:
    plain = holder.envelope.open(bytes(document.sealed), _context(document.complaint_id))
    reader = Reader(orjson.loads(plain))
    return FiledComplaint(
        complaint_id=document.complaint_id,
        entry_id=document.entry_id,
        state=document.state,
        desk=reader.text("desk"),
        filing=parse_filing(reader.any("filing")),
        party=_text(reader.object("party")),
        about=_text(reader.object("about")),
        filed_at=document.filed_at,
        standing=parse_standing_again(reader.any("standing")),
    )


def _text(reader: Reader) -> Text:
    return Text(reader.text("zh", min_chars=0), reader.text("en", min_chars=0))


def _context(complaint_id: str) -> str:
    return f"filed complaint {complaint_id}"
