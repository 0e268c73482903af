"""The log of exports."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from pymongo.database import Database

from issuer.imports.errors import ExportNotFoundError
from issuer.imports.export import Export
from issuer.imports.reading import FileFormat
from issuer.imports.store.documents import ExportDocument
from issuer.library.selection import parse_selection
from keys.envelope import Envelope
from service.store.sealed_rows import SealedRows
from standards.text import Text


class ExportStore:
    """Writes and reads the log. Every method that changes something is one durable write."""

    def __init__(self, database: Database[dict[str, Any]], envelope: Envelope) -> None:
        self._exports = database["exports"]
        self._envelope = envelope

    @staticmethod
    def ensure_indexes() -> None:
        """Make the indexes; repeating it changes nothing."""
        ExportDocument.ensure_indexes()

    def add(self, export: Export) -> None:
        """Log an export, before the first licence leaves."""
        self._exports.insert_one(
            {
                "_id": export.id,
                "authority": export.authority,
                "type": export.type_code,
                "format": export.format.value,
                "selection": export.selection.to_json(),
                "by": export.by,
                "at": export.at,
                "delete_at": export.delete_at,
                "job": export.job,
                "count": export.count,
                "sealed": self._envelope.seal(export.cause.encode(), f"export {export.id}"),
            }
        )

    def note_job(self, export_id: str, job: str) -> None:
        """Note the job that writes the file."""
        self._exports.update_one({"_id": export_id}, {"$set": {"job": job}})

    def note_count(self, export_id: str, count: int) -> None:
        """Note how many licences the complete file holds."""
        self._exports.update_one({"_id": export_id}, {"$set": {"count": count}})

    def find(self, authority: str, export_id: str) -> Export:
        """The export of an authority; raises ``ExportNotFoundError``."""
        row = self._exports.find_one({"_id": export_id, "authority": authority})
        if row is None:
            raise ExportNotFoundError
        return self._export(row)

    def newest(self, authority: str, limit: int = 100) -> list[Export]:
        """The latest exports of an authority."""
        rows = self._exports.find({"authority": authority}).sort("at", -1).limit(limit)
        return [self._export(row) for row in rows]

    def sealed_rows(self) -> SealedRows:
        """What a change of the master key brings over."""
        return SealedRows(Text("导出记录", "log of exports"), self._exports, ("sealed",), self._renewed)

    def _export(self, row: Mapping[str, Any]) -> Export:
        return Export(
            id=row["_id"],
            authority=row["authority"],
            selection=parse_selection(row["selection"], row["authority"]),
            format=FileFormat(row["format"]),
            cause=self._envelope.open(row["sealed"], f"export {row['_id']}").decode(),
            by=row["by"],
            at=row["at"],
            delete_at=row["delete_at"],
            job=row["job"],
            count=row["count"],
        )

    def _renewed(self, row: dict[str, Any]) -> dict[str, Any]:
        if not self._envelope.is_older(row["sealed"]):
            return {}
        return {"sealed": self._envelope.reseal(row["sealed"], f"export {row['_id']}")}
