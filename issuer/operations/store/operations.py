"""Bulk operations in the store."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import datetime
from typing import Any

import orjson
from pymongo import ReturnDocument
from pymongo.database import Database

from issuer.library.event import Actor, Operation
from issuer.library.selection import parse_selection
from issuer.operations.bulk_operation import BulkOperation, Obstacle, OperationStage, Order, Preview, Sample
from issuer.operations.errors import BulkOperationDecidedError, BulkOperationNotFoundError
from issuer.operations.store.documents import OperationDocument
from keys.envelope import Envelope
from service.store.sealed_rows import SealedRows
from standards.text import Text


class OperationStore:
    """Writes and reads bulk operations. Every method that changes something is one durable write."""

    def __init__(self, database: Database[dict[str, Any]], envelope: Envelope) -> None:
        self._operations = database["bulk_operations"]
        self._licences = database["licences"]
        self._envelope = envelope

    @staticmethod
    def ensure_indexes() -> None:
        """Make the indexes; repeating it changes nothing."""
        OperationDocument.ensure_indexes()

    def add(self, operation: BulkOperation) -> None:
        """Keep a new one."""
        self._operations.insert_one(
            {
                "_id": operation.id,
                "authority": operation.authority,
                "operation": operation.order.operation.value,
                "code": operation.order.code,
                "stage": operation.stage.value,
                "preview": _preview_json(operation.preview),
                "created_by": operation.created_by,
                "created_at": operation.created_at,
                "decided_at": operation.decided_at,
                "delete_at": operation.delete_at,
                "system": operation.system,
                "job": operation.job,
                "sealed": self._sealed(operation),
            }
        )

    def find(self, authority: str, operation_id: str) -> BulkOperation:
        """The authority's operation.

        Raises:
            BulkOperationNotFoundError
        """
        row = self._operations.find_one({"_id": operation_id, "authority": authority})
        if row is None:
            raise BulkOperationNotFoundError
        return self._operation(row)

    def newest(self, authority: str, limit: int, before: datetime | None = None) -> tuple[BulkOperation, ...]:
        """The authority's operations, newest first; ``before`` is when the last of the page before was made."""
        wanted: dict[str, Any] = {"authority": authority}
        if before is not None:
            wanted["created_at"] = {"$lt": before}
        rows = self._operations.find(wanted).sort([("created_at", -1), ("_id", -1)]).limit(limit)
        return tuple(self._operation(row) for row in rows)

    def count_proposed(self, authority: str) -> int:
        """How many wait for their second person."""
        return self._operations.count_documents(
            {"authority": authority, "stage": OperationStage.PROPOSED.value}
        )

    def decide(self, operation: BulkOperation) -> BulkOperation:
        """Put a decided operation in the place of the proposed one.

        Raises:
            BulkOperationDecidedError: somebody else was quicker.
        """
        row = self._operations.find_one_and_update(
            {"_id": operation.id, "stage": OperationStage.PROPOSED.value},
            {
                "$set": {
                    "stage": operation.stage.value,
                    "decided_at": operation.decided_at,
                    "sealed": self._sealed(operation),
                }
            },
            return_document=ReturnDocument.AFTER,
        )
        if row is None:
            raise BulkOperationDecidedError
        return self._operation(row)

    def note_job(self, operation_id: str, job: str) -> None:
        """The operation has its job."""
        self._operations.update_one({"_id": operation_id}, {"$set": {"job": job}})

    def note_counts(self, operation_id: str, counts: Mapping[str, int]) -> None:
        """The operation has been carried out to the end; repeating it changes nothing."""
        self._operations.update_one({"_id": operation_id}, {"$set": {"counts": dict(counts)}})

    def without_job(self, limit: int = 100) -> tuple[BulkOperation, ...]:
        """Started ones whose job nobody asked for yet: the process ended in between."""
        rows = self._operations.find({"stage": OperationStage.STARTED.value, "job": None}).limit(limit)
        return tuple(self._operation(row) for row in rows)

    def revisions(self, authority: str, identifiers: Collection[str]) -> dict[str, int]:
        """Identifier → the licence's present revision, as far as they are the authority's."""
        query = {"authority": authority, "_id": {"$in": sorted(identifiers)}}
        return {row["_id"]: row["revision"] for row in self._licences.find(query, {"revision": 1})}

    def sealed_rows(self) -> SealedRows:
        """What a change of the master key brings over."""
        return SealedRows(Text("批量操作", "bulk operations"), self._operations, ("sealed",), self._renewed)

    def _sealed(self, operation: BulkOperation) -> bytes:
        personal = [
            operation.order.reason,
            operation.order.inspection,
            operation.selection.to_json(),
            _actor_json(operation.proposer),
            _actor_json(operation.approver),
            operation.decision_reason,
        ]
        return self._envelope.seal(orjson.dumps(personal), _context(operation.id))

    def _operation(self, row: Mapping[str, Any]) -> BulkOperation:
        opened = self._envelope.open(row["sealed"], _context(row["_id"]))
        reason, inspection, selection, proposer, approver, decision_reason = orjson.loads(opened)
        return BulkOperation(
            id=row["_id"],
            authority=row["authority"],
            order=Order(Operation(row["operation"]), row["code"], reason, inspection),
            selection=parse_selection(selection, row["authority"]),
            preview=_preview_of(row["preview"]),
            stage=OperationStage(row["stage"]),
            proposer=Actor(*proposer),
            created_by=row["created_by"],
            created_at=row["created_at"],
            delete_at=row["delete_at"],
            system=row["system"],
            approver=None if approver is None else Actor(*approver),
            decided_at=row["decided_at"],
            decision_reason=decision_reason,
            job=row["job"],
            counts=row.get("counts"),
        )

    def _renewed(self, row: dict[str, Any]) -> dict[str, Any]:
        if not self._envelope.is_older(row["sealed"]):
            return {}
        return {"sealed": self._envelope.reseal(row["sealed"], _context(row["_id"]))}


def _context(operation_id: str) -> str:
    return f"bulk operation {operation_id}"


def _actor_json(actor: Actor | None) -> list[str | None] | None:
    return None if actor is None else [actor.name, actor.account]


def _preview_json(preview: Preview) -> dict[str, Any]:
    return {
        "total": preview.total,
        "digest": preview.digest,
        "obstacles": [[*_obstacle_row(one), count] for one, count in preview.obstacles],
        "sample": [
            [one.identifier, one.type_code, one.state, one.obstacle and _obstacle_row(one.obstacle)]
            for one in preview.sample
        ],
    }


def _preview_of(stored: Mapping[str, Any]) -> Preview:
    return Preview(
        stored["total"],
        tuple((_obstacle_of(row), row[3]) for row in stored["obstacles"]),
        tuple(
            Sample(identifier, type_code, state, None if row is None else _obstacle_of(row))
            for identifier, type_code, state, row in stored["sample"]
        ),
        stored["digest"],
    )


def _obstacle_row(obstacle: Obstacle) -> list[Any]:
    return [obstacle.code, obstacle.message.zh, obstacle.message.en]


def _obstacle_of(row: list[Any]) -> Obstacle:
    return Obstacle(row[0], Text(row[1], row[2]))
