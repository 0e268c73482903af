"""One file that came to be imported."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime

from issuer.imports.mapping import ColumnMapping
from issuer.imports.reading import FileFormat, FileShape
from issuer.library.event import Actor, Approval

OWN_HAND = "own"
"""Source of what an authority imports from no registered system: its own word, which counts for all fields."""


@dataclass(frozen=True, slots=True)
class ImportedFile:
    """A file and how it is to be read.

    Attributes:
        id: unguessable.
        authority: whose licences.
        source: code of the source system, or ``OWN_HAND``.
        name: of the file, for people.
        size: bytes.
        lines: line feeds; about how many rows there are.
        shape: format, encoding, columns.
        mapping: which column says what; names the licence type.
        created_by: id of a member of staff, or name of a system.
        created_at: UTC.
        delete_at: when file and refused rows are forgotten.
        actor: in whose name licences are entered.
        approval: two persons who stand behind what takes rights away, or ``None``.
        job: the latest run, or ``None`` before the first.
        dry_run: whether that run only looks.
    """

    id: str
    authority: str
    source: str
    name: str = field(repr=False)
    size: int
    lines: int
    shape: FileShape
    mapping: ColumnMapping
    created_by: str
    created_at: datetime
    delete_at: datetime
    actor: Actor
    approval: Approval | None = None
    job: str | None = None
    dry_run: bool = False

    @property
    def rows(self) -> int:
        """About how many rows it has: lines without the header; quoted line breaks count too much."""
        return max(0, self.lines - (self.shape.format is FileFormat.CSV))
