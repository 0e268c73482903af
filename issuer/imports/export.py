"""One export: which licences left the library, in which form, by whom, and why."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Final

from issuer.imports.errors import InvalidExportError
from issuer.imports.reading import FileFormat
from issuer.library.selection import Selection, parse_selection
from standards.json_reader import Reader
from standards.licence_types import Catalogue
from standards.single_line import is_single_line
from standards.text import Text

MAX_CAUSE_CHARS: Final = 200


@dataclass(frozen=True, slots=True)
class Export:
    """An export; the log of exports is made of these, and only grows.

    Attributes:
        id: unguessable.
        authority: whose licences.
        selection: which of them; names one licence type.
        format: of the file.
        cause: why, in words.
        by: id of a member of staff, or name of a system.
        at: when it was asked for, UTC.
        delete_at: when the file is forgotten; the entry stays.
        job: that writes the file, or ``None`` where a command wrote it.
        count: licences in the file, or ``None`` before it is complete.
    """

    id: str
    authority: str
    selection: Selection
    format: FileFormat
    cause: str = field(repr=False)
    by: str
    at: datetime
    delete_at: datetime
    job: str | None = None
    count: int | None = None

    @property
    def type_code(self) -> str:
        """The type of all its licences."""
        assert self.selection.type_code is not None  # parse_export sees to it
        return self.selection.type_code


@dataclass(frozen=True, slots=True)
class ExportRequest:
    """A checked request."""

    selection: Selection
    format: FileFormat
    cause: str


def parse_export(obj: Any, authority: str, catalogue: Catalogue) -> ExportRequest:
    """The request in ``obj``: ``{"selection", "format", "cause"}``.

    Raises:
        InvalidInputError: no type, no cause, or a misshapen selection.
    """
    reader = Reader(obj, error=InvalidExportError)
    reader.refuse_unknown(frozenset({"selection", "format", "cause"}))
    selection = parse_selection(reader.any("selection"), authority, where="/selection")
    if selection.type_code is None:
        raise InvalidExportError(
            "请指定证照类型：文件的列随类型而定。",
            "Name a licence type: it decides on the columns of the file.",
            where="/selection/type",
        )
    catalogue.by_code(selection.type_code, where="/selection/type")
    cause = reader.text("cause", max_chars=MAX_CAUSE_CHARS, strip=True)
    if not is_single_line(cause):
        raise reader.fail("cause", "含有不可打印的字符。", "It has characters that cannot be printed.")
    wanted = reader.optional_choice("format", tuple(format_.value for format_ in FileFormat))
    return ExportRequest(selection, FileFormat(wanted or "csv"), cause)


FORMAT_NAMES: Final = {
    FileFormat.CSV: Text("CSV（UTF-8）", "CSV (UTF-8)"),
    FileFormat.XLSX: Text("Excel 工作簿（XLSX）", "Excel workbook (XLSX)"),
    FileFormat.JSON_LINES: Text("JSON Lines", "JSON Lines"),
}
