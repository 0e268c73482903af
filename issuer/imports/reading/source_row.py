"""One row of a file, as it was read."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

from standards.text import Text


@dataclass(frozen=True, slots=True)
class Position:
    """Where a row begins: bytes from the beginning of the file, and how many rows come before."""

    offset: int = 0
    row: int = 0


@dataclass(slots=True, repr=False)
class SourceRow:
    """One row. Made by the million, so it is not frozen; nobody changes it.

    Attributes:
        number: from 1, without the header.
        end: byte offset at which the next row begins.
        cells: texts in the order of the header; for JSON Lines the object.
        fault: why it cannot be read, or ``None``. Its cells are then what could be made of it.
    """

    number: int
    end: int
    cells: Sequence[str] | Mapping[str, Any]
    fault: Text | None = None


class RowReader(Protocol):
    """A file as rows."""

    @property
    def header(self) -> tuple[str, ...]:
        """Names of the columns; empty for JSON Lines."""

    def rows(self, start: Position) -> Iterator[SourceRow]:
        """The rows from ``start`` on; ``Position()`` is the beginning."""
