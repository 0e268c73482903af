"""What is kept of a family of refresh tokens: a part of the row of the offer that began it, so that it costs no write.

Collection ``issuance_offers``, member ``refresh`` of a redeemed offer; the shard key is the offer's, ``_id``. Beside it
``licence``, ``configuration`` and ``holder`` of the row tell what the family is good for, ``serves_until`` how long the
first access token is, and ``delete_at`` when the family ends by lying idle.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any, Final

from pymongo.collection import Collection
from pymongo.database import Database

from issuer.issuance.refresh_tokens import REFRESH_LIFETIME, RefreshToken
from issuer.library.store import LicenceStore
from keys.lookup import LookupKey
from service.clock import Clock
from service.store.sealed_rows import SealedRows
from standards.openid4vci import NotificationEvent
from standards.text import Text

_DAY: Final = timedelta(days=1)
_READ: Final = {"authority": 1, "licence": 1, "holder": 1, "refresh": 1, "delete_at": 1}

_Row = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Family:
    """A family of refresh tokens as it stands.

    Attributes:
        reference: of the offer that began it.
        authority: USCC of the issuing authority.
        licence: identifier of the version that was last granted.
        holder: keyed hash of the holder's code type and number.
        jkt: thumbprint of the DPoP key to which every token of it is bound.
        hash, generation: of the token that is good.
        before: hash of the token before, or ``None``.
        rotated_at: when that one was exchanged.
        proof: hash of the DPoP proof with which it was.
        day, count: refreshes since the beginning of a day.
        ended: why it ended, or ``None``.
    """

    reference: str
    authority: str
    licence: str
    holder: str
    jkt: str
    hash: str
    generation: int
    before: str | None
    rotated_at: datetime
    proof: str
    day: datetime
    count: int
    ended: str | None


def new_family(token: RefreshToken, jkt: str, *, token_expires_at: datetime, at: datetime) -> _Row:
    """Members to set in the offer's row in the very write that redeems it."""
    return {
        "refresh": {
            "hash": token.hash,
            "generation": token.generation,
            "jkt": jkt,
            "before": None,
            "rotated_at": at,
            "proof": "",
            "day": at,
            "count": 0,
            "ended": None,
        },
        "serves_until": token_expires_at,
        "delete_at": at + REFRESH_LIFETIME,
    }


class RefreshStore:
    """The families of one issuer node."""

    def __init__(self, database: Database[_Row]) -> None:
        self._offers: Collection[_Row] = database["issuance_offers"]

    def find(self, reference: str, authority: str, *, at: datetime) -> Family | None:
        """The family of this reference, or ``None``; the TTL index may be late, so its end is compared too."""
        row = self._offers.find_one(
            {"_id": reference, "authority": authority, "refresh": {"$exists": True}}, _READ
        )
        if row is None or _utc(row["delete_at"]) <= at:
            return None
        kept = row["refresh"]
        return Family(
            reference=row["_id"],
            authority=row["authority"],
            licence=row["licence"],
            holder=row["holder"],
            jkt=kept["jkt"],
            hash=kept["hash"],
            generation=kept["generation"],
            before=kept["before"],
            rotated_at=_utc(kept["rotated_at"]),
            proof=kept["proof"],
            day=_utc(kept["day"]),
            count=kept["count"],
            ended=kept["ended"],
        )

    def begin(self, reference: str, family: _Row) -> bool:
        """Begin the family of a grant that came by an authorisation (one durable write).

        A repeat, because an answer was lost, begins it anew as long as no token of it was exchanged.

        Returns:
            ``False`` when one was, or when the grant was withdrawn.
        """
        result = self._offers.update_one(
            {
                "_id": reference,
                "state": "redeemed",
                "$or": [{"refresh": {"$exists": False}}, {"refresh.generation": 0, "refresh.ended": None}],
            },
            {"$set": family},
        )
        return result.matched_count == 1

    def rotate(self, family: Family, token: RefreshToken, *, licence: str, proof: str, at: datetime) -> bool:
        """Let ``token`` take the place of the family's (compare-and-set, one durable write).

        A token of the same generation takes the place of one whose answer was lost; the token before stays the same.

        Returns:
            ``False`` when another request was first; nothing was written.
        """
        again = token.generation == family.generation
        new_day = not timedelta(0) <= at - family.day < _DAY
        changed = self._offers.update_one(
            {"_id": family.reference, "refresh.hash": family.hash, "refresh.ended": None},
            {
                "$set": {
                    "licence": licence,
                    "delete_at": at + REFRESH_LIFETIME,
                    "refresh.hash": token.hash,
                    "refresh.generation": token.generation,
                    "refresh.before": family.before if again else family.hash,
                    "refresh.rotated_at": family.rotated_at if again else at,
                    "refresh.proof": proof,
                    "refresh.day": at if new_day else family.day,
                    "refresh.count": 1 if new_day else family.count + 1,
                }
            },
        )
        return changed.matched_count == 1

    def end(self, family: Family, why: str) -> None:
        """No token of the family is good any more (one durable write); the first reason stays."""
        self._offers.update_one(
            {"_id": family.reference, "refresh.ended": None}, {"$set": {"refresh.ended": why}}
        )

    def note_event(self, reference: str, issuance: str, event: NotificationEvent, at: datetime) -> None:
        """Keep what a wallet told of its latest refresh (one durable write)."""
        self._offers.update_one(
            {"_id": reference, "refresh": {"$exists": True}},
            {"$set": {"refresh.told": {"issuance": issuance, "event": event.value, "told_at": at}}},
        )

    def sealed_rows(self, lookup: LookupKey, licences: LicenceStore, clock: Clock) -> SealedRows:
        """Families outlive a master key: their holder's hash is made anew from the licence, which knows its holders.

        A row whose first access token still serves waits: that token is under the older key, and soon over.
        """

        def renewed(row: _Row) -> _Row:
            kept = row.get("refresh")
            if kept is None or kept["ended"] is not None or not lookup.is_older(row["holder"]):
                return {}
            if _utc(row["serves_until"]) > clock.now():
                return {}
            licence = licences.find(row["licence"], row["authority"])
            for holder in () if licence is None else licence.holders:
                if row["holder"] in lookup.candidates(holder.code_type, holder.number):
                    return {"holder": lookup.lookup(holder.code_type, holder.number)}
            # Nobody holds it any more for whom it was made: nothing could come of the family.
            return {"refresh.ended": "holder_changed"}

        return SealedRows(
            Text("证照更新授权", "grants to refresh licences"),
            self._offers,
            ("authority", "licence", "holder", "refresh", "serves_until"),
            renewed,
        )


def _utc(value: datetime) -> datetime:
    return value if value.tzinfo is not None else value.replace(tzinfo=UTC)
