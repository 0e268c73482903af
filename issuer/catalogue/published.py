"""What the store holds of the catalogue, as readers need it: published versions, withdrawals, metadata documents."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, ClassVar

from pymongo.database import Database
from pymongo.errors import BulkWriteError

from issuer.catalogue.documents import DOCUMENTS, TYPES, WITHDRAWALS
from standards.licence_types import LicenceType, parse_licence_type

_Row = dict[str, Any]
_DUPLICATE_KEY = 11000


@dataclass(frozen=True, slots=True)
class TypesInStore:
    """What was read.

    Attributes:
        types: the published versions, by vct.
        withdrawn: codes of types of which no new licence is issued.
        documents: the type metadata as first published, by vct.
    """

    types: Mapping[str, LicenceType] = field(default_factory=dict)
    withdrawn: frozenset[str] = frozenset()
    documents: Mapping[str, bytes] = field(default_factory=dict)

    NONE: ClassVar[TypesInStore]


TypesInStore.NONE = TypesInStore()


class PublishedTypes:
    """Reads the published part of the catalogue. What was published never changes, so only new rows are read."""

    def __init__(self, database: Database[_Row]) -> None:
        self._types = database[TYPES]
        self._withdrawals = database[WITHDRAWALS]
        self._documents = database[DOCUMENTS]

    def record_documents(self, documents: Mapping[str, bytes]) -> None:
        """Keep the metadata of versions that have none yet; one that is there stays as it is.

        A later release may describe a type in more words; credentials that were issued before go on naming the
        document of their day.
        """
        known = {row["_id"] for row in self._documents.find({"_id": {"$in": list(documents)}}, {"_id": 1})}
        new = [{"_id": vct, "document": content} for vct, content in documents.items() if vct not in known]
        if not new:
            return
        try:
            self._documents.insert_many(new, ordered=False)
        except BulkWriteError as error:
            # Another process starts at the same time and was first.
            if any(one["code"] != _DUPLICATE_KEY for one in error.details["writeErrors"]):
                raise

    def read(self, seen: TypesInStore) -> TypesInStore:
        """What there is now; ``seen`` itself when nothing is new."""
        vcts = {str(row["_id"]) for row in self._types.find({"state": "published"}, {"_id": 1})}
        withdrawn = frozenset(
            str(row["_id"]) for row in self._withdrawals.find({"state": "done"}, {"_id": 1})
        )
        if seen.documents and vcts == set(seen.types) and withdrawn == seen.withdrawn:
            return seen
        missing = sorted(vcts - set(seen.types))
        fresh = {
            str(row["_id"]): parse_licence_type(row["published"].encode("utf-8"), file_name=str(row["_id"]))
            for row in self._types.find({"_id": {"$in": missing}}, {"published": 1})
        }
        documents = {str(row["_id"]): bytes(row["document"]) for row in self._documents.find({})}
        return TypesInStore({**seen.types, **fresh}, withdrawn, documents)
