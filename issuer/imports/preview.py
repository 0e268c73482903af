"""The first rows of a file as a mapping reads them: what would be entered, and what is wrong."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from itertools import islice
from typing import Any, Final, cast

from issuer.imports.check_rows import RowChecker
from issuer.imports.desk import TransferStores
from issuer.imports.identity import RowIdentity
from issuer.imports.imported_file import ImportedFile
from issuer.imports.mapping import ColumnMapping
from issuer.imports.reading import Position, open_rows
from issuer.imports.refusal import RowError
from issuer.library.licence_input import LicenceDraft
from standards.licence_types import Catalogue

ROWS: Final = 6


@dataclass(frozen=True, slots=True, repr=False)
class PreviewedRow:
    """One row: what it says when it is right, else what is wrong."""

    number: int
    draft: LicenceDraft | None
    errors: tuple[RowError, ...]


def preview(
    transfers: TransferStores, file: ImportedFile, mapping: ColumnMapping, catalogue: Catalogue, today: date
) -> list[PreviewedRow]:
    """The first rows; nothing is looked up in the library."""
    secret = transfers.mappings.secret(file.authority)
    checker = RowChecker(
        mapping,
        file.shape.header,
        catalogue,
        authority=file.authority,
        identity=RowIdentity(secret, file.source),
    )
    with transfers.files.open(file.id, file.size) as stream:
        rows = list(islice(open_rows(cast("Any", stream), file.shape).rows(Position()), ROWS))
    candidates, refused = checker.check(rows, _NothingSeen(), today)
    shown = [PreviewedRow(one.row.number, one.draft, one.errors) for one in candidates]
    shown += [PreviewedRow(row.number, None, row.errors) for row in refused]
    return sorted(shown, key=lambda row: row.number)


class _NothingSeen:
    """A file of six rows is not searched for repetitions."""

    def first_rows(self, named: Any) -> list[int]:
        return [row for _, row in named]
