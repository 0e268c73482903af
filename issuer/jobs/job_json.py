"""A job on the wire."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from service.jobs import Job


def job_json(job: Job) -> dict[str, Any]:
    """The job for the authority's systems: what it does, how far it is, what became of it; neither parameters nor cursor."""
    wire: dict[str, Any] = {
        "id": job.id,
        "kind": job.kind,
        "state": job.state.value,
        "cancelling": job.is_cancelling,
        "done": job.done,
        "total": job.total,
        "errors": job.errors,
        "attempt": job.attempt,
        "created_by": job.created_by,
        "created_at": _instant(job.created_at),
        "updated_at": _instant(job.updated_at),
        "finished_at": _instant(job.finished_at),
        "message": None if job.message is None else job.message.to_json(),
        "result": None if job.result is None else dict(job.result),
    }
    return wire


def _instant(at: datetime | None) -> str | None:
    return None if at is None else at.isoformat().replace("+00:00", "Z")
