"""Where compact copies, delegations and used codes are kept."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any, Final

import orjson
from bson import Binary
from pymongo import ASCENDING, DESCENDING
from pymongo.collection import Collection
from pymongo.database import Database
from pymongo.errors import DuplicateKeyError

from keys.envelope import WrappedKey
from wallet.accounts.account import Holder
from wallet.holdings.holding import SealedCopy
from wallet.showing.compact_copy import CompactCopy
from wallet.showing.delegated import CodeUse, Delegated

KEPT_AFTER_END: Final = timedelta(days=1)
"""How long a delegation that has ended is still known by name, to say "expired" rather than "unknown"."""

USES_KEPT: Final = timedelta(days=2)
"""How long a used code is remembered: a code serves for a minute, its delegation for a day."""

_Row = dict[str, Any]

TOLD_ONCE_WITHIN: Final = timedelta(minutes=10)
"""Pages that are loaded again and again on one phone are one line in the log."""


def as_kept(at: datetime) -> datetime:
    """The instant as the store gives it back: whole milliseconds."""
    return at.replace(microsecond=at.microsecond // 1000 * 1000)


class CompactStore:
    """Collection ``compact_copies``. Shard key: ``account_id`` hashed; every write names the account."""

    def __init__(self, database: Database[_Row]) -> None:
        self._copies: Collection[_Row] = database["compact_copies"]

    def ensure_indexes(self) -> None:
        """Make the indexes; a repeat changes nothing."""
        self._copies.create_index([("account_id", ASCENDING), ("holding_id", ASCENDING)])
        self._copies.create_index("expires_at", expireAfterSeconds=0)

    def replace(self, holder: Holder, holding_id: str, copies: Sequence[CompactCopy]) -> None:
        """Put these in the place of the copies of a licence (two durable writes)."""
        if copies:
            self._copies.insert_many([_copy_row(holder, copy) for copy in copies])
        kept = [copy.sealed.copy_id for copy in copies]
        self._copies.delete_many(
            {"account_id": holder.account_id, "holding_id": holding_id, "_id": {"$nin": kept}}
        )

    def newest(self, holder: Holder, at: datetime) -> Mapping[str, CompactCopy]:
        """The copy of each licence that was delegated longest ago: one read."""
        rows = self._copies.find({"account_id": holder.account_id, "expires_at": {"$gt": at}})
        found: dict[str, CompactCopy] = {}
        for row in rows.sort("used_at", DESCENDING):
            copy = _copy(holder, row)
            found[copy.holding_id] = copy
        return found

    def get(self, holder: Holder, copy_id: str) -> CompactCopy | None:
        """One copy; ``None`` when it is gone."""
        row = self._copies.find_one({"account_id": holder.account_id, "_id": copy_id})
        return None if row is None else _copy(holder, row)

    def mark_delegated(self, holder: Holder, copy_ids: Iterable[str], at: datetime) -> None:
        """Note that these were delegated now: the next day another copy takes its turn (one durable write)."""
        self._copies.update_many(
            {"account_id": holder.account_id, "_id": {"$in": list(copy_ids)}}, {"$set": {"used_at": at}}
        )

    def forget(self, holder: Holder, holding_id: str) -> None:
        """Remove the copies of a licence that left the wallet (one durable write)."""
        self._copies.delete_many({"account_id": holder.account_id, "holding_id": holding_id})


class DelegationStore:
    """Collection ``show_code_delegations``. Shard key: ``_id`` hashed, the digest of the delegation."""

    def __init__(self, database: Database[_Row]) -> None:
        self._delegations: Collection[_Row] = database["show_code_delegations"]

    def ensure_indexes(self) -> None:
        """Make the indexes; a repeat changes nothing."""
        self._delegations.create_index("account_id")
        self._delegations.create_index("session")
        self._delegations.create_index("purge_at", expireAfterSeconds=0)

    def add(self, delegations: Sequence[Delegated], phone: str, at: datetime) -> None:
        """Keep them before any phone has them (one durable write); ``phone`` is the thumbprint of its key."""
        self._delegations.insert_many(
            [
                {
                    "_id": one.digest,
                    "account_id": one.account_id,
                    "holding_id": one.holding_id,
                    "copy_id": one.copy_id,
                    "session": one.session,
                    "person_account_id": one.person_account_id,
                    "sealed_name": Binary(one.sealed_name),
                    "right_id": one.right_id,
                    "phone": phone,
                    "made_at": at,
                    "expires_at": one.expires_at,
                    "purge_at": one.expires_at + KEPT_AFTER_END,
                }
                for one in delegations
            ]
        )

    def was_told(self, delegations: Sequence[Delegated], phone: str, at: datetime) -> bool:
        """Whether the same phone got the same licences in the same session just before: one line in the log tells of both.

        Asked after they were added, and only earlier ones count: of several at once, the first is always told.
        """
        first = min(one.digest for one in delegations)
        earlier = self._delegations.find(
            {
                "session": {"$in": [one.session for one in delegations]},
                "phone": phone,
                "made_at": {"$gt": at - TOLD_ONCE_WITHIN, "$lte": at},
                "withdrawn_at": None,
            },
            {"holding_id": 1, "made_at": 1},
        )
        before = {row["holding_id"] for row in earlier if row["made_at"] < at or row["_id"] < first}
        return {one.holding_id for one in delegations} <= before

    def find(self, digest: str) -> Delegated | None:
        """The delegation with this digest; ``None`` when this wallet service made none, or long ago."""
        row = self._delegations.find_one({"_id": digest})
        if row is None:
            return None
        return Delegated(
            digest=row["_id"],
            account_id=row["account_id"],
            holding_id=row["holding_id"],
            copy_id=row["copy_id"],
            session=row["session"],
            person_account_id=row["person_account_id"],
            sealed_name=bytes(row["sealed_name"]),
            right_id=row["right_id"],
            expires_at=row["expires_at"],
            withdrawn_at=row.get("withdrawn_at"),
        )

    def withdraw_session(self, session: str, at: datetime) -> int:
        """Refuse from now on what a session had delegated (one durable write); answers how many."""
        changed = self._delegations.update_many(
            {"session": session, "withdrawn_at": None}, {"$set": {"withdrawn_at": at}}
        )
        return changed.modified_count


class CodeUseStore:
    """Collection ``show_code_uses``. Shard key: ``_id`` hashed, the name of the code: it can be used once."""

    def __init__(self, database: Database[_Row]) -> None:
        self._uses: Collection[_Row] = database["show_code_uses"]

    def ensure_indexes(self) -> None:
        """Make the indexes; a repeat changes nothing."""
        self._uses.create_index([("account_id", ASCENDING), ("at", ASCENDING)])
        self._uses.create_index("purge_at", expireAfterSeconds=0)

    def use(self, holder: Holder, use: CodeUse) -> bool:
        """Use a code (compare-and-set, one durable write); ``False`` when it was used before."""
        return self._insert(holder, use.code_id, use)

    def note_refusal(self, holder: Holder, use: CodeUse) -> None:
        """Note that somebody tried in vain, for the phone to tell (one durable write)."""
        self._insert(holder, f"refused {use.code_id} {use.at.timestamp()}", use)

    def after(self, holder: Holder, at: datetime, limit: int) -> Sequence[CodeUse]:
        """What happened to codes of a wallet after an instant, the oldest first: one read."""
        rows = self._uses.find({"account_id": holder.account_id, "at": {"$gt": at}})
        return [
            CodeUse(
                row["code_id"],
                row["at"],
                orjson.loads(holder.envelope.open(bytes(row["sealed"]), _use_context(row["code_id"]))),
            )
            for row in rows.sort("at", ASCENDING).limit(limit)
        ]

    def _insert(self, holder: Holder, row_id: str, use: CodeUse) -> bool:
        sealed = holder.envelope.seal(orjson.dumps(use.told), _use_context(use.code_id))
        try:
            self._uses.insert_one(
                {
                    "_id": row_id,
                    "code_id": use.code_id,
                    "account_id": holder.account_id,
                    "at": use.at,
                    "sealed": Binary(sealed),
                    "purge_at": use.at + USES_KEPT,
                }
            )
        except DuplicateKeyError:
            return False
        return True


def _copy_row(holder: Holder, copy: CompactCopy) -> _Row:
    sealed = copy.sealed
    return {
        "_id": sealed.copy_id,
        "account_id": holder.account_id,
        "holding_id": copy.holding_id,
        "sealed_identifier": Binary(
            holder.envelope.seal(copy.identifier.encode(), _identifier_context(sealed.copy_id))
        ),
        "wrapped_key": Binary(sealed.wrapped_key),
        "sealed_credential": Binary(sealed.sealed_credential),
        "sealed_key": Binary(sealed.sealed_key),
        "used_at": None,
        "expires_at": copy.expires_at,
    }


def _copy(holder: Holder, row: _Row) -> CompactCopy:
    identifier = holder.envelope.open(bytes(row["sealed_identifier"]), _identifier_context(row["_id"]))
    return CompactCopy(
        row["holding_id"],
        SealedCopy(
            copy_id=row["_id"],
            wrapped_key=WrappedKey(bytes(row["wrapped_key"])),
            sealed_credential=bytes(row["sealed_credential"]),
            sealed_key=bytes(row["sealed_key"]),
            used_at=row.get("used_at"),
        ),
        identifier.decode(),
        row["expires_at"],
    )


def _identifier_context(copy_id: str) -> str:
    return f"compact copy {copy_id} identifier"


def _use_context(code_id: str) -> str:
    return f"show code use {code_id}"
