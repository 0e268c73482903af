"""Licences as rows that an import reads: what was exported can be imported again, and changes nothing."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

from issuer.imports.errors import NotExportableError
from issuer.imports.mapping import targets_of
from issuer.imports.reading import FileFormat
from issuer.imports.writing import write_rows
from issuer.library.licence import Licence
from standards.licence_types import LicenceType

LONG_TERM_WORD = "长期"


def export_rows(
    format_: FileFormat, licence_type: LicenceType, licences: Iterable[Licence], *, continued: bool = False
) -> Iterator[bytes]:
    """The file, in pieces.

    Args:
        format_: of the file.
        licence_type: of all the licences; its fields are the columns.
        licences: as many as there are.
        continued: the rows alone, to stand behind those that were written before; not for XLSX.

    Raises:
        NotExportableError: a licence has more holders than a table has columns for.
    """
    if format_ is FileFormat.JSON_LINES:
        return write_rows(format_, (), (licence_object(licence) for licence in licences))
    header = export_header(licence_type)
    rows = (licence_cells(licence, header) for licence in licences)
    return write_rows(format_, header, rows, continued=continued)


def export_header(licence_type: LicenceType) -> tuple[str, ...]:
    """The columns of an export: every target that an import knows, by its own name."""
    return tuple(name for name in targets_of(licence_type) if name != "state_reason")


def licence_object(licence: Licence) -> dict[str, Any]:
    """A licence in the form of the interface, with its identifier and state."""
    wire: dict[str, Any] = {
        "licence_identifier": str(licence.identifier),
        "type": licence.type_code,
        "licence_number": licence.licence_number,
        "holders": [
            {"name": holder.name, "code_type": holder.code_type, "number": holder.number}
            for holder in licence.holders
        ],
        "issue_date": licence.issue_date.isoformat(),
        "division": licence.authority.division,
        "fields": dict(licence.fields),
        "state": licence.state.value,
    }
    if licence.valid_from is not None:
        wire["valid_from"] = licence.valid_from.isoformat()
        wire["valid_until"] = None if licence.valid_until is None else licence.valid_until.isoformat()
    if licence.inspection.due is not None:
        wire["inspection"] = {
            "result": licence.inspection.result.value,
            "due": licence.inspection.due.isoformat(),
        }
    return wire


def licence_cells(licence: Licence, header: Iterable[str]) -> list[str]:
    """A licence as texts in the order of ``header``; raises ``NotExportableError``."""
    values: dict[str, Any] = {
        **licence.fields,
        "licence_identifier": str(licence.identifier),
        "licence_number": licence.licence_number,
        "issue_date": licence.issue_date.isoformat(),
        "division": licence.authority.division,
        "state": licence.state.value,
        "valid_from": licence.valid_from and licence.valid_from.isoformat(),
        "valid_until": licence.valid_until and licence.valid_until.isoformat(),
    }
    if licence.valid_from is not None and licence.valid_until is None:
        values["valid_until"] = LONG_TERM_WORD
    if licence.inspection.due is not None:
        values["inspection_result"] = licence.inspection.result.value
        values["inspection_due"] = licence.inspection.due.isoformat()
    for place, holder in enumerate(licence.holders):
        prefix = "holder_" if place == 0 else f"holder_{place + 1}_"
        values |= {
            f"{prefix}name": holder.name,
            f"{prefix}code_type": holder.code_type,
            f"{prefix}number": holder.number,
        }
    names = tuple(header)
    if len(licence.holders) > 1 and f"holder_{len(licence.holders)}_name" not in names:
        raise NotExportableError(str(licence.identifier))
    return ["" if (value := values.get(name)) is None else str(value) for name in names]
