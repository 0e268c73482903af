"""The rows of licences as refreshing needs them: whose turn it is, one refresher at a time, and the change as a whole.

Works on the collection ``holdings`` (``wallet.holdings.store``). Shard key: ``account_id`` hashed; only the question
whose turn it is goes to all shards, once per round.
"""

from __future__ import annotations

import secrets
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any, Final

from bson import Binary
from pymongo import ASCENDING, UpdateOne
from pymongo.client_session import ClientSession
from pymongo.collection import Collection
from pymongo.database import Database

from keys.envelope import WrappedKey
from wallet.accounts.account import Holder
from wallet.history.entry import Entry
from wallet.history.store import in_transaction, insert_line
from wallet.holdings.holding import Holding, SealedCopy
from wallet.holdings.renewal import Renewal
from wallet.holdings.sealing import open_face, open_renewal, seal_face, seal_renewal
from wallet.holdings.store import copy_documents

LEASE: Final = timedelta(minutes=2)
"""How long one attempt may talk to the issuer; longer than all of its time-outs together."""

_GLIMPSE: Final = {"account_id": 1, "sealed_face": 1, "sealed_renewal": 1, "copies.used_at": 1}
_NEVER: Final = datetime(1970, 1, 1, tzinfo=UTC)
_NO_KEY: Final = WrappedKey(b"")

_Row = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Turn:
    """A licence whose turn it is to be looked at."""

    account_id: str
    holding_id: str


@dataclass(frozen=True, slots=True)
class Glimpse:
    """A licence as far as it has to be read to be looked at, still sealed.

    Attributes:
        turn: which one.
        sealed_face, sealed_renewal: as stored.
        used_at: of each copy, when it was first seen, or ``None``; what the copies hold stays in the store.
    """

    turn: Turn
    sealed_face: bytes
    sealed_renewal: bytes
    used_at: tuple[datetime | None, ...]

    def open(self, holder: Holder) -> Holding:
        """The licence with empty copies; raises ``SealedDataError`` for another holder's."""
        holding_id = self.turn.holding_id
        return Holding(
            holding_id,
            open_face(holder, holding_id, self.sealed_face),
            _NEVER,
            tuple(SealedCopy("", _NO_KEY, b"", b"", used_at) for used_at in self.used_at),
            renewal=open_renewal(holder, holding_id, self.sealed_renewal),
        )


class ClaimLostError(Exception):
    """The lease of a refresh ran out and another took over, or the licence was taken out; nothing was written."""


