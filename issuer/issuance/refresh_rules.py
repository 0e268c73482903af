"""Which licence types an authority does not refresh: their holders come by for every copy.

Collection ``issuance_refresh_rules``, one row for an authority with such types. Shard key ``_id``, its USCC.
"""

from __future__ import annotations

from typing import Any

from pymongo.collection import Collection
from pymongo.database import Database


class RefreshRules:
    """The rules of one issuer node; without a row every type is refreshed."""

    def __init__(self, database: Database[dict[str, Any]]) -> None:
        self._rules: Collection[dict[str, Any]] = database["issuance_refresh_rules"]

    def forbidden(self, authority: str) -> frozenset[str]:
        """Codes of the types that the authority does not refresh."""
        row = self._rules.find_one({"_id": authority})
        return frozenset() if row is None else frozenset(row["forbidden"])

    def forbid(self, authority: str, type_code: str) -> None:
        """Refresh the type no more (one durable write); in force within two seconds, for tokens given out too."""
        self._rules.update_one({"_id": authority}, {"$addToSet": {"forbidden": type_code}}, upsert=True)

    def allow(self, authority: str, type_code: str) -> None:
        """Refresh the type again (one durable write)."""
        self._rules.update_one({"_id": authority}, {"$pull": {"forbidden": type_code}})
