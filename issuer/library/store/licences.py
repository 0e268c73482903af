"""Persistence of the licence library: compare-and-set on the revision, one durable write for a change.

Reads and writes go through pymongo; the mongoengine documents say the shape and the indexes.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from typing import Any

from mongoengine.connection import get_db
from pymongo import ReturnDocument
from pymongo.client_session import ClientSession
from pymongo.collection import Collection
from pymongo.database import Database
from pymongo.errors import BulkWriteError, DuplicateKeyError, OperationFailure

from issuer.library.errors import IdempotencyConflictError, LicenceChangedError, SerialTakenError
from issuer.library.idempotency import IdempotencyKey
from issuer.library.licence import Licence, LicenceState
from issuer.library.record_document import (
    UNSEALED,
    RecordSeal,
    changing_part,
    event_document,
    of_document,
    renewed_part,
    to_document,
)
from issuer.library.store.documents import IdempotencyDocument, LicenceDocument, SequenceDocument
from service.clock import Clock
from service.store.sealed_rows import PassingRows, RowsUnderKey, SealedRows
from standards.codes.licence_identifier import LicenceIdentifier, parse_licence_identifier
from standards.text import Text

_DUPLICATE_KEY = 11000
_FORMER_INDEX = "authority_1_type_1_recorded_at_-1__id_-1"
"""Its place was taken by one that knows the state as well; a node from before pays for both with every row."""
_REPEATED_WITHIN = timedelta(days=1)
"""How long after its first request a repeat is awaited: a system that was down overnight sends again in the morning."""
Review = Callable[[Licence], date | None]


@dataclass(frozen=True, slots=True)
class LicenceFilter:
    """Which licences of one authority to list; ``None`` means all."""

    type_code: str | None = None
    state: LicenceState | None = None
    with_proposal: bool = False


class LicenceStore:
    """The licences of this node. Every method that changes something is one durable write unless it says so."""

    def __init__(self, database: Database[dict[str, Any]], seal: RecordSeal, review: Review) -> None:
        """Args:
        database: of the issuer.
        seal: keys for what is personal.
        review: the next day on which the passing of time changes a licence's state.
        """
        self._database = database
        self._licences: Collection[dict[str, Any]] = database["licences"]
        self._sequences: Collection[dict[str, Any]] = database["licence_sequences"]
        self._claims: Collection[dict[str, Any]] = database["licence_idempotency"]
        self._seal = seal
        self._review = review

    @staticmethod
    def ensure_indexes() -> None:
        """Make the indexes; repeating it changes nothing."""
        LicenceDocument.ensure_indexes()
        with suppress(OperationFailure):  # it is gone already
            get_db("issuer")["licences"].drop_index(_FORMER_INDEX)
        SequenceDocument.ensure_indexes()
        IdempotencyDocument.ensure_indexes()

    # -- entering licences ------------------------------------------------------------------------------------

    def claim(
        self, authority: str, key: IdempotencyKey, identifier: LicenceIdentifier, at: datetime
    ) -> tuple[LicenceIdentifier, bool]:
        """Let an idempotency key stand for the licence to be entered: its identifier and True, or the identifier for
        which the key stands already and False.

        Raises:
            IdempotencyConflictError: the key came with another content.
        """
        claim = {"identifier": str(identifier), "digest": key.digest, "at": at}
        try:
            self._claims.insert_one({"_id": f"{authority}/{key.key}", **claim})
        except DuplicateKeyError:
            found = self._claims.find_one({"_id": f"{authority}/{key.key}"})
            if found is None or found["digest"] not in (key.digest, *key.older_digests):
                raise _conflict() from None
            return parse_licence_identifier(found["identifier"]), False
        return identifier, True

    def add(self, licence: Licence, key: IdempotencyKey | None = None) -> None:
        """Enter a new licence.

        Raises:
            SerialTakenError: the identifier is taken.
        """
        document = self._document(licence)
        if key is not None:
            document["idempotency"] = key.key
        try:
            self._licences.insert_one(document)
        except DuplicateKeyError as error:
            raise SerialTakenError from error

    def find_claimed(
        self, authority: str, identifier: LicenceIdentifier, key: IdempotencyKey
    ) -> Licence | None:
        """The licence that was entered under a key, or ``None`` when that was not finished.

        Raises:
            SerialTakenError: the identifier belongs to a licence that was entered otherwise.
        """
        document = self._licences.find_one({"authority": authority, "_id": str(identifier)})
        if document is None:
            return None
        if document.get("idempotency") != key.key:
            raise SerialTakenError
        return of_document(document, self._seal)

    def add_many(self, licences: Sequence[Licence]) -> int:
        """Enter many licences in bulk; those whose identifier is taken are left as they are. Answers how many."""
        if not licences:
            return 0
        try:
            result = self._licences.insert_many([self._document(found) for found in licences], ordered=False)
        except BulkWriteError as error:
            details = error.details
            if any(failed["code"] != _DUPLICATE_KEY for failed in details["writeErrors"]):
                raise
            return int(details["nInserted"])
        return len(result.inserted_ids)

    def next_sequence(self, authority: str, type_code: str, year: int) -> int:
        """The next running number of an authority for a type in a year, from 1; never given twice."""
        found = self._sequences.find_one_and_update(
            {"_id": f"{authority}/{type_code}/{year}"},
            {"$inc": {"last": 1}},
            upsert=True,
            return_document=ReturnDocument.AFTER,
        )
        assert found is not None  # an upsert that answers the document after it always has one
        return int(found["last"])

    def raise_sequences(self, used: Mapping[tuple[str, str, int], int]) -> None:
        """Continue after numbers that came in bulk. (authority, type, year) → highest number used."""
        for (authority, type_code, year), last in used.items():
            key = {"_id": f"{authority}/{type_code}/{year}"}
            self._sequences.update_one(key, {"$max": {"last": last}}, upsert=True)

    # -- reading ----------------------------------------------------------------------------------------------

    def find(self, identifier: str, authority: str | None = None) -> Licence | None:
        """The licence version of ``identifier``; with ``authority`` only if it is that authority's."""
        query = {"_id": identifier} if authority is None else {"authority": authority, "_id": identifier}
        document = self._licences.find_one(query)
        return None if document is None else of_document(document, self._seal)

    def find_by_holder(
        self, authority: str, code_type: str, number: str, type_code: str, *, limit: int = 100
    ) -> tuple[Licence, ...]:
        """The newest licences of this type that the authority gave to this holder, all versions."""
        found = self._licences.find(
            {
                "authority": authority,
                "holders": {"$in": list(self._seal.lookup.candidates(code_type, number))},
                "type": type_code,
            }
        )
        return self._licences_of(found.sort([("recorded_at", -1), ("_id", -1)]).limit(limit))

    def list(
        self, authority: str, wanted: LicenceFilter, *, skip: int = 0, limit: int = 50
    ) -> tuple[Licence, ...]:
        """One page of the authority's licences, newest first."""
        found = self._licences.find(_query(authority, wanted)).sort([("recorded_at", -1), ("_id", -1)])
        return self._licences_of(found.skip(skip).limit(limit))

    def count(self, authority: str, wanted: LicenceFilter) -> int:
        """How many licences the authority has of that kind."""
        return self._licences.count_documents(_query(authority, wanted))

    # -- changing ---------------------------------------------------------------------------------------------

    def change(self, before: Licence, after: Licence) -> Licence:
        """Put ``after`` in the place of ``before`` and append its new events; answers the stored licence.

        Raises:
            LicenceChangedError: somebody was faster; nothing was written.
        """
        self._replace(before, after, None)
        return replace(after, revision=before.revision + 1)

    def supersede(self, before: Licence, after: Licence, successor: Licence) -> Licence:
        """End ``before`` as ``after`` and enter ``successor``, both or neither (one transaction, two writes).

        Raises:
            LicenceChangedError: somebody was faster; nothing was written.
        """

        def both(session: ClientSession) -> None:
            # May run twice (DESIGN section 5): the second run meets an aborted first one, never a committed one.
            self._replace(before, after, session)
            self._licences.insert_one(self._document(successor), session=session)

        with self._database.client.start_session() as session:
            try:
                session.with_transaction(both)
            except DuplicateKeyError as error:
                raise LicenceChangedError from error
        return replace(after, revision=before.revision + 1)

    def due_for_review(self, today: date, limit: int = 500) -> tuple[Licence, ...]:
        """Licences whose state the passing of time has changed by ``today``; and those that were reviewed on a later
        day, since the clock was ahead and has been set back: what it made of them is undone.
        """
        day = today.isoformat()
        due = self._licences_of(self._licences.find({"review_on": {"$lte": day}}).limit(limit))
        if len(due) == limit:
            return due
        ahead = self._licences.find({"reviewed_on": {"$gt": day}}).limit(limit - len(due))
        seen = {licence.identifier for licence in due}
        return due + tuple(one for one in self._licences_of(ahead) if one.identifier not in seen)

    def note_reviewed(self, licence: Licence, today: date, next_review: date | None) -> None:
        """The passing of time is accounted for from ``today`` until ``next_review``; nothing happens if the licence
        changed.
        """
        key = {"authority": licence.authority.uscc, "_id": str(licence.identifier)}
        update = _review_update(next_review)
        update["$set"] = {**update.get("$set", {}), "reviewed_on": today.isoformat()}
        self._licences.update_one({**key, "revision": licence.revision}, update)

    def sealed_rows(self, clock: Clock) -> tuple[RowsUnderKey, ...]:
        """What a change of the master key brings over: the licences. Claims hold a hash of a content that is not kept;
        after the change a repeat of an older request is refused as a conflict, never entered twice.
        """
        return (
            SealedRows(
                Text("证照", "licences"),
                self._licences,
                (
                    "authority",
                    "revision",
                    "holders",
                    "representatives",
                    "type",
                    "type_version",
                    "number",
                    "sealed",
                    "events",
                ),
                lambda document: renewed_part(document, self._seal),
            ),
            PassingRows(
                Text("一天内的 Idempotency-Key", "idempotency keys of the last day"),
                self._claims,
                lambda: {
                    "digest": {"$regex": self._seal.lookup.older_pattern()},
                    "at": {"$gt": clock.now() - _REPEATED_WITHIN},
                },
            ),
        )

    # -- inside -----------------------------------------------------------------------------------------------

    def _replace(self, before: Licence, after: Licence, session: ClientSession | None) -> None:
        identifier = str(before.identifier)
        new_events = after.events[len(before.events) :]
        review = _review_update(self._review(after))
        result = self._licences.update_one(
            {"authority": before.authority.uscc, "_id": identifier, "revision": before.revision},
            {
                "$set": {**changing_part(after), **review.get("$set", {})},
                **{name: part for name, part in review.items() if name == "$unset"},
                "$push": {
                    "events": {"$each": [event_document(identifier, e, self._seal) for e in new_events]}
                },
                "$min": {UNSEALED: len(before.events) + 1},
                "$inc": {"revision": 1},
            },
            session=session,
        )
        if result.matched_count != 1:
            raise LicenceChangedError

    def _document(self, licence: Licence) -> dict[str, Any]:
        document = to_document(licence, self._seal)
        return document | _review_update(self._review(licence)).get("$set", {})

    def _licences_of(self, documents: Iterable[Mapping[str, Any]]) -> tuple[Licence, ...]:
        return tuple(of_document(document, self._seal) for document in documents)


def _conflict() -> IdempotencyConflictError:
    return IdempotencyConflictError(
        "同一 Idempotency-Key 用于了不同的内容。",
        "The same Idempotency-Key came with another content.",
        where="Idempotency-Key",
        next_step=Text(
            "重试请保持内容不变；新证照请换新的键。",
            "Retry with the same content, or use a new key.",
        ),
    )


def _review_update(day: date | None) -> dict[str, dict[str, str]]:
    """The update that notes the next review; a licence without one has no such member, and no place in its index."""
    return {"$unset": {"review_on": ""}} if day is None else {"$set": {"review_on": day.isoformat()}}


def _query(authority: str, wanted: LicenceFilter) -> dict[str, Any]:
    query: dict[str, Any] = {"authority": authority}
    if wanted.type_code is not None:
        query["type"] = wanted.type_code
    if wanted.state is not None:
        query["state"] = wanted.state.value
    if wanted.with_proposal:
        query["proposal"] = {"$type": "int"}
    return query
