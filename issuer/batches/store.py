"""Where batches are kept."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any, ClassVar, Final

from mongoengine import BinaryField, BooleanField, DateTimeField, DictField, Document, IntField, StringField
from pymongo.database import Database
from pymongo.errors import DuplicateKeyError

from issuer.batches.batch import Batch, BatchRequest
from issuer.batches.errors import BatchNotFoundError
from issuer.library.selection import parse_selection
from keys.envelope import Envelope
from service.store.sealed_rows import SealedRows
from standards.text import Text

PURPOSE: Final = "batch"
_KEPT: Final = timedelta(days=180)


class BatchDocument(Document):  # type: ignore[misc]
    """Collection ``batches``: one document for each batch of offers. Shard key ``_id``, unguessable. ``sealed`` is the
    seed of its offers: with it and the master key their links could be made again. Removed after 180 days.
    """

    id = StringField(primary_key=True)
    authority = StringField(required=True)
    selection = DictField()
    tx_code = BooleanField(required=True)
    by = StringField(required=True)
    hours = IntField(required=True)
    made_by = StringField(required=True)
    at = DateTimeField(required=True)
    expires_at = DateTimeField(required=True)
    job = StringField()
    fetched = IntField(required=True)
    fetched_at = DateTimeField()
    sealed = BinaryField(required=True)
    delete_at = DateTimeField(required=True)

    meta: ClassVar[dict[str, Any]] = {
        "collection": "batches",
        "db_alias": "issuer",
        "auto_create_index": False,
        "indexes": [
            {"fields": ["authority", "-at"]},
            {"fields": ["delete_at"], "expireAfterSeconds": 0},
        ],
    }


class BatchStore:
    """Writes and reads batches. Every method that changes something is one durable write."""

    def __init__(self, database: Database[dict[str, Any]], envelope: Envelope) -> None:
        self._batches = database["batches"]
        self._envelope = envelope

    @staticmethod
    def ensure_indexes() -> None:
        """Make the indexes; repeating it changes nothing."""
        BatchDocument.ensure_indexes()

    def add(self, batch: Batch) -> Batch:
        """Keep a batch; answers the one that is there when its id is taken by the same authority."""
        request = batch.request
        row = {
            "_id": batch.id,
            "authority": batch.authority,
            "selection": request.selection.to_json(),
            "tx_code": request.tx_code,
            "by": request.by,
            "hours": request.hours,
            "made_by": batch.made_by,
            "at": batch.at,
            "expires_at": batch.expires_at,
            "job": batch.job,
            "fetched": 0,
            "sealed": self._envelope.seal(batch.seed, _context(batch.id)),
            "delete_at": batch.at + _KEPT,
        }
        try:
            self._batches.insert_one(row)
        except DuplicateKeyError:
            return self.find(batch.authority, batch.id)
        return batch

    def note_job(self, batch_id: str, job: str) -> None:
        """Note the job that makes the offers."""
        self._batches.update_one({"_id": batch_id}, {"$set": {"job": job}})

    def note_fetched(self, batch_id: str, at: datetime) -> None:
        """Note that the result was handed out."""
        self._batches.update_one({"_id": batch_id}, {"$inc": {"fetched": 1}, "$set": {"fetched_at": at}})

    def find(self, authority: str, batch_id: str) -> Batch:
        """The batch of an authority; raises ``BatchNotFoundError``."""
        row = self._batches.find_one({"_id": batch_id, "authority": authority})
        if row is None:
            raise BatchNotFoundError
        return self._batch(row)

    def newest(self, authority: str, limit: int = 100) -> list[Batch]:
        """The latest batches of an authority."""
        rows = self._batches.find({"authority": authority}).sort("at", -1).limit(limit)
        return [self._batch(row) for row in rows]

    def sealed_rows(self) -> SealedRows:
        """What a change of the master key brings over."""
        return SealedRows(Text("领取批次", "batches of offers"), self._batches, ("sealed",), self._renewed)

    def _batch(self, row: Mapping[str, Any]) -> Batch:
        return Batch(
            id=row["_id"],
            request=BatchRequest(
                parse_selection(row["selection"], row["authority"]), row["tx_code"], row["by"], row["hours"]
            ),
            made_by=row["made_by"],
            at=row["at"],
            expires_at=row["expires_at"],
            seed=self._envelope.open(row["sealed"], _context(row["_id"])),
            job=row["job"],
            fetched=row["fetched"],
        )

    def _renewed(self, row: dict[str, Any]) -> dict[str, Any]:
        if not self._envelope.is_older(row["sealed"]):
            return {}
        return {"sealed": self._envelope.reseal(row["sealed"], _context(row["_id"]))}


def _context(batch_id: str) -> str:
    return f"batch {batch_id}"
