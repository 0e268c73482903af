"""The files that came, and how each is to be read."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import orjson
from pymongo.database import Database

from issuer.imports.errors import ImportNotFoundError
from issuer.imports.imported_file import ImportedFile
from issuer.imports.mapping import stored_mapping
from issuer.imports.reading import FileFormat, FileShape
from issuer.imports.store.documents import ImportDocument
from issuer.library.event import Actor, Approval
from keys.envelope import Envelope
from service.store.sealed_rows import SealedRows
from standards.text import Text


class ImportStore:
    """Keeps imports. Every method that changes something is one durable write."""

    def __init__(self, database: Database[dict[str, Any]], envelope: Envelope) -> None:
        self._imports = database["imports"]
        self._envelope = envelope

    @staticmethod
    def ensure_indexes() -> None:
        """Make the indexes; repeating it changes nothing."""
        ImportDocument.ensure_indexes()

    def add(self, file: ImportedFile) -> None:
        """Note a file that has arrived as a whole."""
        self._imports.insert_one(
            {
                "_id": file.id,
                "authority": file.authority,
                "source": file.source,
                "type": file.mapping.type_code,
                "size": file.size,
                "lines": file.lines,
                "shape": _shape_json(file.shape),
                "mapping": file.mapping.to_json(),
                "created_by": file.created_by,
                "created_at": file.created_at,
                "delete_at": file.delete_at,
                "job": file.job,
                "dry_run": file.dry_run,
                "sealed": self._envelope.seal(orjson.dumps(_personal(file)), f"import {file.id}"),
            }
        )

    def find(self, authority: str, import_id: str) -> ImportedFile:
        """The import of an authority; raises ``ImportNotFoundError``."""
        row = self._imports.find_one({"_id": import_id, "authority": authority})
        if row is None:
            raise ImportNotFoundError
        return self._file(row)

    def newest(self, authority: str, limit: int = 50) -> list[ImportedFile]:
        """The latest imports of an authority."""
        found = self._imports.find({"authority": authority}).sort("created_at", -1).limit(limit)
        return [self._file(row) for row in found]

    def follow(self, file: ImportedFile) -> None:
        """Note how the next run goes: mapping, whether it only looks, who stands behind it."""
        change = {
            "mapping": file.mapping.to_json(),
            "dry_run": file.dry_run,
            "sealed": self._envelope.seal(orjson.dumps(_personal(file)), f"import {file.id}"),
        }
        self._imports.update_one({"_id": file.id}, {"$set": change})

    def note_job(self, import_id: str, job: str) -> None:
        """Note the latest run."""
        self._imports.update_one({"_id": import_id}, {"$set": {"job": job}})

    def sealed_rows(self) -> SealedRows:
        """What a change of the master key brings over."""
        return SealedRows(Text("导入", "imports"), self._imports, ("sealed",), self._renewed)

    def _file(self, row: Mapping[str, Any]) -> ImportedFile:
        name, actor, approval = orjson.loads(self._envelope.open(row["sealed"], f"import {row['_id']}"))
        shape = row["shape"]
        return ImportedFile(
            id=row["_id"],
            authority=row["authority"],
            source=row["source"],
            name=name,
            size=row["size"],
            lines=row["lines"],
            shape=FileShape(
                FileFormat(shape["format"]),
                shape["encoding"],
                shape["delimiter"],
                tuple(shape["header"]),
                shape["begin"],
            ),
            mapping=stored_mapping(row["mapping"]),
            created_by=row["created_by"],
            created_at=row["created_at"],
            delete_at=row["delete_at"],
            actor=Actor(*actor),
            approval=None if approval is None else Approval(*(Actor(*one) for one in approval)),
            job=row["job"],
            dry_run=row["dry_run"],
        )

    def _renewed(self, row: dict[str, Any]) -> dict[str, Any]:
        if not self._envelope.is_older(row["sealed"]):
            return {}
        return {"sealed": self._envelope.reseal(row["sealed"], f"import {row['_id']}")}


def _personal(file: ImportedFile) -> list[Any]:
    approval = file.approval
    pair = None if approval is None else [_actor(approval.proposer), _actor(approval.approver)]
    return [file.name, _actor(file.actor), pair]


def _actor(actor: Actor) -> list[str | None]:
    return [actor.name, actor.account]


def _shape_json(shape: FileShape) -> dict[str, Any]:
    return {
        "format": shape.format.value,
        "encoding": shape.encoding,
        "delimiter": shape.delimiter,
        "header": list(shape.header),
        "begin": shape.begin,
    }
