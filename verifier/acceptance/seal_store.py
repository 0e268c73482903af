"""Where the seals of acceptance records are kept.

Collection ``record_seals``. Shard key ``department``, then ``last``: the sequence number of the last record under the seal; the
unique index on both lets one of several sealers be first.
"""

from __future__ import annotations

from typing import Any

from pymongo import ASCENDING, DESCENDING, IndexModel
from pymongo.collection import Collection
from pymongo.database import Database
from pymongo.errors import DuplicateKeyError


class SealStore:
    """Seals by department and place."""

    def __init__(self, database: Database[dict[str, Any]]) -> None:
        self._rows: Collection[dict[str, Any]] = database["record_seals"]

    def ensure_indexes(self) -> None:
        """Make the unique index; a repeat changes nothing."""
        self._rows.create_indexes(
            [IndexModel([("department", ASCENDING), ("last", DESCENDING)], unique=True)]
        )

    def sealed_until(self, department: str) -> int:
        """Sequence number of the last sealed record, or 0."""
        row = self._rows.find_one({"department": department}, {"last": 1}, sort=[("last", DESCENDING)])
        return int(row["last"]) if row else 0

    def put(self, department: str, first: int, last: int, text: str) -> None:
        """Keep a seal (one durable write); where another sealer was first, its seal stays."""
        try:
            self._rows.insert_one({"department": department, "first": first, "last": last, "seal": text})
        except DuplicateKeyError:
            return

    def of(self, department: str, sequence: int) -> str | None:
        """The seal over the record in this place, or ``None`` while it waits for one."""
        row = self._rows.find_one(
            {"department": department, "last": {"$gte": sequence}, "first": {"$lte": sequence}},
            {"seal": 1},
            sort=[("last", ASCENDING)],
        )
        return str(row["seal"]) if row else None
