"""Licences by the thousand: what an import asks and writes, a few round trips for a whole chunk of rows."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from pymongo import UpdateOne
from pymongo.collection import Collection as Rows
from pymongo.database import Database
from pymongo.errors import BulkWriteError

from issuer.library.licence import Licence, LicenceState, SourceMark
from issuer.library.lifecycle import LIVE
from issuer.library.record_document import RecordSeal, mark_document, mark_of, number_candidates, to_document
from issuer.library.store.licences import Review

_DUPLICATE_KEY: Final = 11000
_HEAD: Final = {"state": 1, "superseded_by": 1, "supersedes": 1, "source": 1}
_LIVE: Final = frozenset(state.value for state in LIVE)


@dataclass(frozen=True, slots=True)
class Head:
    """Where a licence stands that a row speaks of.

    Attributes:
        identifier: of its newest version.
        state: decided state of that version.
        is_first: whether the newest version is the one that was asked for.
        mark: the last mark of the source in question along its versions, or ``None``.
        has_mark: whether that is the newest version's own: nobody has changed it since.
    """

    identifier: str
    state: LicenceState
    is_first: bool
    mark: SourceMark | None
    has_mark: bool


class BulkLicences:
    """The library's bulk side. Reads are one round trip for a chunk, writes one durable bulk write."""

    def __init__(self, database: Database[dict[str, Any]], seal: RecordSeal, review: Review) -> None:
        """Args: as those of ``LicenceStore``."""
        self._licences: Rows[dict[str, Any]] = database["licences"]
        self._sequences: Rows[dict[str, Any]] = database["licence_sequences"]
        self._seal = seal
        self._review = review

    def heads(self, authority: str, identifiers: Collection[str], source: str) -> dict[str, Head]:
        """Asked identifier → where that licence stands now; those that are not in the library are left out.

        One round trip, and one more for each further version that the longest-lived of them has.
        """
        heads: dict[str, Head] = {}
        marks: dict[str, SourceMark] = {}
        asked = {identifier: identifier for identifier in identifiers}
        while asked:
            query = {"authority": authority, "_id": {"$in": list(set(asked.values()))}}
            rows = {row["_id"]: row for row in self._licences.find(query, _HEAD)}
            following: dict[str, str] = {}
            for name, looked_for in asked.items():
                row = rows.get(looked_for)
                if row is None:
                    continue
                mark = mark_of(row.get("source"))
                if mark is not None and mark.system == source:
                    marks[name] = mark
                heads[name] = Head(
                    looked_for,
                    LicenceState(row["state"]),
                    looked_for == name,
                    marks.get(name),
                    mark is not None and mark.system == source,
                )
                if row["superseded_by"] is not None:
                    following[name] = row["superseded_by"]
            asked = following
        return heads

    def live_numbers(self, authority: str, type_code: str, numbers: Iterable[str]) -> dict[str, list[str]]:
        """Printed number → identifiers of the live licences of the type that carry it; only numbers that occur."""
        hashes: dict[str, str] = {}
        for number in numbers:
            for value in number_candidates(self._seal.lookup, number):
                hashes[value] = number
        found: dict[str, list[str]] = {}
        query = {"authority": authority, "number": {"$in": list(hashes)}}
        for row in self._licences.find(query, {"number": 1, "type": 1, "state": 1}):
            if row["type"] == type_code and row["state"] in _LIVE:
                found.setdefault(hashes[row["number"]], []).append(row["_id"])
        return found

    def add(self, licences: Sequence[Licence]) -> frozenset[str]:
        """Enter new licences; answers the identifiers that are taken, whose licences stay as they are."""
        if not licences:
            return frozenset()
        try:
            self._licences.insert_many([self._document(licence) for licence in licences], ordered=False)
        except BulkWriteError as error:
            failed = error.details["writeErrors"]
            if any(failure["code"] != _DUPLICATE_KEY for failure in failed):
                raise
            return frozenset(failure["op"]["_id"] for failure in failed)
        return frozenset()

    def note_marks(self, authority: str, marks: Mapping[str, SourceMark]) -> None:
        """Identifier → what its source said last: for rows that changed nothing that is printed."""
        if marks:
            self._licences.bulk_write(
                [
                    UpdateOne(
                        {"authority": authority, "_id": identifier}, {"$set": {"source": mark_document(mark)}}
                    )
                    for identifier, mark in marks.items()
                ],
                ordered=False,
            )

    def next_sequences(self, authority: str, type_code: str, year: int, count: int) -> int:
        """The first of ``count`` running numbers, never given to anybody else."""
        found = self._sequences.find_one_and_update(
            {"_id": f"{authority}/{type_code}/{year}"}, {"$inc": {"last": count}}, upsert=True
        )
        return 1 if found is None else int(found["last"]) + 1

    def _document(self, licence: Licence) -> dict[str, Any]:
        document = to_document(licence, self._seal)
        day = self._review(licence)
        if day is not None:
            document["review_on"] = day.isoformat()
        return document
