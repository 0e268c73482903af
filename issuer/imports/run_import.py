"""The job that imports a file: chunk by chunk, one durable note for each, from wherever the last run was killed.

While a chunk is written, the next one is read and checked. What a chunk does can be done again: its licences have
identifiers that follow from its rows, its refused rows are written over themselves, and a mark on each licence says
which row of which run it stems from, so that a repeat is counted as what it was.
"""

from __future__ import annotations

from collections import Counter, deque
from collections.abc import Iterator, Mapping
from concurrent.futures import Executor, ThreadPoolExecutor
from dataclasses import replace
from itertools import islice
from pathlib import Path
from typing import Any, Final, cast

from issuer.imports.apply_rows import Outcome, RowApplication
from issuer.imports.check_rows import RowChecker
from issuer.imports.desk import TransferStores, open_bulk, open_transfers
from issuer.imports.enter_rows import EnteringParty, RowEntrance
from issuer.imports.errors import ImportNotReadyError, TooManyErrorsError
from issuer.imports.identity import RowIdentity
from issuer.imports.imported_file import OWN_HAND, ImportedFile
from issuer.imports.reading import FileFormat, FileShape, Position, RowReader, open_rows
from issuer.imports.seen_rows import SeenRows, forget, seen_rows
from issuer.imports.settle_chunk import Chunk, ChunkSettlement
from issuer.library.licence import IssuingAuthority, local_day
from issuer.library.store.bulk import BulkLicences
from issuer.node import IssuerNode
from issuer.sources import Source
from service.jobs import Job, JobContext, JobKind
from standards.text import Text

CHUNK_ROWS: Final = 1_000
MAX_XLSX_ROWS_BYTES: Final = 4 * 1024 * 1024 * 1024
DEFAULT_MAX_ERRORS: Final = 100_000
_CHUNKS_UNDER_WAY: Final = 3
"""Chunks that may wait for the store at a time; they are noted as done in the order of the file."""

_APPLYING_THREADS: Final = 4
"""Changing a licence is several round trips; threads wait for them side by side."""


