"""Entering whom older licences name: rows from before representatives were looked for do not say so."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Final

from pymongo import UpdateOne
from pymongo.database import Database

from issuer.library.record_document import RecordSeal, of_document, representative_hashes
from standards.licence_types import load_catalogue

_STEP: Final = 500

_Row = dict[str, Any]


class RepresentativeIndex:
    """Brings the rows of the library up to date. Repeating it changes nothing; a killed run goes on where it was."""

    def __init__(self, database: Database[_Row], seal: RecordSeal) -> None:
        self._licences = database["licences"]
        self._seal = seal

    def enter(self) -> Iterator[int]:
        """Read the licences whose type names representatives, in steps; after each, how many were entered so far."""
        types = [one.code for one in load_catalogue().all() if one.representatives]
        entered, after = 0, ""
        while True:
            rows = list(
                self._licences.find(
                    {"_id": {"$gt": after}, "type": {"$in": types}, "representatives": {"$exists": False}}
                )
                .sort("_id", 1)
                .limit(_STEP)
            )
            if not rows:
                return
            changes = []
            for row in rows:
                licence = of_document(row, self._seal)
                named = representative_hashes(
                    licence.type_code, licence.type_version, licence.fields, self._seal.lookup
                )
                if named:
                    changes.append(
                        UpdateOne(
                            {"authority": row["authority"], "_id": row["_id"]},
                            {"$set": {"representatives": named}},
                        )
                    )
            if changes:
                self._licences.bulk_write(changes, ordered=False)
            entered += len(changes)
            after = rows[-1]["_id"]
            yield entered
