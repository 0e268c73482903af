"""Finding holders among the library's licences, many at a time: the library as a register of persons and entities."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

from pymongo.database import Database

from keys.lookup import LookupKey


class LicenceHolders:
    """Who holds a licence of a type on this node."""

    def __init__(self, database: Database[dict[str, Any]], lookup: LookupKey) -> None:
        self._licences = database["licences"]
        self._lookup = lookup

    def known(
        self, authorities: Collection[str], type_code: str, code_type: str, numbers: Collection[str]
    ) -> frozenset[str]:
        """Those of ``numbers`` that hold, or held, a licence of the type from one of these authorities.

        One read of the index on authority, holder and type for all numbers together.
        """
        hashes = {
            candidate: number
            for number in numbers
            for candidate in self._lookup.candidates(code_type, number)
        }
        found = self._licences.find(
            {"authority": {"$in": sorted(authorities)}, "holders": {"$in": list(hashes)}, "type": type_code},
            {"holders": 1, "_id": 0},
        )
        return frozenset(hashes[one] for row in found for one in row["holders"] if one in hashes)
