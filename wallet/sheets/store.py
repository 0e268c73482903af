"""Where printed sheets are kept."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any, Final

import orjson
from bson import Binary
from pymongo import ASCENDING, DESCENDING
from pymongo.collection import Collection
from pymongo.database import Database

from wallet.accounts.account import Holder
from wallet.sheets.sheet import Sheet, parse_sealed

KEPT_AFTER_END: Final = timedelta(days=365)
MOST: Final = 200
"""Sheets shown of one wallet."""

_USES_KEPT: Final = 50
_Row = dict[str, Any]


class SheetStore:
    """Collection ``sheets``. Shard key: ``_id`` hashed, the id that is printed on the sheet."""

    def __init__(self, database: Database[_Row]) -> None:
        self._sheets: Collection[_Row] = database["sheets"]

    def ensure_indexes(self) -> None:
        """Make the indexes; a repeat changes nothing."""
        self._sheets.create_index([("account_id", ASCENDING), ("made_at", DESCENDING)])
        self._sheets.create_index("purge_at", expireAfterSeconds=0)

    def add(self, holder: Holder, sheet: Sheet) -> None:
        """Keep a sheet before anybody can print it (one durable write)."""
        sealed = holder.envelope.seal(orjson.dumps(sheet.sealed_json()), _context(sheet.sheet_id))
        self._sheets.insert_one(
            {
                "_id": sheet.sheet_id,
                "account_id": holder.account_id,
                "holding_id": sheet.holding_id,
                "sealed": Binary(sealed),
                "not_before": sheet.not_before,
                "expires_at": sheet.expires_at,
                "made_at": sheet.made_at,
                "right_id": sheet.right_id,
                "purge_at": sheet.expires_at + KEPT_AFTER_END,
            }
        )

    def all_of(self, holder: Holder) -> Sequence[Sheet]:
        """The sheets of a wallet, newest first."""
        rows = self._sheets.find({"account_id": holder.account_id}).sort("made_at", DESCENDING).limit(MOST)
        return [_sheet(holder, row) for row in rows]

    def made_under(self, holder: Holder, right_id: str) -> Sequence[Sheet]:
        """The sheets of a wallet that were made under a right and not withdrawn."""
        rows = self._sheets.find(
            {"account_id": holder.account_id, "right_id": right_id, "withdrawn_at": None}
        )
        return [_sheet(holder, row) for row in rows]

    def get(self, holder: Holder, sheet_id: str) -> Sheet | None:
        """One sheet of this wallet."""
        row = self._sheets.find_one({"_id": sheet_id, "account_id": holder.account_id})
        return None if row is None else _sheet(holder, row)

    def account_of(self, sheet_id: str) -> str | None:
        """Whose wallet made the sheet with this id."""
        row = self._sheets.find_one({"_id": sheet_id}, {"account_id": 1})
        return None if row is None else str(row["account_id"])

    def withdraw(self, holder: Holder, sheet_id: str, at: datetime) -> bool:
        """Withdraw a sheet (compare-and-set, one durable write); ``False`` when it was withdrawn before."""
        changed = self._sheets.update_one(
            {"_id": sheet_id, "account_id": holder.account_id, "withdrawn_at": None},
            {"$set": {"withdrawn_at": at}},
        )
        return bool(changed.modified_count)

    def note_use(self, holder: Holder, sheet_id: str, at: datetime) -> bool:
        """Note a use of a sheet that was not withdrawn (compare-and-set, one durable write)."""
        changed = self._sheets.update_one(
            {"_id": sheet_id, "account_id": holder.account_id, "withdrawn_at": None},
            {"$push": {"used_at": {"$each": [at], "$slice": -_USES_KEPT}}},
        )
        return bool(changed.modified_count)


def _sheet(holder: Holder, row: _Row) -> Sheet:
    plain = holder.envelope.open(bytes(row["sealed"]), _context(row["_id"]))
    return Sheet(
        sheet_id=row["_id"],
        account_id=row["account_id"],
        holding_id=row["holding_id"],
        not_before=row["not_before"],
        expires_at=row["expires_at"],
        made_at=row["made_at"],
        right_id=row.get("right_id"),
        withdrawn_at=row.get("withdrawn_at"),
        used_at=tuple(row.get("used_at", ())),
        **parse_sealed(orjson.loads(plain)),
    )


def _context(sheet_id: str) -> str:
    return f"sheet {sheet_id}"
