"""Imports on the wire."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from issuer.imports.imported_file import ImportedFile
from issuer.imports.refusal import RefusedRow
from issuer.jobs.job_json import job_json
from service.jobs import Job


def import_json(file: ImportedFile, job: Job | None) -> dict[str, Any]:
    """The import for the authority's systems."""
    return {
        "id": file.id,
        "source": file.source,
        "type": file.mapping.type_code,
        "format": file.shape.format.value,
        "encoding": file.shape.encoding,
        "size": file.size,
        "columns": list(file.shape.header),
        "mapping": file.mapping.to_json(),
        "state": "received" if job is None else job.state.value,
        "dry_run": file.dry_run,
        "counts": counts_of(job),
        "created_by": file.created_by,
        "created_at": file.created_at.isoformat().replace("+00:00", "Z"),
        "kept_until": file.delete_at.isoformat().replace("+00:00", "Z"),
        "job": None if job is None else job_json(job),
    }


def counts_of(job: Job | None) -> dict[str, int]:
    """Outcome → rows, so far."""
    names = ("new", "changed", "unchanged", "proposed", "refused", "conflicts")
    counts = {} if job is None or not isinstance(job.cursor, dict) else job.cursor.get("counts", {})
    return {name: counts.get(name, 0) for name in names}


def refused_json(rows: Iterable[RefusedRow]) -> list[dict[str, Any]]:
    """Refused rows with what is wrong with each; the cells are in the file of refused rows."""
    return [{"row": row.number, "errors": [error.to_json() for error in row.errors]} for row in rows]
