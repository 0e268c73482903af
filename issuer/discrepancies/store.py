"""Persistence of discrepancies. Values and words are sealed; the rest is plain, to list by."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any, ClassVar

from mongoengine import (
    BinaryField,
    BooleanField,
    DateTimeField,
    Document,
    IntField,
    ListField,
    StringField,
)
from pymongo import InsertOne, UpdateOne
from pymongo.database import Database

from issuer.discrepancies.discrepancy import (
    Discrepancy,
    DiscrepancyFilter,
    DiscrepancyState,
)
from issuer.discrepancies.errors import DiscrepancyChangedError
from issuer.discrepancies.rows import renewed_part, row_of, value_of
from issuer.sources.store import suppress_duplicates
from keys.envelope import Envelope
from service.store.sealed_rows import SealedRows
from standards.text import Text

_Row = dict[str, Any]


class DiscrepancyDocument(Document):  # type: ignore[misc]
    """Collection ``discrepancies``: one document per licence, field and source. Shard key ``_id``.

    ``sealed`` is the two values, ``[current, incoming]``; each entry of ``history`` has its words sealed. ``subject`` is
    the licence without its version.
    """

    id = StringField(primary_key=True)
    authority = StringField(required=True)
    subject = StringField(required=True)
    identifier = StringField(required=True)
    type = StringField(required=True)
    field = StringField(required=True)
    place = IntField(required=True)
    source = StringField(required=True)
    source_name = StringField(required=True)
    department = StringField(required=True)
    authoritative = BooleanField(required=True)
    sealed = BinaryField(required=True)
    state = StringField(required=True)
    owner = StringField()
    seen = IntField(required=True)
    first_seen = DateTimeField(required=True)
    last_seen = DateTimeField(required=True)
    reason = StringField()
    history = ListField()
    revision = IntField(required=True)

    meta: ClassVar[_Row] = {
        "collection": "discrepancies",
        "db_alias": "issuer",
        "auto_create_index": False,
        "indexes": [
            {"fields": ["authority", "state", "first_seen", "id"]},
            {"fields": ["authority", "state", "owner", "first_seen"]},
            {"fields": ["authority", "source", "state", "subject"]},
            {"fields": ["authority", "subject"]},
            {"fields": ["state", "authority", "source"]},
        ],
    }


class DiscrepancyStore:
    """The discrepancies of this node."""

    def __init__(self, database: Database[_Row], envelope: Envelope) -> None:
        """Args:
        database: of the issuer.
        envelope: of purpose ``discrepancy``.
        """
        self._rows = database["discrepancies"]
        self._envelope = envelope

    @staticmethod
    def ensure_indexes() -> None:
        """Make the indexes; a repeat changes nothing."""
        DiscrepancyDocument.ensure_indexes()

    # -- reading ----------------------------------------------------------------------------------------------

    def find(self, authority: str, discrepancy: str) -> Discrepancy | None:
        """One discrepancy of the authority, or ``None``."""
        row = self._rows.find_one({"_id": discrepancy, "authority": authority})
        return None if row is None else value_of(row, self._envelope)

    def find_many(self, ids: Sequence[str]) -> dict[str, Discrepancy]:
        """Those of ``ids`` that there are, by id."""
        return {
            row["_id"]: value_of(row, self._envelope) for row in self._rows.find({"_id": {"$in": list(ids)}})
        }

    def list(
        self,
        authority: str,
        wanted: DiscrepancyFilter,
        *,
        after: tuple[datetime, str] | None = None,
        limit: int = 50,
    ) -> tuple[Discrepancy, ...]:
        """One page, oldest first; ``after`` is the (first_seen, id) of the last one on the page before."""
        query: _Row = _query(authority, wanted)
        if after is not None:
            at, last = after[0].astimezone(UTC), after[1]
            query["$or"] = [{"first_seen": {"$gt": at}}, {"first_seen": at, "_id": {"$gt": last}}]
        found = self._rows.find(query).sort([("first_seen", 1), ("_id", 1)]).limit(limit)
        return tuple(value_of(row, self._envelope) for row in found)

    def count(self, authority: str, wanted: DiscrepancyFilter, *, at_most: int) -> int:
        """How many there are of that kind; counting ends at ``at_most``."""
        return self._rows.count_documents(_query(authority, wanted), limit=at_most)

    def open_by_source(self, authority: str | None = None) -> dict[tuple[str, str], int]:
        """(authority, source) → how many are open; of one authority, or of all for the operator's figures."""
        whose = {} if authority is None else {"authority": authority}
        pipeline: list[_Row] = [
            {"$match": {**whose, "state": DiscrepancyState.OPEN.value}},
            {"$group": {"_id": {"authority": "$authority", "source": "$source"}, "count": {"$sum": 1}}},
        ]
        return {
            (row["_id"]["authority"], row["_id"]["source"]): row["count"]
            for row in self._rows.aggregate(pipeline)
        }

    def open_of_source(
        self, authority: str, source: str, subjects: Iterable[str] | None = None
    ) -> tuple[Discrepancy, ...]:
        """What is open between a source and these licences (``subject_text``); of any licence, the first one."""
        query: _Row = {"authority": authority, "source": source, "state": DiscrepancyState.OPEN.value}
        if subjects is None:
            return tuple(value_of(row, self._envelope) for row in self._rows.find(query).limit(1))
        query["subject"] = {"$in": list(subjects)}
        return tuple(value_of(row, self._envelope) for row in self._rows.find(query))

    def of_licence(self, authority: str, subject: str) -> tuple[Discrepancy, ...]:
        """All discrepancies of a licence (``subject_text``), open ones first, then the newest."""
        found = self._rows.find({"authority": authority, "subject": subject})
        order = [("state", -1), ("last_seen", -1)]
        return tuple(value_of(row, self._envelope) for row in found.sort(order).limit(100))

    # -- writing ----------------------------------------------------------------------------------------------

    def change(self, before: Discrepancy, after: Discrepancy) -> Discrepancy:
        """Put ``after`` in the place of ``before``; one durable write.

        Raises:
            DiscrepancyChangedError: somebody was faster; nothing was written.
        """
        stored = replace(after, revision=before.revision + 1)
        row = row_of(stored, self._envelope)
        key = {"_id": row.pop("_id"), "revision": before.revision}
        if self._rows.update_one(key, {"$set": row}).matched_count != 1:
            raise DiscrepancyChangedError
        return stored

    def write_many(
        self,
        new: Iterable[Discrepancy],
        changed: Iterable[tuple[Discrepancy, Discrepancy]],
        seen_again: Iterable[tuple[str, datetime]],
    ) -> None:
        """Bulk writes, unordered: enter new ones, put others in the place of what was read, and count those that were
        seen again as they are. What somebody else changes at the same time stays as they left it: the next delivery
        says it again.
        """
        operations: list[InsertOne[_Row] | UpdateOne] = [
            InsertOne(row_of(one, self._envelope)) for one in new
        ]
        for before, after in changed:
            row = row_of(replace(after, revision=before.revision + 1), self._envelope)
            key = {"_id": row.pop("_id"), "revision": before.revision}
            operations.append(UpdateOne(key, {"$set": row}))
        operations += [
            UpdateOne({"_id": one}, {"$inc": {"seen": 1}, "$max": {"last_seen": at.astimezone(UTC)}})
            for one, at in seen_again
        ]
        if not operations:
            return
        with suppress_duplicates():
            self._rows.bulk_write(operations, ordered=False)

    # -- the master key ---------------------------------------------------------------------------------------

    def sealed_rows(self) -> SealedRows:
        """What a change of the master key brings over."""
        return SealedRows(
            Text("差异", "discrepancies"),
            self._rows,
            ("revision", "sealed", "history"),
            lambda row: renewed_part(row, self._envelope),
        )


def _query(authority: str, wanted: DiscrepancyFilter) -> _Row:
    query: _Row = {"authority": authority}
    if wanted.state is not None:
        query["state"] = wanted.state.value
    if wanted.type_code is not None:
        query["type"] = wanted.type_code
    if wanted.field is not None:
        query["field"] = wanted.field
    if wanted.source is not None:
        query["source"] = wanted.source
    if wanted.unowned:
        query["owner"] = None
    elif wanted.owner is not None:
        query["owner"] = wanted.owner
    return query
