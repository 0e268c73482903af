"""Where the derived rows are, and the sums over them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime, time
from typing import Any, Final

from pymongo import ReplaceOne
from pymongo.collection import Collection
from pymongo.database import Database

from service.web.language import BEIJING
from verifier.reports.row import PAPER, ReportRow
from verifier.reports.selection import Selection

ROWS: Final = "report_rows"
CURSORS: Final = "report_cursors"

_Row = dict[str, Any]
Sums = Sequence[Mapping[str, Any]]


class ReportStore:
    """Two collections.

    ``report_rows``: shard key ``department``, then ``sequence``; unique with ``chain``: a record counts once, however often it
    is read. ``report_cursors``: shard key ``_id`` hashed (department and chain); how far the chain was read.
    Besides, the open members of ``cases`` and ``complaints`` are summed where they lie.
    """

    def __init__(self, database: Database[_Row]) -> None:
        self._rows: Collection[_Row] = database[ROWS]
        self._cursors: Collection[_Row] = database[CURSORS]
        self._cases: Collection[_Row] = database["cases"]
        self._complaints: Collection[_Row] = database["complaints"]

    def ensure_indexes(self) -> None:
        """Make the indexes; a repeat changes nothing."""
        self._rows.create_index([("department", 1), ("sequence", 1), ("chain", 1)], unique=True)
        self._rows.create_index([("department", 1), ("day", 1)])

    # -- keeping up -----------------------------------------------------------------------------------------------

    def cursor(self, department: str, chain: str = "") -> int:
        """Sequence number of the last record of a chain that was counted."""
        row = self._cursors.find_one({"_id": _cursor(department, chain)})
        return 0 if row is None else int(row["sequence"])

    def add(self, department: str, rows: Iterable[ReportRow], *, chain: str = "", up_to: int) -> None:
        """Count records (two durable writes for all of them); counting one again changes nothing.

        Args:
            department: USCC.
            rows: of one chain.
            chain: empty for this node's own, or the name of a window node.
            up_to: sequence number of the last record that was read.
        """
        documents = [row.to_row() for row in rows]
        if documents:
            self._rows.bulk_write(
                [
                    ReplaceOne(
                        {"department": department, "sequence": one["sequence"], "chain": chain},
                        one,
                        upsert=True,
                    )
                    for one in documents
                ],
                ordered=False,
            )
        self._cursors.update_one(
            {"_id": _cursor(department, chain)}, {"$max": {"sequence": up_to}}, upsert=True
        )

    def put_samples(self, department: str, rows: Iterable[ReportRow]) -> None:
        """Put made-up rows (numbered below nothing) in the place of earlier ones; the chain is not touched."""
        self._rows.delete_many({"department": department, "sample": True})
        documents = [row.to_row() | {"sample": True} for row in rows]
        if documents:
            self._rows.insert_many(documents)

    def has_samples(self, departments: Sequence[str], wanted: Selection) -> bool:
        """Whether made-up rows are among what is selected."""
        return self._rows.find_one({**_matching(departments, wanted), "sample": True}) is not None

    def forget(self, department: str) -> None:
        """Throw a department's rows away, to count anew."""
        self._cursors.delete_many({"_id": {"$regex": f"^{department}( |$)"}})
        self._rows.delete_many({"department": department})

    # -- sums over decisions --------------------------------------------------------------------------------------

    def decisions(self, departments: Sequence[str], wanted: Selection) -> Sums:
        """All that is counted of decisions, in one reading: ``{"day", "item", "division", "decision", "reason", "n",
        "baseline", "paper"}``, the last two in sheets, of what was accepted.
        """
        by = ("day", "item", "division", "decision", "reason")
        return self._run(
            _matching(departments, wanted),
            {
                "$group": {
                    "_id": {name: f"${name}" for name in by},
                    "n": {"$sum": 1},
                    "baseline": {"$sum": "$baseline"},
                    "paper": {"$sum": "$paper"},
                }
            },
            {"$project": {"_id": 0, "n": 1, "baseline": 1, "paper": 1, **{one: f"$_id.{one}" for one in by}}},
        )

    def paper_reasons(self, departments: Sequence[str], wanted: Selection) -> Sums:
        """Materials that were asked for on paper: ``{"reason", "n"}``."""
        return self._run(
            {**_matching(departments, wanted), "materials.by": PAPER},
            {"$unwind": "$materials"},
            {"$match": {"materials.by": PAPER}},
            {"$group": {"_id": "$materials.paper_reason", "n": {"$sum": 1}}},
            {"$project": {"_id": 0, "reason": "$_id", "n": 1}},
        )

    def matrix(self, departments: Sequence[str], wanted: Selection) -> Sums:
        """``{"issuer", "window", "accepted", "n"}`` by provinces.

        A decision that rests on three licences of one province is one of that province.
        """
        return self._run(
            _matching(departments, wanted),
            {"$unwind": "$issuer_provinces"},
            {
                "$group": {
                    "_id": {"issuer": "$issuer_provinces", "window": "$province"},
                    "accepted": {"$sum": {"$cond": ["$accepted", 1, 0]}},
                    "n": {"$sum": 1},
                }
            },
            {"$project": {"_id": 0, "issuer": "$_id.issuer", "window": "$_id.window", "accepted": 1, "n": 1}},
        )

    # -- sums over cases and complaints ---------------------------------------------------------------------------

    def visits(self, departments: Sequence[str], wanted: Selection) -> Sums:
        """Cases opened in the period that were received: ``{"item", "at_most_one", "visits", "n"}``."""
        match: _Row = {
            "department": {"$in": list(departments)},
            "state": {"$in": [*_RECEIVED_STATES]},
            "opened_at": _instants(wanted),
        }
        if wanted.item:
            match["item"] = wanted.item
        count = {"$size": {"$ifNull": ["$visits", []]}}
        return list(
            self._cases.aggregate(
                [
                    {"$match": match},
                    {"$project": {"item": 1, "visits": count}},
                    {
                        "$group": {
                            "_id": "$item",
                            "n": {"$sum": 1},
                            "visits": {"$sum": "$visits"},
                            "at_most_one": {"$sum": {"$cond": [{"$lte": ["$visits", 1]}, 1, 0]}},
                        }
                    },
                    {"$project": {"_id": 0, "item": "$_id", "n": 1, "visits": 1, "at_most_one": 1}},
                ]
            )
        )

    def complaints(self, departments: Sequence[str], wanted: Selection, at: datetime) -> Sums:
        """Complaints that came in the period: ``{"cause", "n", "open", "overdue", "late", "upheld"}``."""
        answered = {"$ne": ["$answered_at", None]}
        open_ = {"$eq": ["$state", "received"]}

        def counted(*conditions: Any) -> _Row:
            return {"$sum": {"$cond": [{"$and": list(conditions)}, 1, 0]}}

        return list(
            self._complaints.aggregate(
                [
                    {
                        "$match": {
                            "department": {"$in": list(departments)},
                            "received_at": _instants(wanted),
                        }
                    },
                    {
                        "$group": {
                            "_id": "$cause",
                            "n": {"$sum": 1},
                            "open": counted(open_),
                            "overdue": counted(open_, {"$lt": ["$answer_by", at]}),
                            "late": counted(answered, {"$gt": ["$answered_at", "$answer_by"]}),
                            "upheld": counted({"$in": ["$finding", ["upheld", "partly"]]}),
                        }
                    },
                    {
                        "$project": {
                            "_id": 0,
                            "cause": "$_id",
                            "n": 1,
                            "open": 1,
                            "overdue": 1,
                            "late": 1,
                            "upheld": 1,
                        }
                    },
                ]
            )
        )

    def _run(self, match: _Row, *stages: _Row) -> Sums:
        return list(self._rows.aggregate([{"$match": match}, *stages]))


_RECEIVED_STATES: Final = (
    "accepted",
    "accepted_provisionally",
    "approved",
    "not_approved",
    "delivered",
)
"""States of cases that were received: what nobody received took no visit that counts."""


def _cursor(department: str, chain: str) -> str:
    return f"{department} {chain}" if chain else department


def _matching(departments: Sequence[str], wanted: Selection) -> _Row:
    match: _Row = {
        "department": {"$in": list(departments)},
        "day": {"$gte": wanted.first.isoformat(), "$lte": wanted.last.isoformat()},
    }
    if wanted.item:
        match["item"] = wanted.item
    return match


def _instants(wanted: Selection) -> _Row:
    return {
        "$gte": datetime.combine(wanted.first, time.min, BEIJING),
        "$lte": datetime.combine(wanted.last, time.max, BEIJING),
    }
