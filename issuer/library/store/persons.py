"""What the library has of one person, over all authorities of the node: as holder, and as one whom a licence names."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any, Final

from pymongo.database import Database

from issuer.library.licence import Licence
from issuer.library.record_document import RecordSeal, of_document

MAX_LICENCES: Final = 500
"""Most licences of one holder that are read; nobody has as many."""

_Row = dict[str, Any]


class PersonsLicences:
    """Finds current versions by the number of a person whose identity somebody has verified."""

    def __init__(self, database: Database[_Row], seal: RecordSeal) -> None:
        self._licences = database["licences"]
        self._seal = seal

    def held_by(self, authorities: Sequence[str], code_type: str, number: str) -> tuple[Licence, ...]:
        """The newest versions that this holder has from these authorities, newest first."""
        hashes = list(self._seal.lookup.candidates(code_type, number))
        found = self._read({"authority": {"$in": list(authorities)}, "holders": {"$in": hashes}})
        return tuple(
            one
            for one in found
            if any((held.code_type, held.number) == (code_type, number) for held in one.holders)
        )

    def naming(self, authorities: Sequence[str], code_type: str, number: str) -> tuple[Licence, ...]:
        """The newest versions that name this person as acting for their holder, newest first."""
        hashes = list(self._seal.lookup.candidates(code_type, number))
        # Without "exists" the planner does not take the partial index.
        named = {"$in": hashes, "$exists": True}
        return self._read({"authority": {"$in": list(authorities)}, "representatives": named})

    def _read(self, query: _Row) -> tuple[Licence, ...]:
        # Sorted here: in the store, an index of another order could look better than the one by person.
        rows: Iterable[_Row] = self._licences.find({**query, "superseded_by": None}).limit(MAX_LICENCES)
        newest_first = sorted(rows, key=lambda row: (row["recorded_at"], row["_id"]), reverse=True)
        return tuple(of_document(row, self._seal) for row in newest_first)
