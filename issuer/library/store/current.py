"""Reading many licences at once, each in its newest version; and counting those in force."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any, Final

from pymongo.database import Database

from issuer.library.licence import Licence
from issuer.library.lifecycle import LIVE
from issuer.library.record_document import RecordSeal, number_candidates, of_document

_MOST_VERSIONS: Final = 999
"""A chain of versions cannot be longer (GB/T 36904: three digits)."""


class CurrentLicences:
    """The licences of this node as they are now."""

    def __init__(self, database: Database[dict[str, Any]], seal: RecordSeal) -> None:
        self._licences = database["licences"]
        self._seal = seal

    def of(self, authority: str, identifiers: Collection[str]) -> dict[str, Licence]:
        """Identifier, of whatever version → the newest version of that licence, as far as the authority gave them.

        One read for all, and one more for each generation of versions since the ones that were named.
        """
        newest: dict[str, Licence] = {}
        asked = {identifier: identifier for identifier in identifiers}
        for _ in range(_MOST_VERSIONS):
            if not asked:
                break
            query = {"authority": authority, "_id": {"$in": sorted(set(asked.values()))}}
            read = {row["_id"]: of_document(row, self._seal) for row in self._licences.find(query)}
            following: dict[str, str] = {}
            for name, looked_for in asked.items():
                licence = read.get(looked_for)
                if licence is None:
                    continue
                newest[name] = licence
                if licence.superseded_by is not None:
                    following[name] = licence.superseded_by
            asked = following
        return newest

    def versions(self, authority: str, identifiers: Collection[str]) -> dict[str, Licence]:
        """Identifier → that very version, as far as the authority gave it; one read for all."""
        query = {"authority": authority, "_id": {"$in": sorted(identifiers)}}
        return {row["_id"]: of_document(row, self._seal) for row in self._licences.find(query)}

    def of_numbers(
        self, authority: str, numbers: Collection[tuple[str, str]]
    ) -> dict[tuple[str, str], tuple[Licence, ...]]:
        """(type code, printed number) → the newest versions of the authority's licences with it.

        Usually one. Where a number was given again after a licence ended, only those in force are answered, if any.
        One read of the index on authority and number for all together.
        """
        hashes = {
            candidate: number
            for _, number in numbers
            for candidate in number_candidates(self._seal.lookup, number)
        }
        query = {"authority": authority, "number": {"$in": sorted(hashes)}, "superseded_by": None}
        found: dict[tuple[str, str], list[Licence]] = {}
        for row in self._licences.find(query):
            found.setdefault((row["type"], hashes[row["number"]]), []).append(of_document(row, self._seal))
        return {
            key: tuple(one for one in licences if one.state in LIVE) or tuple(licences)
            for key, licences in found.items()
            if key in numbers
        }

    def count_in_force(self, authority: str, type_code: str) -> int:
        """How many licences of a type are in force or can come back to it, as decided."""
        states = sorted(state.value for state in LIVE)
        return self._licences.count_documents(
            {"authority": authority, "type": type_code, "state": {"$in": states}}
        )
