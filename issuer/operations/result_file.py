"""The result of a bulk operation as a file: one line for each licence."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from issuer.imports.reading import FileFormat
from issuer.imports.writing import write_rows
from issuer.operations.bulk_operation import NOT_REACHED, BulkOperation, Obstacle, Outcome, Settled
from issuer.operations.desk import OperationDesk
from issuer.operations.job import settled_rows

HEADER: Final = ("identifier", "outcome", "code", "why")


def result_file(
    desk: OperationDesk, operation: BulkOperation, format_: FileFormat, language: str
) -> Iterator[bytes]:
    """The file in pieces, in bounded memory.

    Args:
        desk: of the node.
        operation: that has ended.
        format_: CSV with ``HEADER`` and the words in ``language``, or JSON Lines with both languages.
        language: ``zh`` or ``en``.
    """
    rows = settled_rows(desk, operation)
    if format_ is FileFormat.JSON_LINES:
        return write_rows(format_, (), (_object(row) for row in rows))
    return write_rows(format_, HEADER, (_cells(row, language) for row in rows))


def result_name(operation: BulkOperation, format_: FileFormat) -> str:
    """A name for the file."""
    return f"bulk-operation-{operation.created_at:%Y%m%d}-{operation.order.operation}.{format_.value}"


def _object(row: Settled) -> dict[str, object]:
    why = _why(row)
    return {
        "identifier": row.identifier,
        "outcome": row.outcome.value,
        "code": why and why.code,
        "why": why and why.message.to_json(),
    }


def _cells(row: Settled, language: str) -> tuple[str, ...]:
    why = _why(row)
    words = ("", "") if why is None else (why.code, why.message.in_language(language))
    return (row.identifier, row.outcome.value, *words)


def _why(row: Settled) -> Obstacle | None:
    return NOT_REACHED if row.outcome is Outcome.NOT_DONE else row.obstacle
