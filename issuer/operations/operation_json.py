"""Bulk operations on the wire."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from issuer.jobs.job_json import job_json
from issuer.library.event import Actor
from issuer.library.reason_codes import reason_label
from issuer.operations.bulk_operation import BulkOperation, Obstacle, Outcome, Preview, stage_of
from service.jobs import Job


def preview_json(preview: Preview) -> dict[str, Any]:
    """What would happen, counted."""
    return {
        "total": preview.total,
        "possible": preview.possible,
        "refused": [{**_obstacle_json(one), "count": count} for one, count in preview.obstacles],
        "sample": [
            {
                "identifier": sample.identifier,
                "type": sample.type_code or None,
                "state": sample.state or None,
                "refused": None if sample.obstacle is None else _obstacle_json(sample.obstacle),
            }
            for sample in preview.sample
        ],
        "preview": preview.digest,
    }


def operation_json(operation: BulkOperation, job: Job | None) -> dict[str, Any]:
    """One bulk operation and how far it is."""
    order = operation.order
    label = reason_label(order.operation, order.code)
    return {
        "id": operation.id,
        "state": stage_of(operation, job).value,
        "operation": order.operation.value,
        "reason_code": order.code,
        "reason_label": label and label.to_json(),
        "reason": order.reason,
        "inspection": order.inspection and dict(order.inspection),
        "selection": operation.selection.to_json(),
        "preview": preview_json(operation.preview),
        "needs_approval": order.takes_rights_away,
        "proposer": operation.proposer.name,
        "approver": _name(operation.approver),
        "decision_reason": operation.decision_reason,
        "system": operation.system,
        "created_at": _instant(operation.created_at),
        "decided_at": operation.decided_at and _instant(operation.decided_at),
        "kept_until": _instant(operation.delete_at),
        "counts": counts_of(operation, job),
        "job": None if job is None else job_json(job),
    }


def counts_of(operation: BulkOperation, job: Job | None) -> dict[str, int]:
    """Outcome → how many licences so far."""
    counts = operation.counts or {}
    if not counts and job is not None and isinstance(job.cursor, dict):
        counts = job.cursor.get("counts", {})
    return {
        outcome.value: counts.get(outcome.value, 0) for outcome in Outcome if outcome is not Outcome.NOT_DONE
    }


def _obstacle_json(obstacle: Obstacle) -> dict[str, Any]:
    return {"code": obstacle.code, "why": obstacle.message.to_json()}


def _name(actor: Actor | None) -> str | None:
    return None if actor is None else actor.name


def _instant(at: datetime) -> str:
    return at.isoformat(timespec="seconds").replace("+00:00", "Z")
