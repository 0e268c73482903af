"""Where offers, grants and used nonces are kept; every single use is one compare-and-set.

Collections, each with its shard key:

* ``issuance_offers``: one row for an offer and the grant that comes of it. Shard key and only unique key ``_id``, the
  offer's reference. Rows go by TTL a day after the last thing that they allow has ended.
* ``issuance_used_nonces``: one row for a nonce that was used. Shard key ``_id``, the nonce. Rows go by TTL when the
  nonce itself has expired; from then on its MAC refuses it.
"""

from __future__ import annotations

from collections.abc import Collection as Many
from datetime import datetime, timedelta
from typing import Any, Final

from pymongo import ASCENDING, IndexModel, ReturnDocument
from pymongo.collection import Collection
from pymongo.database import Database
from pymongo.errors import BulkWriteError, DuplicateKeyError

from issuer.issuance.offer import REQUESTS_PER_TOKEN, TX_CODE_TRIES, Grant, NewOffer
from standards.openid4vci import FreshNonce, NotificationEvent

_KEPT_AFTER: Final = timedelta(days=1)
_DUPLICATE_KEY: Final = 11000
_OFFERED: Final = "offered"
_REDEEMED: Final = "redeemed"

_Row = dict[str, Any]


class OfferStore:
    """Offers and grants of one issuer node."""

    def __init__(self, database: Database[_Row]) -> None:
        self._offers: Collection[_Row] = database["issuance_offers"]

    def ensure_indexes(self) -> None:
        """Create the indexes that are missing; safe to repeat."""
        self._offers.create_indexes(
            [IndexModel([("delete_at", ASCENDING)], name="expiry", expireAfterSeconds=0)]
        )

    def insert(self, offer: NewOffer) -> None:
        """Keep a new offer: one durable write."""
        self._offers.insert_one(
            {
                "_id": offer.reference,
                "authority": offer.authority,
                "licence": offer.licence,
                "configuration": offer.configuration_id,
                "holder": offer.holder,
                "tx_code": offer.tx_code_hash,
                "tries_left": TX_CODE_TRIES,
                "state": _OFFERED,
                "expires_at": offer.expires_at,
                "delete_at": offer.expires_at + _KEPT_AFTER,
            }
        )

    def find_open(self, reference: str, authority: str, *, at: datetime) -> NewOffer | None:
        """The offer of this reference while nobody has redeemed it, or ``None``."""
        row = self._offers.find_one({"_id": reference, **_open(authority, at)})
        if row is None:
            return None
        return NewOffer(
            reference,
            row["authority"],
            row["licence"],
            row["configuration"],
            row["holder"],
            row["tx_code"],
            row["expires_at"],
        )

    def redeem(
        self, reference: str, authority: str, *, jkt: str | None, token_expires_at: datetime, at: datetime
    ) -> bool:
        """Redeem an offer without transaction code: of several at once exactly one gets ``True``. One durable write."""
        changed = self._offers.update_one(
            {"_id": reference, "tx_code": None, **_open(authority, at)},
            {"$set": _redemption(jkt, token_expires_at)},
        )
        return changed.modified_count == 1

    def redeem_with_tx_code(
        self,
        reference: str,
        authority: str,
        tx_code_hash: str,
        *,
        jkt: str | None,
        token_expires_at: datetime,
        at: datetime,
    ) -> int | None:
        """Redeem an offer by its transaction code, or use up one try: one durable write, whichever it is.

        Comparing and counting are one step in the store, so that tries made at once are counted too.

        Returns:
            -1 when it was redeemed, the tries left when the code was wrong, ``None`` when the offer is closed.
        """
        right = {"$eq": ["$tx_code", tx_code_hash]}
        redemption = _redemption(jkt, token_expires_at)
        row = self._offers.find_one_and_update(
            {"_id": reference, "tx_code": {"$ne": None}, "tries_left": {"$gt": 0}, **_open(authority, at)},
            [
                {
                    "$set": {
                        **{
                            name: {"$cond": [right, {"$literal": value}, f"${name}"]}
                            for name, value in redemption.items()
                        },
                        "tries_left": {"$cond": [right, "$tries_left", {"$subtract": ["$tries_left", 1]}]},
                    }
                }
            ],
            projection={"state": 1, "tries_left": 1},
            return_document=ReturnDocument.AFTER,
        )
        if row is None:
            return None
        return -1 if row["state"] == _REDEEMED else int(row["tries_left"])

    def find_grant(self, reference: str) -> Grant | None:
        """The grant of a redeemed offer, or ``None``; whether it has expired is for the caller to say."""
        row = self._offers.find_one({"_id": reference, "state": _REDEEMED})
        if row is None:
            return None
        return Grant(
            reference,
            row["authority"],
            row["licence"],
            row["configuration"],
            row["holder"],
            row["jkt"],
            row["token_expires_at"],
        )

    def use_grant(self, reference: str, notification_id: str) -> bool:
        """Count one issuance under a grant, unless all are used up. One durable write."""
        changed = self._offers.update_one(
            {"_id": reference, "state": _REDEEMED, "requests_left": {"$gt": 0}},
            {
                "$inc": {"requests_left": -1},
                "$push": {"issuances": {"id": notification_id, "event": None}},
            },
        )
        return changed.modified_count == 1

    def note_event(
        self, reference: str, notification_id: str, event: NotificationEvent, at: datetime
    ) -> bool:
        """Keep what a wallet told of an issuance; a repeat changes nothing. ``False`` when there is no such issuance."""
        changed = self._offers.update_one(
            {"_id": reference, "issuances.id": notification_id},
            {"$set": {"issuances.$.event": event.value, "issuances.$.told_at": at}},
        )
        return changed.matched_count == 1


class NonceStore:
    """Nonces that were used: making one costs nothing, using one is a unique insert."""

    def __init__(self, database: Database[_Row]) -> None:
        self._used: Collection[_Row] = database["issuance_used_nonces"]

    def ensure_indexes(self) -> None:
        """Create the index that is missing; safe to repeat."""
        self._used.create_indexes(
            [IndexModel([("expires_at", ASCENDING)], name="expiry", expireAfterSeconds=0)]
        )

    def use(self, nonces: Many[FreshNonce]) -> bool:
        """Use fresh nonces; of several at once exactly one gets ``True``. One durable write."""
        rows = [{"_id": nonce.value, "expires_at": nonce.expires_at} for nonce in nonces]
        try:
            if len(rows) == 1:
                self._used.insert_one(rows[0])
            else:
                self._used.insert_many(rows, ordered=False)
        except DuplicateKeyError:
            return False
        except BulkWriteError as error:
            if any(failure["code"] != _DUPLICATE_KEY for failure in error.details["writeErrors"]):
                raise
            return False
        return True


def _open(authority: str, at: datetime) -> _Row:
    """What holds of an offer that can be redeemed: the TTL index may be late, so its end is compared too."""
    return {"authority": authority, "state": _OFFERED, "expires_at": {"$gt": at}}


def _redemption(jkt: str | None, token_expires_at: datetime) -> _Row:
    return {
        "state": _REDEEMED,
        "jkt": jkt,
        "token_expires_at": token_expires_at,
        "requests_left": REQUESTS_PER_TOKEN,
        "delete_at": token_expires_at + _KEPT_AFTER,
    }
