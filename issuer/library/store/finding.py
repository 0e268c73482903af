"""Finding licences among millions: a selection in steps, a page of a list, and one by number.

Nothing is skipped over: each step begins behind the last licence of the one before, so the last page costs what the
first does. No index serves this alone, since every imported row pays for each.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Final

from pymongo.database import Database

from issuer.library.inspection import InspectionResult
from issuer.library.licence import Licence, LicenceState
from issuer.library.record_document import RecordSeal, number_candidates, of_document
from issuer.library.selection import DayRange, Selection
from standards.codes.licence_identifier import ROOT, LicenceIdentifier

_Query = dict[str, Any]

_BY_IDENTIFIER: Final = [("_id", 1)]
_NEWEST_FIRST: Final = [("recorded_at", -1), ("_id", -1)]
_OLDEST_FIRST: Final = [("recorded_at", 1), ("_id", 1)]
_BEHIND_ALL: Final = "\uffff"


@dataclass(frozen=True, slots=True)
class ListFilter:
    """Which licences of one authority to list, all versions; ``None`` means all.

    Attributes:
        authority: whose they are.
        type_code: one of ``type_codes``.
        state: a decided state.
        with_proposal: only those with an operation that waits for its approval.
        type_codes: every type that the authority gives; a list by state alone reads the index of each.
    """

    authority: str
    type_code: str | None = None
    state: LicenceState | None = None
    with_proposal: bool = False
    type_codes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Place:
    """A place in the list, newest first: the licence beside it."""

    recorded_at: datetime
    identifier: str


@dataclass(frozen=True, slots=True)
class ListPage:
    """Licences of a page, and whether there are more on either side."""

    licences: tuple[Licence, ...]
    has_newer: bool
    has_older: bool


class LicenceFinder:
    """Reads over the licences of this node."""

    def __init__(self, database: Database[dict[str, Any]], seal: RecordSeal) -> None:
        self._licences = database["licences"]
        self._seal = seal

    # -- selections: in the order of identifiers, one step after the other --------------------------------------

    def identifiers(self, selection: Selection, after: str | None, limit: int) -> tuple[str, ...]:
        """The next ``limit`` identifiers behind ``after`` (the cursor, an identifier; ``None`` for the beginning).

        Fewer than ``limit`` means that there are no more.
        """
        rows = self._licences.find(_selected(selection, after), {"_id": 1})
        return tuple(row["_id"] for row in rows.sort(_BY_IDENTIFIER).hint(_BY_IDENTIFIER).limit(limit))

    def licences(self, selection: Selection, after: str | None, limit: int) -> tuple[Licence, ...]:
        """Like ``identifiers``, the licences themselves; the last one's identifier is the next cursor."""
        rows = self._licences.find(_selected(selection, after))
        return self._licences_of(rows.sort(_BY_IDENTIFIER).hint(_BY_IDENTIFIER).limit(limit))

    def count(self, selection: Selection, at_most: int) -> int:
        """How many there are; counting stops at ``at_most``."""
        return self._licences.count_documents(_selected(selection, None), limit=at_most)

    # -- lists: the newest first --------------------------------------------------------------------------------

    def page(
        self,
        wanted: ListFilter,
        *,
        limit: int,
        older_than: Place | None = None,
        newer_than: Place | None = None,
    ) -> ListPage:
        """A page of the list: the newest ones, or those beside a place."""
        query = _listed(wanted)
        if newer_than is not None:
            found = self._beside(query, newer_than, limit + 1, newer=True)
            # The nearest come first; the page shows the newest first.
            return ListPage(self._licences_of(reversed(found[:limit])), len(found) > limit, has_older=True)
        if older_than is not None:
            found = self._beside(query, older_than, limit + 1, newer=False)
        else:
            found = list(self._licences.find(query).sort(_NEWEST_FIRST).limit(limit + 1))
        return ListPage(self._licences_of(found[:limit]), older_than is not None, len(found) > limit)

    def count_listed(self, wanted: ListFilter, at_most: int) -> int:
        """How many the list holds; counting stops at ``at_most``."""
        return self._licences.count_documents(_listed(wanted), limit=at_most)

    # -- single ones --------------------------------------------------------------------------------------------

    def by_number(self, authority: str, number: str, *, limit: int = 100) -> tuple[Licence, ...]:
        """The authority's licences with this printed number, all types and versions, the newest first."""
        hashes = list(number_candidates(self._seal.lookup, number))
        rows = list(self._licences.find({"authority": authority, "number": {"$in": hashes}}).limit(limit))
        rows.sort(key=lambda row: (row["recorded_at"], row["_id"]), reverse=True)
        return self._licences_of(rows)

    def versions(self, identifier: LicenceIdentifier, authority: str) -> tuple[Licence, ...]:
        """Every version of a licence of the authority's, the first one first: one stretch of the identifiers."""
        body = f"{ROOT}.{identifier.type_code}.{identifier.authority}.{identifier.serial}."
        query = {"authority": authority, "_id": {"$gt": body, "$lt": body + _BEHIND_ALL}}
        return self._licences_of(self._licences.find(query).sort(_BY_IDENTIFIER).hint(_BY_IDENTIFIER))

    def _beside(self, query: _Query, place: Place, limit: int, *, newer: bool) -> list[_Query]:
        # An import enters thousands at one instant, so first those of the same instant, then the others: both are
        # ranges of the index, which one comparison of two members together would not be.
        than, order = ("$gt", _OLDEST_FIRST) if newer else ("$lt", _NEWEST_FIRST)
        same = {**query, "recorded_at": place.recorded_at, "_id": {than: place.identifier}}
        found = list(self._licences.find(same).sort(order).limit(limit))
        if len(found) < limit:
            others = {**query, "recorded_at": {than: place.recorded_at}}
            found += self._licences.find(others).sort(order).limit(limit - len(found))
        return found

    def _licences_of(self, documents: Iterable[Mapping[str, Any]]) -> tuple[Licence, ...]:
        return tuple(of_document(document, self._seal) for document in documents)


