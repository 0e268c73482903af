"""The file of refused rows: as they came, with one more column that says what is wrong; corrected, it is sent again."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from issuer.imports.imported_file import ImportedFile
from issuer.imports.mapping import ERROR_COLUMN
from issuer.imports.reading import FileFormat
from issuer.imports.refusal import RefusedRow
from issuer.imports.store import RefusalStore
from issuer.imports.writing import write_rows


def refused_file(file: ImportedFile, refusals: RefusalStore) -> Iterator[bytes]:
    """The refused rows of the latest run, in the format, encoding and separator in which the file came."""
    rows = refusals.rows(file.job) if file.job is not None else iter(())
    shape = file.shape
    header = (*shape.header, ERROR_COLUMN) if ERROR_COLUMN not in shape.header else shape.header
    if shape.format is FileFormat.JSON_LINES:
        return write_rows(shape.format, (), (_object(row) for row in rows))
    return write_rows(
        shape.format,
        header,
        (_cells(row, header) for row in rows),
        encoding=shape.encoding,
        delimiter=shape.delimiter,
    )


def refused_file_name(file: ImportedFile) -> str:
    """A name without anything personal."""
    return f"refused-{file.id[:8]}.{file.shape.format.value}"


def _object(row: RefusedRow) -> dict[str, Any]:
    cells = row.cells if isinstance(row.cells, Mapping) else {}
    return {**cells, ERROR_COLUMN: row.sentence()}


def _cells(row: RefusedRow, header: Sequence[str]) -> list[str]:
    width = len(header)
    given = [] if isinstance(row.cells, Mapping) else list(row.cells)
    cells = (given + [""] * width)[:width]
    place = header.index(ERROR_COLUMN)
    # What was too much for the columns is not lost: it stands behind the reason.
    surplus = [text for text in given[width if place != width - 1 else width - 1 :] if text]
    cells[place] = row.sentence() + (f" [{' | '.join(surplus)}]" if surplus else "")
    return cells
