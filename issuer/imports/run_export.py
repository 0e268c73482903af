"""Use case and job: licences of a selection leave the library as a file, in steps that a kill does not undo."""

from __future__ import annotations

import csv
import io
import secrets
from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any, Final

from issuer.imports.desk import open_transfers
from issuer.imports.errors import ExportNotFoundError
from issuer.imports.export import Export, ExportRequest
from issuer.imports.export_rows import export_header, export_rows
from issuer.imports.reading import FileFormat
from issuer.imports.store import FileStore
from issuer.imports.writing import write_rows
from issuer.node import IssuerNode
from service.jobs import Job, JobContext, JobKind, JobState, JobStore, enqueue
from standards.text import Text

KIND: Final = "issuer.export"
STEP_LICENCES: Final = 2_000
KEPT: Final = timedelta(days=3)
"""How long a file of licences waits to be fetched."""

MAX_STEP_BYTES: Final = 256 * 1024 * 1024


def begin_export(
    node: IssuerNode, authority: str, request: ExportRequest, *, by: str, at: datetime
) -> tuple[Export, Job]:
    """Log the export, then have a worker write its file."""
    transfers = open_transfers(node.database, node.master_key)
    export = new_export(authority, request, by=by, at=at)
    transfers.exports.add(export)
    job = enqueue(node, KIND, authority, {"export": export.id}, by=by, at=at, key=export.id)
    transfers.exports.note_job(export.id, job.id)
    return replace(export, job=job.id), job


def new_export(authority: str, request: ExportRequest, *, by: str, at: datetime) -> Export:
    """The entry for the log."""
    return Export(
        id=secrets.token_urlsafe(16),
        authority=authority,
        selection=request.selection,
        format=request.format,
        cause=request.cause,
        by=by,
        at=at,
        delete_at=at + KEPT,
    )


def export_job(node: IssuerNode, export: Export) -> Job | None:
    """The job of an export, or ``None``."""
    return None if export.job is None else JobStore(node.database).find(export.authority, export.job)


def finished_file(node: IssuerNode, export: Export) -> Iterator[bytes]:
    """The file of a finished export.

    Raises:
        ExportNotFoundError: it is not complete, or no longer kept.
    """
    job = export_job(node, export)
    files = open_transfers(node.database, node.master_key).files
    if job is None or job.state is not JobState.DONE or not isinstance(job.cursor, dict):
        raise ExportNotFoundError
    if node.clock.now() >= export.delete_at:
        raise ExportNotFoundError
    if "packed" in job.cursor:
        return files.blocks(f"{export.id}-packed", job.cursor["packed"])
    return _parts(files, export.id, job.cursor.get("parts", []))


def file_name(export: Export) -> str:
    """A name without anything personal."""
    return f"licences-{export.at:%Y%m%d}-{export.id[:6]}.{export.format.value}"


def run_export(context: JobContext) -> Mapping[str, Any]:
    """The run of ``issuer.export``; parameters ``{"export"}``."""
    node: IssuerNode = context.node
    transfers = open_transfers(node.database, node.master_key)
    export = transfers.exports.find(context.job.owner, context.job.parameters["export"])
    licence_type = node.catalogue.by_code(export.type_code)
    # A workbook is packed at the end, out of the text.
    written = FileFormat.CSV if export.format is FileFormat.XLSX else export.format
    cursor: dict[str, Any] = {"after": None, "parts": [], "count": 0, **(context.job.cursor or {})}
    while "all" not in cursor:
        licences = node.finder.licences(export.selection, cursor["after"], STEP_LICENCES)
        number = len(cursor["parts"])
        if licences or not number:
            rows = export_rows(written, licence_type, licences, continued=number > 0)
            size, _ = transfers.files.write(
                _part(export.id, number), rows, max_bytes=MAX_STEP_BYTES, delete_at=export.delete_at
            )
            cursor["parts"] = [*cursor["parts"], size]
            cursor["count"] += len(licences)
        if licences:
            cursor["after"] = str(licences[-1].identifier)
        if len(licences) < STEP_LICENCES:
            cursor["all"] = True
        context.advance(dict(cursor), done=len(licences))
    if export.format is FileFormat.XLSX and "packed" not in cursor:
        cells = _cells(transfers.files, export.id, cursor["parts"], context)
        packed = write_rows(FileFormat.XLSX, export_header(licence_type), cells)
        size, _ = transfers.files.write(
            f"{export.id}-packed", packed, max_bytes=MAX_STEP_BYTES * 8, delete_at=export.delete_at
        )
        cursor["packed"] = size
    transfers.exports.note_count(export.id, cursor["count"])
    context.advance(dict(cursor), done=0, total=cursor["count"])
    return {"licences": cursor["count"]}


def exported_licences(node: IssuerNode, export: Export, *, told: Callable[[int], None]) -> Iterator[bytes]:
    """The file, straight from the library; for a command, which is told how many more there are."""
    licence_type = node.catalogue.by_code(export.type_code)
    count = 0

    def licences() -> Iterator[Any]:
        nonlocal count
        after: str | None = None
        while found := node.finder.licences(export.selection, after, STEP_LICENCES):
            count += len(found)
            told(len(found))
            yield from found
            after = str(found[-1].identifier)

    yield from export_rows(export.format, licence_type, licences())
    open_transfers(node.database, node.master_key).exports.note_count(export.id, count)


def _parts(files: FileStore, export_id: str, sizes: list[int]) -> Iterator[bytes]:
    for number, size in enumerate(sizes):
        yield from files.blocks(_part(export_id, number), size)


def _part(export_id: str, number: int) -> str:
    return f"{export_id}-{number:05d}"


def _cells(files: FileStore, export_id: str, sizes: list[int], context: JobContext) -> Iterator[list[str]]:
    """The rows of the text behind its header; each part holds whole rows."""
    for number, size in enumerate(sizes):
        context.check()
        text = b"".join(files.blocks(_part(export_id, number), size)).decode("utf-8-sig")
        rows = csv.reader(io.StringIO(text, newline=""))
        if number == 0:
            next(rows, None)
        yield from rows


def _page(_job: Job) -> str:
    return "/exports"


JOB_KIND: Final = JobKind(KIND, run_export, Text("导出证照", "Export licences"), _page)
