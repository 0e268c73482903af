"""What became of the offers of a licence: read for the pages of the authority's staff, never on the way to a wallet.

Reads ``issuance_offers`` (``issuer.issuance.store``, ``issuer.issuance.refresh_store``). A row stays until a day after the
last thing that it allows; the copies that came of it are kept longer (``issuer.status.store``).
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from pymongo import ASCENDING, IndexModel
from pymongo.database import Database

from standards.openid4vci import NotificationEvent

_Row = dict[str, Any]
_MOST = 200


@dataclass(frozen=True, slots=True)
class Told:
    """What a wallet told of an issuance, and when."""

    event: NotificationEvent
    at: datetime


@dataclass(frozen=True, slots=True)
class MadeOfferRecord:
    """An offer as it stands.

    Attributes:
        reference: names it, and the copies that came of it.
        holder: keyed hash of the holder for whom it was made.
        has_tx_code: whether a transaction code was told.
        is_redeemed: whether a wallet took it up.
        expires_at: until when it could be.
        told: the last that the wallet told, or ``None``.
        refreshed_at: when the wallet last asked for newer copies by itself, or ``None``.
        refresh_ended: whether it cannot ask any more, though it once could.
    """

    reference: str
    holder: str
    has_tx_code: bool
    is_redeemed: bool
    expires_at: datetime
    told: Told | None
    refreshed_at: datetime | None
    refresh_ended: bool


class MadeOffers:
    """The offers of one issuer node, by licence."""

    def __init__(self, database: Database[_Row]) -> None:
        self._offers = database["issuance_offers"]

    def ensure_indexes(self) -> None:
        """Create the index that is missing; safe to repeat."""
        self._offers.create_indexes([IndexModel([("licence", ASCENDING)], name="licence")])

    def of(self, licence: str, references: Collection[str]) -> tuple[MadeOfferRecord, ...]:
        """The offers of a licence version, and those of ``references``, which may lead to a later version by now."""
        query = {"$or": [{"licence": licence}, {"_id": {"$in": sorted(references)}}]}
        return tuple(_record(row) for row in self._offers.find(query).limit(_MOST))


def _record(row: _Row) -> MadeOfferRecord:
    refresh = row.get("refresh") or {}
    told = [*row.get("issuances", {}).values(), *([refresh["told"]] if "told" in refresh else [])]
    last = max(told, key=lambda one: one["told_at"], default=None)
    return MadeOfferRecord(
        reference=row["_id"],
        holder=row["holder"],
        has_tx_code=row["tx_code"] is not None,
        is_redeemed=row["state"] == "redeemed",
        expires_at=row["expires_at"],
        told=None if last is None else Told(NotificationEvent(last["event"]), last["told_at"]),
        refreshed_at=refresh["rotated_at"] if refresh.get("generation", 0) > 0 else None,
        refresh_ended=refresh.get("ended") is not None,
    )
