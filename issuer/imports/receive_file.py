"""Use cases: take a file in, and begin a run over it."""

from __future__ import annotations

import secrets
from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any, Final, cast

from issuer.catalogue.make_type import refuse_withdrawn
from issuer.imports.desk import TransferStores, open_transfers
from issuer.imports.errors import ImportNotReadyError, InvalidMappingError
from issuer.imports.imported_file import OWN_HAND, ImportedFile
from issuer.imports.mapping import ColumnMapping, check_against, propose_mapping
from issuer.imports.reading import FileFormat, detect_shape
from issuer.library.event import Actor, Approval
from issuer.node import IssuerNode
from issuer.registrar.authority import Authority
from issuer.sources.errors import SourceNotFoundError
from service.jobs import Job, JobState, JobStore, enqueue, retry_job
from standards.licence_types import LicenceType
from standards.text import Text

MAX_FILE_BYTES: Final = 2 * 1024 * 1024 * 1024
"""Longest file; 1 GB is some millions of rows."""

KEPT: Final = timedelta(days=30)
"""How long a file and its refused rows are kept."""

KIND: Final = "issuer.import"


@dataclass(frozen=True, slots=True)
class Sender:
    """Who sends a file.

    Attributes:
        authority: whose licences.
        source: code of a registered source system, or ``OWN_HAND``.
        by: id of a member of staff, or name of a system.
        actor: in whose name licences are entered.
        approval: two persons who stand behind what takes rights away, or ``None``.
    """

    authority: Authority
    source: str
    by: str
    actor: Actor
    approval: Approval | None = None


def require_source(node: IssuerNode, authority: str, source: str) -> None:
    """Raises ``SourceNotFoundError`` unless the authority has registered this source, or it is its own hand."""
    if source != OWN_HAND and node.sources.find(authority, source) is None:
        raise SourceNotFoundError


def receive_file(
    node: IssuerNode,
    sender: Sender,
    blocks: Iterable[bytes],
    *,
    name: str,
    licence_type: LicenceType,
    mapping: ColumnMapping | None = None,
    file_id: str | None = None,
    at: datetime,
) -> ImportedFile:
    """Keep a file and find out how it is to be read. It is read once, in blocks.

    Args:
        node: of the issuer.
        sender: who sends it.
        blocks: the file.
        name: of the file, for people.
        licence_type: of all its rows.
        mapping: which column says what; the one kept for source and type, or what the names of the columns suggest,
            unless given.
        file_id: under which it is kept; a new one unless given.
        at: now.

    Raises:
        SourceNotFoundError: no source system of that code is registered.
        FileTooLargeError, UnreadableFileError: the file.
        InvalidMappingError: the mapping names columns that the file does not have.
    """
    uscc = sender.authority.uscc
    require_source(node, uscc, sender.source)
    transfers = open_transfers(node.database, node.master_key)
    file_id = file_id or secrets.token_urlsafe(16)
    delete_at = at + KEPT
    try:
        size, lines = transfers.files.write(file_id, blocks, max_bytes=MAX_FILE_BYTES, delete_at=delete_at)
        with transfers.files.open(file_id, size) as stream:
            shape = detect_shape(cast("Any", stream))
        if mapping is None:
            kept = transfers.mappings.find(uscc, sender.source, licence_type.code)
            mapping = propose_mapping(licence_type, shape.header) if kept is None else kept[0]
        elif shape.format is not FileFormat.JSON_LINES:
            check_against(mapping, shape.header)
    except BaseException:
        transfers.files.delete(file_id)
        raise
    file = ImportedFile(
        id=file_id,
        authority=uscc,
        source=sender.source,
        name=name[:200],
        size=size,
        lines=lines,
        shape=shape,
        mapping=mapping,
        created_by=sender.by,
        created_at=at,
        delete_at=delete_at,
        actor=sender.actor,
        approval=sender.approval,
    )
    transfers.imports.add(file)
    return file


def begin_import(
    node: IssuerNode,
    file: ImportedFile,
    *,
    by: str,
    at: datetime,
    dry_run: bool,
    mapping: ColumnMapping | None = None,
    approval: Approval | None = None,
    keep_mapping: bool = False,
    run: Callable[..., Job] = enqueue,
) -> tuple[ImportedFile, Job]:
    """Begin a run: a dry one looks and writes nothing, a real one imports. One run at a time.

    Args:
        node: of the issuer.
        file: that was received.
        by: who begins it.
        at: now.
        dry_run: only look.
        mapping: another one than the file came with.
        approval: two persons who stand behind what takes rights away; those of the file unless given.
        keep_mapping: use the mapping for the next files of this source and type as well.
        run: has the job done, by a worker or here (``run_in_foreground``).

    Raises:
        InvalidMappingError: it does not fit the file.
        TypeWithdrawnError: no licences of the type are entered any more.
        ImportNotReadyError: a run is under way, or a real one was completed.
    """
    transfers = open_transfers(node.database, node.master_key)
    jobs = JobStore(node.database)
    mapping = mapping or file.mapping
    if mapping.type_code != file.mapping.type_code:
        raise InvalidMappingError("列对应关系属于另一类型。", "The mapping is another type's.", where="/type")
    if file.shape.format is not FileFormat.JSON_LINES:
        check_against(mapping, file.shape.header)
    refuse_withdrawn(node.catalogue, node.catalogue.by_code(mapping.type_code))
    if file.job is not None:
        _refuse_second_run(jobs.find(file.authority, file.job), file)
    if keep_mapping:
        kept = transfers.mappings.find(file.authority, file.source, mapping.type_code)
        transfers.mappings.put(file.authority, file.source, mapping, 0 if kept is None else kept[1])
    parameters = {"import": file.id, "dry_run": dry_run}
    # Whoever asks twice after the same run, by accident or after a crash, asks for one job.
    key = f"{file.id}/{'dry' if dry_run else 'real'}/after {file.job}"
    file = replace(file, mapping=mapping, dry_run=dry_run, approval=approval or file.approval)
    transfers.imports.follow(file)
    job = run(node, KIND, file.authority, parameters, by=by, at=at, key=key, total=file.rows)
    transfers.imports.note_job(file.id, job.id)
    return replace(file, job=job.id), job


def resume_import(node: IssuerNode, file: ImportedFile, *, at: datetime) -> Job:
    """Go on with a run that failed or was cancelled, from where it stopped.

    Raises:
        ImportNotReadyError: there is no run yet.
        JobNotRetryableError: it has neither failed nor been cancelled.
    """
    if file.job is None:
        raise ImportNotReadyError("导入尚未开始。", "The import has not begun.")
    return retry_job(node, file.authority, file.job, at)


def job_of(node: IssuerNode, file: ImportedFile) -> Job | None:
    """The latest run, or ``None`` before the first."""
    return None if file.job is None else JobStore(node.database).find(file.authority, file.job)


def transfers_of(node: IssuerNode) -> TransferStores:
    """The stores of imports and exports."""
    return open_transfers(node.database, node.master_key)


def _refuse_second_run(job: Job | None, file: ImportedFile) -> None:
    if job is None:
        return
    if not job.state.is_ended:
        raise ImportNotReadyError("此文件正在导入。", "This file is being imported.")
    if not file.dry_run and job.state is JobState.DONE:
        raise ImportNotReadyError(
            "此文件已导入完毕。",
            "This file has been imported.",
            next_step=Text("更正退回的行后，请另行导入。", "Correct the refused rows and import those."),
        )
