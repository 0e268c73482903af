"""The second half of an import's work on a chunk: tell new rows from known ones, write the new, apply the known."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection
from concurrent.futures import Executor, Future
from dataclasses import dataclass, field
from datetime import datetime

from issuer.discrepancies import report_compared
from issuer.imports.apply_rows import Applied, Outcome, RowApplication
from issuer.imports.check_rows import Candidate, twice_in_file
from issuer.imports.enter_rows import RowEntrance
from issuer.imports.imported_file import ImportedFile
from issuer.imports.reading import Position
from issuer.imports.refusal import RefusedRow
from issuer.imports.store import RefusalStore
from issuer.library.licence import Licence, SourceMark
from issuer.library.store.bulk import BulkLicences, Head
from issuer.node import IssuerNode
from issuer.sources import Source


@dataclass(slots=True, repr=False)
class Chunk:
    """A chunk under way.

    Attributes:
        position: where the file goes on after it.
        rows: how many it has.
        candidates: identifier → row, of the rows that make new licences.
        licences: those.
        refused: rows, so far.
        counts: outcomes, so far.
        confirmed: identifiers on which source and library agree.
        writing: the bulk write; answers the identifiers that were taken.
    """

    position: Position
    rows: int
    candidates: dict[str, Candidate] = field(default_factory=dict)
    licences: list[Licence] = field(default_factory=list)
    refused: list[RefusedRow] = field(default_factory=list)
    counts: Counter[str] = field(default_factory=Counter)
    confirmed: list[str] = field(default_factory=list)
    writing: Future[frozenset[str]] | None = None


@dataclass(slots=True, repr=False)
class ChunkSettlement:
    """What the chunks of one run are held against.

    Attributes:
        node: of the issuer.
        file: that is imported.
        run: id of the job.
        dry_run: nothing is written but the refused rows.
        source: the registered source system, or ``None`` for the authority's own hand.
        bulk: the library's bulk side.
        entrance: makes new licences.
        application: changes known ones.
        appliers: threads for the latter.
        refusals: keeps refused rows.
    """

    node: IssuerNode
    file: ImportedFile
    run: str
    dry_run: bool
    source: Source | None
    bulk: BulkLicences
    entrance: RowEntrance
    application: RowApplication
    appliers: Executor
    refusals: RefusalStore

    def settle(
        self, chunk: Chunk, candidates: Collection[Candidate], under_way: Collection[Chunk], at: datetime
    ) -> None:
        """Tell new rows from those that the library knows, and bring in what the latter say.

        The chunks that are under way may not be in the library yet, so their numbers are held against the new ones.
        """
        names = [one.identifier for one in candidates]
        heads = self.bulk.heads(self.file.authority, names, self.file.source)
        fresh = [one for one in candidates if one.identifier not in heads]
        marks = {one.identifier: self._mark(one, at) for one in fresh}
        numbers = {
            licence.licence_number: licence.source.row
            for earlier in under_way
            for licence in earlier.licences
            if licence.source is not None
        }
        chunk.licences, refused = self.entrance.licences_of(fresh, marks, numbers, at, dry_run=self.dry_run)
        chunk.refused += refused
        chunk.candidates = {one.identifier: one for one in fresh}
        chunk.counts[Outcome.NEW] += len(chunk.licences)
        if self.source is not None:
            chunk.confirmed += [str(licence.identifier) for licence in chunk.licences]
        self._meet(chunk, [one for one in candidates if one.identifier in heads], heads, at)

    def conclude(self, chunk: Chunk) -> None:
        """Wait until the chunk is stored, and keep what was refused."""
        at = self.node.clock.now()
        taken = frozenset[str]() if chunk.writing is None else chunk.writing.result()
        if taken:
            # Somebody entered the same licence between our look and our write.
            chunk.counts[Outcome.NEW] -= len(taken)
            heads = self.bulk.heads(self.file.authority, taken, self.file.source)
            self._meet(chunk, [chunk.candidates[name] for name in taken], heads, at)
        chunk.counts[Outcome.REFUSED] += len(chunk.refused)
        self.refusals.put(self.run, chunk.refused, delete_at=self.file.delete_at)
        if self.source is not None and not self.dry_run:
            self.node.sources.note_confirmed(self.file.authority, self.source.code, chunk.confirmed, at)

    def _meet(self, chunk: Chunk, known: Collection[Candidate], heads: dict[str, Head], at: datetime) -> None:
        to_apply: list[Candidate] = []
        for one in known:
            head = heads[one.identifier]
            mark = head.mark
            if mark is not None and mark.delivery == self.run:
                if mark.row == one.row.number:
                    # This very row was at work before its worker was killed.
                    chunk.counts[Outcome.NEW if head.is_first else Outcome.CHANGED] += 1
                    chunk.confirmed.append(head.identifier)
                else:
                    chunk.refused.append(
                        RefusedRow(one.row.number, one.row.cells, (twice_in_file(mark.row),))
                    )
            elif mark is not None and mark.digest == one.digest:
                chunk.counts[Outcome.UNCHANGED] += 1
                if head.has_mark:
                    chunk.confirmed.append(head.identifier)
            else:
                to_apply.append(one)
        if not to_apply:
            return

        def apply(one: Candidate) -> Applied:
            newest = heads[one.identifier].identifier
            return self.application.apply(one, newest, self._mark(one, at), at, dry_run=self.dry_run)

        done = list(self.appliers.map(apply, to_apply))
        noted: dict[str, SourceMark] = {}
        for one, applied in zip(to_apply, done, strict=True):
            if applied.outcome is Outcome.REFUSED:
                chunk.refused.append(RefusedRow(one.row.number, one.row.cells, applied.errors))
                continue
            chunk.counts[applied.outcome] += 1
            noted[applied.identifier] = self._mark(one, at)
            if applied.compared is not None and applied.compared.conflicts:
                chunk.counts["conflicts"] += len(applied.compared.conflicts)
            else:
                chunk.confirmed.append(applied.identifier)
        if self.dry_run:
            return
        compared = [applied.compared for applied in done if applied.compared is not None]
        if self.source is not None and compared:
            report_compared(self.node.discrepancies, self.source, compared, at)
        self.bulk.note_marks(self.file.authority, noted)

    def _mark(self, one: Candidate, at: datetime) -> SourceMark:
        return SourceMark(self.file.source, one.digest, self.run, one.row.number, at)
