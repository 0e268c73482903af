"""Where offers are kept; every single use is one compare-and-set. The uses of nonces and grants: ``uses``.

Collection, with its shard key:

* ``issuance_offers``: one row for an offer and what became of it. Shard key and only unique key ``_id``, the offer's
  reference. Rows go by TTL a day after the last thing that they allow has ended; ``refresh_store`` tells of the
  refresh tokens for which a redeemed one stays.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any, Final

from pymongo import ASCENDING, IndexModel, ReturnDocument
from pymongo.collection import Collection
from pymongo.database import Database
from pymongo.errors import BulkWriteError

from issuer.issuance.offer import TX_CODE_TRIES, Grant, GrantedLicence, NewOffer
from keys.lookup import LookupKey
from service.clock import Clock
from service.store.sealed_rows import PassingRows
from standards.jose import PublicJwk, parse_public_jwk
from standards.openid4vci import NotificationEvent
from standards.text import Text

_KEPT_AFTER: Final = timedelta(days=1)
_DUPLICATE: Final = 11000
_OFFERED: Final = "offered"
_REDEEMED: Final = "redeemed"
_WITHDRAWN: Final = "withdrawn"
_GRANTED: Final = {"authority": 1, "licence": 1, "configuration": 1, "holder": 1}

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
        self._offers.insert_one(_row_of(offer))

    def insert_absent(self, offers: Sequence[NewOffer]) -> None:
        """Keep new offers; those that are there already stay as they are. One write for all of them."""
        try:
            self._offers.insert_many([_row_of(offer) for offer in offers], ordered=False)
        except BulkWriteError as error:
            failed = {one["code"] for one in error.details.get("writeErrors", ())}
            if failed - {_DUPLICATE} or error.details.get("writeConcernErrors"):
                raise

    def insert_granted(
        self, licences: Sequence[GrantedLicence], authorization: str, token_expires_at: datetime
    ) -> None:
        """Keep what one authorisation grants, as offers that are redeemed already: one durable write for all."""
        rows = [
            {
                "_id": one.reference,
                "authority": one.authority,
                "licence": one.licence,
                "configuration": one.configuration_id,
                "holder": one.holder,
                "tx_code": None,
                "tries_left": 0,
                "state": _REDEEMED,
                "authorization": authorization,
                "expires_at": token_expires_at,
                "delete_at": token_expires_at + _KEPT_AFTER,
                "serves_until": token_expires_at,
            }
            for one in licences
        ]
        if rows:
            self._offers.insert_many(rows)

    def find_granted(
        self, reference: str, authorization: str, authority: str, *, jkt: str, expires_at: datetime
    ) -> Grant | None:
        """The grant of this name under an authorisation, or ``None``."""
        row = self._offers.find_one(
            {"_id": reference, "authorization": authorization, "authority": authority, "state": _REDEEMED},
            _GRANTED,
        )
        return None if row is None else replace(_grant(row, jkt, expires_at), by_identifier=True)

    def defer(self, reference: str, keys: Sequence[PublicJwk], *, compact: bool) -> None:
        """Keep the keys to which copies shall be bound that have to wait (one durable write)."""
        kept = {"keys": [key.to_dict() for key in keys], "compact": compact}
        self._offers.update_one(
            {"_id": reference, "state": _REDEEMED, "authorization": {"$exists": True}},
            {"$set": {"deferred": kept}},
        )

    def take_deferred(self, reference: str) -> tuple[tuple[PublicJwk, ...], bool] | None:
        """Those keys, once (compare-and-set), and whether the compact form was asked for; ``None`` when there are none."""
        row = self._offers.find_one_and_update(
            {"_id": reference, "state": _REDEEMED, "deferred": {"$exists": True}},
            {"$unset": {"deferred": ""}},
            projection={"deferred": 1},
        )
        if row is None:
            return None
        kept = row["deferred"]
        return tuple(parse_public_jwk(key) for key in kept["keys"]), bool(kept["compact"])

    def withdraw_granted(self, references: Sequence[str], authorization: str, at: datetime) -> None:
        """End every grant of an authorisation, and what refreshes them (one durable write)."""
        self._offers.update_many(
            {"_id": {"$in": list(references)}, "authorization": authorization},
            {"$set": {"state": _WITHDRAWN, "delete_at": at + _KEPT_AFTER}, "$unset": {"refresh": ""}},
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
        self,
        reference: str,
        authority: str,
        *,
        jkt: str | None,
        token_expires_at: datetime,
        at: datetime,
        family: dict[str, Any] | None = None,
    ) -> Grant | None:
        """Redeem an offer without transaction code: of several at once exactly one gets the grant, the others ``None``.

        One durable write; ``family`` is what begins a family of refresh tokens, in the same write.
        """
        row = self._offers.find_one_and_update(
            {"_id": reference, "tx_code": None, **_open(authority, at)},
            {"$set": _redemption(token_expires_at) | (family or {})},
            projection=_GRANTED,
        )
        return None if row is None else _grant(row, jkt, token_expires_at)

    def redeem_with_tx_code(
        self,
        reference: str,
        authority: str,
        tx_code_hashes: Sequence[str],
        *,
        jkt: str | None,
        token_expires_at: datetime,
        at: datetime,
        family: dict[str, Any] | None = None,
    ) -> Grant | int | None:
        """Redeem an offer by its transaction code, or use up one try: one durable write, whichever it is.

        Comparing and counting are one step in the store, so that tries made at once are counted too.

        Returns:
            The grant, or the tries left when the code was wrong, or ``None`` when the offer is closed.
        """
        right = {"$in": ["$tx_code", list(tx_code_hashes)]}
        redemption = _redemption(token_expires_at) | (family or {})
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
            projection={**_GRANTED, "state": 1, "tries_left": 1},
            return_document=ReturnDocument.AFTER,
        )
        if row is None:
            return None
        if row["state"] == _REDEEMED:
            return _grant(row, jkt, token_expires_at)
        return int(row["tries_left"])

    def note_event(self, reference: str, issuance: str, event: NotificationEvent, at: datetime) -> None:
        """Keep what a wallet told of an issuance; a repeat changes nothing. One durable write.

        Args:
            reference: of the offer.
            issuance: from a notification id that was checked; so a row has few of them.
            event: what happened.
            at: now.
        """
        self._offers.update_one(
            {"_id": reference}, {"$set": {f"issuances.{issuance}": {"event": event.value, "told_at": at}}}
        )

    def sealed_rows(self, lookup: LookupKey, clock: Clock) -> PassingRows:
        """Offers and first grants that still allow something. Their codes are in links and wallets, under the key of the
        same time as the holder's hash; so a change of the master key waits for their end, which is soon.
        """
        return PassingRows(
            Text("未到期的领取", "offers that are still open"),
            self._offers,
            lambda: {
                "holder": {"$regex": lookup.older_pattern()},
                "$or": [
                    {"refresh": {"$exists": False}, "delete_at": {"$gt": clock.now() + _KEPT_AFTER}},
                    {"serves_until": {"$gt": clock.now()}},
                ],
            },
        )


def _row_of(offer: NewOffer) -> _Row:
    return {
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


def _open(authority: str, at: datetime) -> _Row:
    """What holds of an offer that can be redeemed: the TTL index may be late, so its end is compared too."""
    return {"authority": authority, "state": _OFFERED, "expires_at": {"$gt": at}}


def _redemption(token_expires_at: datetime) -> _Row:
    return {"state": _REDEEMED, "delete_at": token_expires_at + _KEPT_AFTER}


def _grant(row: _Row, jkt: str | None, expires_at: datetime) -> Grant:
    return Grant(
        row["_id"], row["authority"], row["licence"], row["configuration"], row["holder"], jkt, expires_at
    )