class RefreshStore:
    """The licences of all wallets of a node, as far as they are refreshed."""

    def __init__(self, database: Database[_Row]) -> None:
        self._database = database
        self._holdings: Collection[_Row] = database["holdings"]

    def due(self, at: datetime, limit: int) -> Sequence[Glimpse]:
        """Licences in wallets whose turn has come, the longest overdue first: one read."""
        rows = self._holdings.find(
            {"look_at": {"$lte": at}, "removed_at": None}, _GLIMPSE, sort=[("look_at", ASCENDING)]
        )
        return [
            Glimpse(
                Turn(row["account_id"], row["_id"]),
                row["sealed_face"],
                row["sealed_renewal"],
                tuple(copy.get("used_at") for copy in row["copies"]),
            )
            for row in rows.limit(limit)
        ]

    def look_again(self, turns: Mapping[Turn, datetime]) -> None:
        """Say when each is looked at next: one write for all."""
        if turns:
            self._holdings.bulk_write(
                [
                    UpdateOne(
                        {"account_id": turn.account_id, "_id": turn.holding_id},
                        {"$set": {"look_at": next_at}},
                    )
                    for turn, next_at in turns.items()
                ],
                ordered=False,
            )

    def claim(self, account_id: str, holding_id: str, at: datetime) -> str | None:
        """Begin to refresh (compare-and-set, one durable write); ``None`` when another is at it."""
        claim = secrets.token_urlsafe(12)
        changed = self._holdings.update_one(
            {
                "account_id": account_id,
                "_id": holding_id,
                "removed_at": None,
                "$or": [{"claimed_until": None}, {"claimed_until": {"$lte": at}}],
            },
            {"$set": {"claim": claim, "claimed_until": at + LEASE}},
        )
        return claim if changed.matched_count else None

    def keep(self, holder: Holder, holding_id: str, claim: str, renewal: Renewal) -> None:
        """Keep how a licence stays current, in the middle of a refresh (one durable write).

        Raises:
            ClaimLostError: another has taken over.
        """
        sealed = Binary(seal_renewal(holder, holding_id, renewal))
        changed = self._holdings.update_one(
            {"account_id": holder.account_id, "_id": holding_id, "claim": claim},
            {"$set": {"sealed_renewal": sealed}},
        )
        if not changed.matched_count:
            raise ClaimLostError

    def release(self, account_id: str, holding_id: str, claim: str, look_at: datetime) -> None:
        """The attempt brought nothing; another may follow at ``look_at`` (one durable write)."""
        self._holdings.update_one(
            {"account_id": account_id, "_id": holding_id, "claim": claim},
            {"$set": {"look_at": look_at}, "$unset": {"claim": "", "claimed_until": ""}},
        )

    def want_uses(self, account_id: str, at: datetime, every: timedelta) -> int:
        """Let the issuers of an account's licences be asked who looked at them, unless they were lately; how many."""
        rested = {"$or": [{"uses_asked_at": None}, {"uses_asked_at": {"$lte": at - every}}]}
        wanted = {"account_id": account_id, "removed_at": None, "uses_wanted_at": None, **rested}
        return self._holdings.update_many(wanted, {"$set": {"uses_wanted_at": at}}).modified_count

    def uses_wanted(self, limit: int) -> Sequence[Turn]:
        """Licences whose issuers are to be asked, the longest waiting first: one read of all shards."""
        rows = self._holdings.find(
            {"uses_wanted_at": {"$ne": None}, "removed_at": None},
            {"account_id": 1},
            sort=[("uses_wanted_at", ASCENDING)],
        )
        return [Turn(row["account_id"], row["_id"]) for row in rows.limit(limit)]

    def uses_asked(self, turn: Turn, at: datetime) -> None:
        """Its issuer is asked now (one durable write)."""
        self._holdings.update_one(
            {"account_id": turn.account_id, "_id": turn.holding_id},
            {"$set": {"uses_asked_at": at}, "$unset": {"uses_wanted_at": ""}},
        )

    def let_go(self, account_id: str, holding_id: str, claim: str) -> None:
        """Nothing was refreshed; everything stays as it is (one durable write)."""
        self._holdings.update_one(
            {"account_id": account_id, "_id": holding_id, "claim": claim},
            {"$unset": {"claim": "", "claimed_until": ""}},
        )

    def finish(
        self,
        holder: Holder,
        holding: Holding,
        claim: str,
        *,
        reference: str | None,
        entry: Entry | None,
        look_at: datetime | None,
    ) -> None:
        """The licence as it is now, and the line in the log, in one transaction: all or nothing.

        Args:
            holder: whose wallet.
            holding: the licence after the refresh.
            claim: of this attempt.
            reference: keyed hash of the new face's reference when face and copies are new; ``None`` leaves them.
            entry: the line of the log, or ``None``.
            look_at: when to look again; ``None`` when there is nothing to ask with any more.

        Raises:
            ClaimLostError: another has taken over, or the licence was taken out; nothing was written.
        """
        account_id, holding_id = holder.account_id, holding.holding_id
        values: _Row = {"sealed_renewal": Binary(seal_renewal(holder, holding_id, holding.renewal))}
        if reference is not None:
            values["reference"] = reference
            values["sealed_face"] = Binary(seal_face(holder, holding_id, holding.face))
            values["copies"] = [copy.to_mongo() for copy in copy_documents(holding)]
        gone = {"claim": "", "claimed_until": ""}
        if look_at is None:
            gone["look_at"] = ""
        else:
            values["look_at"] = look_at

        def change(session: ClientSession) -> None:
            # May run more than once; each run starts from nothing.
            if reference is not None:
                # The same version may have been received by an offer meanwhile: the licence keeps its history instead.
                self._holdings.delete_one(
                    {"account_id": account_id, "reference": reference, "_id": {"$ne": holding_id}},
                    session=session,
                )
            changed = self._holdings.update_one(
                {"account_id": account_id, "_id": holding_id, "claim": claim, "removed_at": None},
                {"$set": values, "$unset": gone},
                session=session,
            )
            if not changed.matched_count:
                raise ClaimLostError
            if entry is not None:
                insert_line(holder, entry, self._database, session)

        in_transaction(self._database.client, change)
