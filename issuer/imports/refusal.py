"""A row that was refused, and why: every reason with its column, its words and what to do."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from standards.text import Text


@dataclass(frozen=True, slots=True)
class RowError:
    """One thing that is wrong with a row.

    Attributes:
        code: stable.
        target: what of the licence, or empty for the row as a whole.
        column: name of the column that gives it, or ``None``.
        message: in words.
        next_step: what to do, or ``None``.
    """

    code: str
    target: str
    column: str | None
    message: Text
    next_step: Text | None = None

    def sentence(self) -> str:
        """Where, what and what to do, in both languages."""
        words = [f"{self.message.zh} {self.message.en}"]
        if self.next_step is not None:
            words.append(f"{self.next_step.zh} {self.next_step.en}")
        place = self.column or self.target
        return (f"{place}：" if place else "") + " → ".join(words)

    def to_json(self) -> dict[str, Any]:
        """For the interface and the store."""
        return {
            "code": self.code,
            "target": self.target,
            "column": self.column,
            "message": self.message.to_json(),
            "next": None if self.next_step is None else self.next_step.to_json(),
        }


@dataclass(frozen=True, slots=True, repr=False)
class RefusedRow:
    """One refused row.

    Attributes:
        number: in the file, from 1, without the header.
        cells: as they came.
        errors: at least one.
    """

    number: int
    cells: Sequence[str] | Mapping[str, Any]
    errors: tuple[RowError, ...]

    def __repr__(self) -> str:
        return f"RefusedRow({self.number})"

    def sentence(self) -> str:
        """All errors with what to do, in one line, for the additional column of a file."""
        return "；".join(error.sentence() for error in self.errors)


def refused_row_json(row: RefusedRow) -> dict[str, Any]:
    """As ``refused_row_of`` reads it."""
    return {"row": row.number, "cells": row.cells, "errors": [error.to_json() for error in row.errors]}


def refused_row_of(obj: Mapping[str, Any]) -> RefusedRow:
    """The row that was kept."""
    return RefusedRow(
        obj["row"],
        obj["cells"],
        tuple(
            RowError(
                error["code"],
                error["target"],
                error["column"],
                _text(error["message"]),
                _optional(error["next"]),
            )
            for error in obj["errors"]
        ),
    )


def _text(obj: Mapping[str, str]) -> Text:
    return Text(obj["zh"], obj["en"])


def _optional(obj: Mapping[str, str] | None) -> Text | None:
    return None if obj is None else _text(obj)
