"""The first half of an import's work on a chunk of rows: what each says, who it is, whether it can be a licence.

No store is asked here, so that this half runs while the chunk before is being written.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Protocol

from issuer.imports.identity import RowIdentity
from issuer.imports.mapping import ColumnMapping
from issuer.imports.reading import SourceRow
from issuer.imports.refusal import RefusedRow, RowError
from issuer.imports.row_body import RowBody, RowMapper, target_of
from issuer.library.errors import InvalidLicenceError
from issuer.library.licence_input import LicenceDraft, parse_licence_draft
from standards.codes.licence_identifier import (
    CheckDialect,
    build_licence_identifier,
    parse_licence_identifier,
)
from standards.errors import ElicenceError, InvalidInputError
from standards.licence_types import Catalogue
from standards.text import Text


@dataclass(slots=True, repr=False)
class Candidate:
    """A row that names a record.

    Attributes:
        row: as read.
        says: what it says.
        identifier: of the licence that it speaks of, in the library or not.
        digest: of what it says.
        draft: checked, or ``None`` where the row cannot be a licence.
        errors: why not.
    """

    row: SourceRow
    says: RowBody
    identifier: str
    digest: bytes
    draft: LicenceDraft | None = None
    errors: tuple[RowError, ...] = ()


class Seen(Protocol):
    """Remembers which records the file has named."""

    def first_rows(self, named: Iterable[tuple[bytes, int]]) -> list[int]:
        """For each (hash, row) the first row of the file that had the hash."""


class RowChecker:
    """Checks rows of one file."""

    def __init__(
        self,
        mapping: ColumnMapping,
        header: Sequence[str],
        catalogue: Catalogue,
        *,
        authority: str,
        identity: RowIdentity,
    ) -> None:
        """Args:
        mapping: which column says what; names the type.
        header: the columns of the file.
        catalogue: the licence types; the newest version of the type counts.
        authority: USCC of who issued the licences.
        identity: of the source system.
        """
        licence_type = catalogue.by_code(mapping.type_code)
        self._mapping = mapping
        self._mapper = RowMapper(mapping, licence_type, header)
        self._catalogue = catalogue
        self._authority = authority
        self._identity = identity
        self._type = licence_type.code

    def check(
        self, rows: Iterable[SourceRow], seen: Seen, today: date
    ) -> tuple[list[Candidate], list[RefusedRow]]:
        """The rows that name a record of their own, in order, and those that name none."""
        found: list[Candidate] = []
        refused: list[RefusedRow] = []
        for row in rows:
            try:
                found.append(self._candidate(row, today))
            except InvalidInputError as error:
                refused.append(RefusedRow(row.number, row.cells, self.errors_of(error)))
        firsts = seen.first_rows(
            (self._identity.digest({"id": one.identifier}), one.row.number) for one in found
        )
        kept = []
        for one, first in zip(found, firsts, strict=True):
            if first == one.row.number:
                kept.append(one)
            else:
                refused.append(RefusedRow(one.row.number, one.row.cells, (twice_in_file(first),)))
        return kept, refused

    def errors_of(self, error: ElicenceError) -> tuple[RowError, ...]:
        """The mistakes in the words of the file: each with its column."""
        found = error.errors if isinstance(error, InvalidLicenceError) else (error,)
        return tuple(self._row_error(one) for one in found)

    def _row_error(self, error: ElicenceError) -> RowError:
        target = target_of(error.where)
        column = self._mapping.column_of(target)
        if column is None and not self._mapping.columns:
            column = target or None
        return RowError(error.code, target, column, error.message, error.next_step)

    def _candidate(self, row: SourceRow, today: date) -> Candidate:
        if row.fault is not None:
            raise InvalidInputError(row.fault.zh, row.fault.en)
        says = self._mapper.body_of(row.cells)
        candidate = Candidate(row, says, self._identifier(says), self._identity.digest(says.says()))
        try:
            candidate.draft = parse_licence_draft(says.body, self._catalogue, today=today)
        except InvalidInputError as error:
            candidate.errors = self.errors_of(error)
        return candidate

    def _identifier(self, says: RowBody) -> str:
        if says.identifier:
            given = parse_licence_identifier(says.identifier, where="/licence_identifier")
            if given.type_code != self._type or given.authority != self._authority:
                raise InvalidInputError(
                    "电子证照标识属于另一机构或另一类型。",
                    "The licence identifier is another authority's, or of another type.",
                    where="/licence_identifier",
                )
            if given.dialect is not CheckDialect.STANDARD:
                raise InvalidInputError(
                    "电子证照标识的校验位不符合 GB/T 36904。",
                    "The check character of the licence identifier does not follow GB/T 36904.",
                    where="/licence_identifier",
                )
            return str(given)
        if not says.key:
            raise InvalidInputError(
                "此行没有记录主键，也没有证照号码，无法识别是哪一份证照。",
                "The row has neither a key nor a licence number: nobody can tell which licence it is.",
                where="/licence_number",
                next_step=Text(
                    "请指定主键列，或填写证照号码。", "Name the column with the key, or give the number."
                ),
            )
        serial = self._identity.serial(self._type, says.key)
        return str(build_licence_identifier(self._type, self._authority, serial, 1))


def twice_in_file(first: int) -> RowError:
    """The row names the record of an earlier row."""
    return RowError(
        "duplicate-row",
        "",
        None,
        Text(
            f"与第 {first} 行是同一份证照（主键、标识或号码相同）。",
            f"It is the same licence as row {first}: key, identifier or number are the same.",
        ),
        Text("每份证照只保留一行。", "Keep one row for each licence."),
    )
