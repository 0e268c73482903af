"""The log of bulk operations: who previewed, proposed, decided, started and stopped them. It only grows."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Any, Final

import orjson
from pymongo.database import Database

from issuer.library.event import Actor, Operation
from issuer.operations.store.documents import StepDocument
from keys.envelope import Envelope
from service.store.sealed_rows import SealedRows
from standards.text import Text


class StepKind(StrEnum):
    """What somebody did."""

    PREVIEWED = "previewed"
    PROPOSED = "proposed"
    STARTED = "started"
    APPROVED = "approved"
    REFUSED = "refused"
    WITHDRAWN = "withdrawn"
    CANCELLED = "cancelled"
    DOWNLOADED = "downloaded"

    @property
    def label(self) -> Text:
        """For people."""
        return _LABELS[self]


_LABELS: Final = {
    StepKind.PREVIEWED: Text("预览", "Previewed"),
    StepKind.PROPOSED: Text("提出", "Proposed"),
    StepKind.STARTED: Text("开始办理", "Started"),
    StepKind.APPROVED: Text("批准", "Approved"),
    StepKind.REFUSED: Text("不批准", "Refused"),
    StepKind.WITHDRAWN: Text("撤回", "Withdrawn"),
    StepKind.CANCELLED: Text("取消", "Cancelled"),
    StepKind.DOWNLOADED: Text("下载结果", "Fetched the result"),
}


@dataclass(frozen=True, slots=True)
class OperationStep:
    """One line of the log.

    Attributes:
        authority: whose licences.
        at: UTC.
        step: what was done.
        operation: id of the bulk operation, or ``None`` for a preview from which none has come.
        what: the operation on each licence.
        licences: how many were selected.
        by: id of the member of staff, or name of the system.
        actor: the person.
        words: the reason given, or empty.
    """

    authority: str
    at: datetime
    step: StepKind
    operation: str | None
    what: Operation
    licences: int
    by: str
    actor: Actor
    words: str = field(default="", repr=False)


class StepLog:
    """Writes and reads the log."""

    def __init__(self, database: Database[dict[str, Any]], envelope: Envelope) -> None:
        self._steps = database["bulk_operation_steps"]
        self._envelope = envelope

    @staticmethod
    def ensure_indexes() -> None:
        """Make the indexes; repeating it changes nothing."""
        StepDocument.ensure_indexes()

    def append(self, step: OperationStep) -> None:
        """Write one line, durably."""
        personal = orjson.dumps([step.actor.name, step.actor.account, step.words])
        self._steps.insert_one(
            {
                "authority": step.authority,
                "at": step.at,
                "step": step.step.value,
                "operation": step.operation,
                "what": step.what.value,
                "licences": step.licences,
                "by": step.by,
                "sealed": self._envelope.seal(personal, _context(step.authority)),
            }
        )

    def of_operation(self, authority: str, operation: str) -> tuple[OperationStep, ...]:
        """The steps of one operation, oldest first."""
        rows = self._steps.find({"operation": operation, "authority": authority}).sort(
            [("at", 1), ("_id", 1)]
        )
        return tuple(self._step(row) for row in rows)

    def newest(self, authority: str, limit: int = 100) -> tuple[OperationStep, ...]:
        """The latest steps of an authority, previews included."""
        rows = self._steps.find({"authority": authority}).sort([("at", -1), ("_id", -1)]).limit(limit)
        return tuple(self._step(row) for row in rows)

    def sealed_rows(self) -> SealedRows:
        """What a change of the master key brings over."""
        return SealedRows(
            Text("批量操作记录", "log of bulk operations"),
            self._steps,
            ("authority", "at", "sealed"),
            self._renewed,
        )

    def _step(self, row: Mapping[str, Any]) -> OperationStep:
        name, account, words = orjson.loads(self._envelope.open(row["sealed"], _context(row["authority"])))
        return OperationStep(
            row["authority"],
            row["at"],
            StepKind(row["step"]),
            row["operation"],
            Operation(row["what"]),
            row["licences"],
            row["by"],
            Actor(name, account),
            words,
        )

    def _renewed(self, row: dict[str, Any]) -> dict[str, Any]:
        if not self._envelope.is_older(row["sealed"]):
            return {}
        return {"sealed": self._envelope.reseal(row["sealed"], _context(row["authority"]))}


def _context(authority: str) -> str:
    return f"log of bulk operations of {authority}"
