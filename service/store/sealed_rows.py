"""Rows that name a master key, as a change of it meets them (``keys.rotation``): found, counted, sealed anew.

Each service lists its own through the entry point ``elicence.sealed_rows``. Everything may be broken off and repeated:
a row under the current key is left alone.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any, Protocol

from pymongo.collection import Collection

from keys.errors import SealedDataError
from standards.text import Text

Row = dict[str, Any]


class RowsUnderKey(Protocol):
    """Rows of one kind."""

    @property
    def name(self) -> Text:
        """What they are, for the operator."""

    def total(self) -> int:
        """About how many there are."""

    def older(self) -> int:
        """How many need the key before the current one."""

    def reseal(self) -> Iterator[bool]:
        """Bring them under the current key, row by row: whether each changed.

        Raises:
            SealedDataError: rows do not open; the others were brought over, and ``where`` names the first.
        """


@dataclass(frozen=True, slots=True)
class SealedRows:
    """Rows that can be sealed anew.

    Attributes:
        name: what they are.
        rows: where they lie.
        fields: what is read of a row. A row changes only while all of these are as they were read, so they hold the
            shard key, and what others may change together with the sealed parts.
        renewed: the parts that name an older key, made anew; empty when there are none.
        write: writes the renewed parts if the row is as it was read; ``False`` when it is not.
    """

    name: Text
    rows: Collection[Row]
    fields: tuple[str, ...]
    renewed: Callable[[Row], Row]
    write: Callable[[Row, Row], bool] | None = None

    def total(self) -> int:
        """About how many there are."""
        return self.rows.estimated_document_count()

    def older(self) -> int:
        """How many need the key before; one that names it and does not open is among them."""
        return sum(self._is_older(row) for row in self.rows.find({}, list(self.fields)))

    def reseal(self) -> Iterator[bool]:
        """See :class:`RowsUnderKey`; one durable write for a row that changes."""
        refused: SealedDataError | None = None
        for row in self.rows.find({}, list(self.fields)):
            try:
                changed = self._bring_over(row)
            except SealedDataError as error:
                changed = False
                where = f"{self.rows.name} {row['_id']}"
                refused = refused or SealedDataError(error.message.zh, error.message.en, where=where)
            yield changed
        if refused is not None:
            raise refused

    def _is_older(self, row: Row) -> bool:
        try:
            return bool(self.renewed(row))
        except SealedDataError:
            return True

    def _bring_over(self, row: Row) -> bool:
        found: Row | None = row
        while found is not None and (renewed := self.renewed(found)):
            if (self.write or self._update)(found, renewed):
                return True
            # Somebody changed it since it was read: what they wrote stays, and is looked at again.
            found = self.rows.find_one({"_id": row["_id"]}, list(self.fields))
        return False

    def _update(self, row: Row, renewed: Row) -> bool:
        as_read = {"_id": row["_id"], **{name: row.get(name) for name in self.fields}}
        return self.rows.update_one(as_read, {"$set": renewed}).matched_count == 1


@dataclass(frozen=True, slots=True)
class PassingRows:
    """Rows that cannot be made anew and soon end by themselves: the change waits for them.

    Attributes:
        name: what they are.
        rows: where they lie.
        older_query: finds those that need the key before and have not ended.
    """

    name: Text
    rows: Collection[Row]
    older_query: Callable[[], Row]

    def total(self) -> int:
        """None of them is brought over."""
        return 0

    def older(self) -> int:
        """How many need the key before and have not ended."""
        return self.rows.count_documents(self.older_query())

    def reseal(self) -> Iterator[bool]:
        """Nothing to do but wait."""
        return iter(())