class ImportRun:
    """One run of an import, in the hands of one worker."""

    def __init__(self, context: JobContext, file: ImportedFile, transfers: TransferStores) -> None:
        self._context = context
        self._node: IssuerNode = context.node
        self._file = file
        self._transfers = transfers
        self._dry_run = bool(context.job.parameters.get("dry_run"))
        self._max_errors = int(context.job.parameters.get("max_errors", DEFAULT_MAX_ERRORS))
        self._cursor: dict[str, Any] = dict(context.job.cursor or {})
        self._bulk: BulkLicences = open_bulk(self._node)
        self._source = _source_of(self._node, file)

    def run(self) -> Mapping[str, Any]:
        """Import from the cursor on; answers the counts."""
        if self._cursor.get("ended"):
            return self._result()
        shape, name, size, lines = self._as_text()
        with (
            self._transfers.files.open(name, size) as stream,
            seen_rows(self._scratch()) as seen,
        ):
            self._work(open_rows(cast("Any", stream), shape), lines, seen)
        forget(self._scratch())
        if self._source is not None and not self._dry_run:
            self._node.sources.note_delivery(
                self._file.authority, self._source.code, rows=self._cursor["row"], at=self._node.clock.now()
            )
        self._context.advance({**self._cursor, "ended": True}, done=0, total=self._cursor.get("row", 0))
        return self._result()

    # -- the file ---------------------------------------------------------------------------------------------

    def _as_text(self) -> tuple[FileShape, str, int, int]:
        """Shape, name, bytes and line feeds of the file to read; a sheet is copied into text first, once."""
        file, shape = self._file, self._file.shape
        if not self._transfers.files.read_piece(file.id, 0):
            raise ImportNotReadyError("此文件已过保存期。", "The file was kept for its time and is gone.")
        if shape.format is not FileFormat.XLSX:
            return shape, file.id, file.size, file.rows
        name = f"{file.id}-rows"
        if "copied" not in self._cursor:
            from issuer.imports.reading.xlsx_rows import copy_sheet

            with self._transfers.files.open(file.id, file.size) as stream:
                blocks = self._watched(copy_sheet(cast("Any", stream), len(shape.header)))
                copied = self._transfers.files.write(
                    name, blocks, max_bytes=MAX_XLSX_ROWS_BYTES, delete_at=file.delete_at
                )
            self._cursor["copied"] = list(copied)
            self._context.advance(dict(self._cursor), done=0, total=copied[1])
        size, lines = self._cursor["copied"]
        return replace(shape, format=FileFormat.CSV, begin=0), name, size, lines

    def _watched(self, blocks: Iterator[bytes]) -> Iterator[bytes]:
        for block in blocks:
            self._context.check()
            yield block

    def _position(self) -> Position:
        return Position(self._cursor.get("offset", 0), self._cursor.get("row", 0))

    def _scratch(self) -> Path:
        return self._node.settings.data / "imports" / f"{self._context.job.id}.seen"

    # -- the chunks -------------------------------------------------------------------------------------------

    def _work(self, reader: RowReader, lines: int, seen: SeenRows) -> None:
        secret = self._transfers.mappings.secret(self._file.authority)
        checker = RowChecker(
            self._file.mapping,
            self._file.shape.header,
            self._node.catalogue,
            authority=self._file.authority,
            identity=RowIdentity(secret, self._file.source),
        )
        with (
            ThreadPoolExecutor(1, "import-writer") as writer,
            ThreadPoolExecutor(_APPLYING_THREADS, "import-apply") as appliers,
        ):
            settlement = self._settlement(checker, appliers)
            under_way: deque[Chunk] = deque()
            rows = reader.rows(self._position())
            while chunk_rows := list(islice(rows, CHUNK_ROWS)):
                at = self._node.clock.now()
                candidates, refused = checker.check(chunk_rows, seen, local_day(at))
                while len(under_way) >= _CHUNKS_UNDER_WAY:
                    self._finish(under_way.popleft(), settlement, lines)
                last = chunk_rows[-1]
                chunk = Chunk(Position(last.end, last.number), len(chunk_rows), refused=refused)
                settlement.settle(chunk, candidates, under_way, at)
                if chunk.licences and not self._dry_run:
                    chunk.writing = writer.submit(self._bulk.add, chunk.licences)
                under_way.append(chunk)
            while under_way:
                self._finish(under_way.popleft(), settlement, lines)

    def _settlement(self, checker: RowChecker, appliers: Executor) -> ChunkSettlement:
        node = self._node
        party = _party_of(node, self._file, self._source)
        return ChunkSettlement(
            node=node,
            file=self._file,
            run=self._context.job.id,
            dry_run=self._dry_run,
            source=self._source,
            bulk=self._bulk,
            entrance=RowEntrance(self._bulk, node.library, node.registers, party, checker),
            application=RowApplication(node.library, party, self._source, checker),
            appliers=appliers,
            refusals=self._transfers.refusals,
        )

    def _finish(self, chunk: Chunk, settlement: ChunkSettlement, lines: int) -> None:
        """Note durably that the chunk is done."""
        settlement.conclude(chunk)
        counts = Counter(self._cursor.get("counts", {}))
        counts.update(chunk.counts)
        self._cursor |= {
            "offset": chunk.position.offset,
            "row": chunk.position.row,
            "counts": {str(outcome): count for outcome, count in counts.items()},
        }
        self._context.advance(
            dict(self._cursor),
            done=chunk.rows,
            errors=len(chunk.refused),
            total=max(lines, chunk.position.row),
        )
        if counts[Outcome.REFUSED] > self._max_errors:
            raise TooManyErrorsError(counts[Outcome.REFUSED])

    def _result(self) -> dict[str, Any]:
        counts = self._cursor.get("counts", {})
        return {
            "rows": self._cursor.get("row", 0),
            "dry_run": self._dry_run,
            **{outcome.value: counts.get(outcome.value, 0) for outcome in Outcome},
            "conflicts": counts.get("conflicts", 0),
        }


def run_import(context: JobContext) -> Mapping[str, Any]:
    """The run of ``issuer.import``; parameters ``{"import", "dry_run", "max_errors"}``."""
    node: IssuerNode = context.node
    transfers = open_transfers(node.database, node.master_key)
    file = transfers.imports.find(context.job.owner, context.job.parameters["import"])
    return ImportRun(context, file, transfers).run()


def _source_of(node: IssuerNode, file: ImportedFile) -> Source | None:
    return None if file.source == OWN_HAND else node.sources.find(file.authority, file.source)


def _party_of(node: IssuerNode, file: ImportedFile, source: Source | None) -> EnteringParty:
    authority = node.authorities.find(file.authority, node.clock.now())
    if authority is None:
        raise ImportNotReadyError("机构未在本节点登记。", "The authority is not enrolled on this node.")
    return EnteringParty(
        authority=IssuingAuthority(authority.uscc, authority.name.zh, authority.division),
        licence_types=authority.licence_types,
        actor=file.actor,
        system=file.source if source is not None else None,
        source_name=authority.name.zh if source is None else source.name,
        approval=file.approval,
    )


def _page(job: Job) -> str:
    return f"/imports/{job.parameters['import']}"


JOB_KIND: Final = JobKind("issuer.import", run_import, Text("导入证照", "Import licences"), _page)
