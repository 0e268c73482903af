"""Rows that an import refused, with what is wrong with each."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import Any

import orjson
from pymongo import ReplaceOne
from pymongo.database import Database

from issuer.imports.refusal import RefusedRow, refused_row_json, refused_row_of
from issuer.imports.store.documents import RefusalDocument
from keys.envelope import Envelope
from service.store.sealed_rows import SealedRows
from standards.text import Text


class RefusalStore:
    """Writes and reads refused rows. A row that is refused again after a crash is written over itself."""

    def __init__(self, database: Database[dict[str, Any]], envelope: Envelope) -> None:
        self._rows = database["import_refusals"]
        self._envelope = envelope

    @staticmethod
    def ensure_indexes() -> None:
        """Make the indexes; repeating it changes nothing."""
        RefusalDocument.ensure_indexes()

    def put(self, run: str, refused: Sequence[RefusedRow], *, delete_at: datetime) -> None:
        """Keep the refused rows of a chunk of a run: one durable bulk write."""
        if not refused:
            return
        writes = []
        for row in refused:
            key = f"{run}/{row.number:010d}"
            sealed = self._envelope.seal(orjson.dumps(refused_row_json(row)), f"refused {key}")
            writes.append(
                ReplaceOne({"_id": key}, {"_id": key, "sealed": sealed, "delete_at": delete_at}, upsert=True)
            )
        self._rows.bulk_write(writes, ordered=False)

    def rows(self, run: str, *, after: int = 0, limit: int = 0) -> Iterator[RefusedRow]:
        """The refused rows of a run in their order, after row ``after``; 0 is no limit."""
        query = {"_id": {"$gt": f"{run}/{after:010d}", "$lt": f"{run}0"}}
        for row in self._rows.find(query).sort("_id").limit(limit):
            yield refused_row_of(orjson.loads(self._envelope.open(row["sealed"], f"refused {row['_id']}")))

    def delete(self, run: str) -> None:
        """Forget the refused rows of a run."""
        self._rows.delete_many({"_id": {"$gte": f"{run}/", "$lt": f"{run}0"}})

    def sealed_rows(self) -> SealedRows:
        """What a change of the master key brings over."""
        return SealedRows(Text("退回的导入行", "refused rows"), self._rows, ("sealed",), self._renewed)

    def _renewed(self, row: dict[str, Any]) -> dict[str, Any]:
        if not self._envelope.is_older(row["sealed"]):
            return {}
        return {"sealed": self._envelope.reseal(row["sealed"], f"refused {row['_id']}")}