def _selected(selection: Selection, after: str | None) -> _Query:
    query: _Query = {"authority": selection.authority}
    conditions: list[_Query] = []
    if selection.identifiers:
        conditions.append({"_id": {"$in": list(selection.identifiers)}})
    if selection.type_code is not None:
        query["type"] = selection.type_code
        # An identifier begins with type and authority (GB/T 36904): nobody else's licences are read.
        first = f"{ROOT}.{selection.type_code}.{selection.authority}."
        conditions.append({"_id": {"$gt": first, "$lt": first + _BEHIND_ALL}})
    if after is not None:
        conditions.append({"_id": {"$gt": after}})
    if conditions:
        query["$and"] = conditions
    if selection.states:
        query["state"] = {"$in": sorted(state.value for state in selection.states)}
    if selection.division is not None:
        query["division"] = _under(selection.division)
    if selection.valid_until is not None:
        # ``None`` in the store stands for no end, and compares with no text.
        query["valid_until"] = _between(selection.valid_until)
    if selection.issue_date is not None:
        query["issue_date"] = _between(selection.issue_date)
    if selection.source is not None:
        query["source.system"] = selection.source
    if selection.inspection_overdue_on is not None:
        query["$or"] = _overdue(selection.inspection_overdue_on)
    if not selection.all_versions:
        query["superseded_by"] = None
    return query


def _under(division: str) -> _Query:
    """GB/T 2260: two digits each for province, prefecture and county; zeros stand for all under it."""
    significant = division
    while significant.endswith("00"):
        significant = significant[:-2]
    return {"$gte": division, "$lt": significant + _BEHIND_ALL}


def _between(days: DayRange) -> _Query:
    query: _Query = {"$type": "string"}
    if days.first is not None:
        query["$gte"] = days.first.isoformat()
    if days.last is not None:
        query["$lte"] = days.last.isoformat()
    return query


def _overdue(day: date) -> list[_Query]:
    """``InspectionStanding.overdue_on`` in the words of the store."""
    return [
        {"inspection.result": InspectionResult.FAILED.value},
        {"inspection.due": {"$type": "string", "$lt": day.isoformat()}},
    ]


def _listed(wanted: ListFilter) -> _Query:
    query: _Query = {"authority": wanted.authority}
    if wanted.type_code is not None or wanted.state is not None:
        # Both members always stand in the query: the index has them before the instant, and the store reads one
        # sorted stretch of it for each type and state and merges them.
        every = [state.value for state in LicenceState]
        query["type"] = wanted.type_code if wanted.type_code is not None else {"$in": list(wanted.type_codes)}
        query["state"] = {"$in": every} if wanted.state is None else wanted.state.value
    if wanted.with_proposal:
        query["proposal"] = {"$type": "int"}
    return query
