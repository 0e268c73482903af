"""Where offers wait, and the one transaction in which licences arrive."""

from __future__ import annotations

import secrets
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import orjson
from bson import Binary
from mongoengine import BinaryField, DateTimeField, Document, ListField, NotUniqueError, StringField
from pymongo.client_session import ClientSession
from pymongo.collection import Collection
from pymongo.database import Database

from wallet.accounts.account import Holder
from wallet.history.entry import Entry
from wallet.history.store import in_transaction, insert_line
from wallet.holdings.holding import Holding
from wallet.holdings.store import HoldingDocument, holding_document
from wallet.receiving.errors import OfferBusyError, OfferNotFoundError
from wallet.receiving.pending_offer import (
    LEASE,
    Grant,
    OfferState,
    PendingOffer,
    parse_grant,
    parse_offer_content,
)


class OfferDocument(Document):  # type: ignore[misc]
    """Collection ``offers``. Shard key: ``account_id`` hashed; every read and write names the account.

    ``link_reference`` is a keyed hash of the link: the same link opened twice finds the same row. ``claim`` names the
    request that is talking to the issuer until ``claimed_until``. The TTL index forgets what is over.
    """

    offer_id = StringField(primary_key=True)
    account_id = StringField(required=True)
    link_reference = StringField(required=True)
    state = StringField(required=True, choices=tuple(OfferState))
    sealed_content = BinaryField(required=True)
    sealed_grant = BinaryField()
    claim = StringField()
    claimed_until = DateTimeField()
    holding_ids = ListField(StringField())
    expires_at = DateTimeField(required=True)

    meta = {  # noqa: RUF012
        "collection": "offers",
        "db_alias": "wallet",
        "auto_create_index": False,
        "indexes": [
            {"fields": ("account_id", "link_reference"), "unique": True},
            {"fields": ("expires_at",), "expireAfterSeconds": 0},
        ],
    }


@dataclass(frozen=True, slots=True)
class Arrival:
    """A licence that arrives.

    Attributes:
        keeper: the account into which it goes, opened.
        holding: the licence.
        reference: keyed hash of its reference within that account.
    """

    keeper: Holder
    holding: Holding
    reference: str


def keep_arrival(kept: Collection[dict[str, Any]], arrival: Arrival, session: ClientSession) -> None:
    """Put a licence in its wallet within a transaction; the same one, received before, makes room."""
    keeper = arrival.keeper
    kept.delete_one({"account_id": keeper.account_id, "reference": arrival.reference}, session=session)
    document = holding_document(keeper, arrival.holding, arrival.reference)
    kept.insert_one(document.to_mongo(), session=session)


class OfferStore:
    """The offers of all wallets; each call sees one wallet."""

    def __init__(self, database: Database[dict[str, Any]]) -> None:
        self._database = database

    def ensure_indexes(self) -> None:
        """Make the indexes; a repeat changes nothing."""
        OfferDocument.ensure_indexes()

    def add(self, holder: Holder, offer: PendingOffer, link_reference: str) -> PendingOffer:
        """Store an offer that was read (one durable write); the one that is there already when the link is known."""
        content = holder.envelope.seal(orjson.dumps(offer.sealed_json()), _content_context(offer.offer_id))
        document = OfferDocument(
            offer_id=offer.offer_id,
            account_id=holder.account_id,
            link_reference=link_reference,
            state=offer.state.value,
            sealed_content=Binary(content),
            expires_at=offer.expires_at,
        )
        try:
            document.save(force_insert=True)
        except NotUniqueError:
            known = self.find_by_link(holder, link_reference)
            if known is None:
                raise
            return known
        return offer

    def find_by_link(self, holder: Holder, link_reference: str) -> PendingOffer | None:
        """The offer that came by this link before, or ``None``."""
        query = OfferDocument.objects(account_id=holder.account_id, link_reference=link_reference)
        document = query.first()
        return None if document is None else _offer(holder, document)

    def get(self, holder: Holder, offer_id: str) -> PendingOffer:
        """One offer; raises ``OfferNotFoundError``."""
        document = OfferDocument.objects(account_id=holder.account_id, offer_id=offer_id).first()
        if document is None:
            raise OfferNotFoundError
        return _offer(holder, document)

    def claim(self, holder: Holder, offer_id: str, at: datetime) -> str:
        """Begin to receive: a compare-and-set from ``waiting``, or from a lease that has run out.

        Returns the name of the claim, which every later step repeats; a step under an old claim changes nothing.

        Raises:
            OfferBusyError: another request is at it, or has finished just now.
        """
        claim = secrets.token_urlsafe(12)
        query = OfferDocument.objects(
            __raw__={
                "account_id": holder.account_id,
                "_id": offer_id,
                "$or": [
                    {"state": OfferState.WAITING.value},
                    {"state": OfferState.RECEIVING.value, "claimed_until": {"$lte": at}},
                ],
            }
        )
        changed = query.update_one(
            set__state=OfferState.RECEIVING.value, set__claim=claim, set__claimed_until=at + LEASE
        )
        if not changed:
            raise OfferBusyError
        return claim

    def keep_grant(self, holder: Holder, offer_id: str, claim: str, grant: Grant) -> None:
        """Keep the access token for another attempt (one durable write)."""
        sealed = holder.envelope.seal(orjson.dumps(grant.to_json()), _grant_context(offer_id))
        self._claimed(holder, offer_id, claim).update_one(set__sealed_grant=Binary(sealed))

    def release(self, holder: Holder, offer_id: str, claim: str) -> None:
        """The attempt failed; another may follow (one durable write)."""
        self._claimed(holder, offer_id, claim).update_one(
            set__state=OfferState.WAITING.value, unset__claim=True, unset__claimed_until=True
        )

    def end(self, holder: Holder, offer_id: str, claim: str) -> None:
        """The issuer does not honour the offer any more (one durable write)."""
        self._claimed(holder, offer_id, claim).update_one(
            set__state=OfferState.ENDED.value,
            unset__claim=True,
            unset__claimed_until=True,
            unset__sealed_grant=True,
        )

    def complete(
        self,
        holder: Holder,
        offer_id: str,
        claim: str,
        arrivals: Sequence[Arrival],
        entries: Sequence[tuple[Holder, Entry]],
        *,
        also: Callable[[ClientSession], None] | None = None,
    ) -> None:
        """All licences, the lines in the logs and the end of the offer, in one transaction: all or nothing.

        Args:
            holder: whose offer.
            offer_id: the offer.
            claim: of this attempt.
            arrivals: the licences, each into its wallet; one that is there already is replaced.
            entries: the line for each wallet's use log.
            also: what else is written with it: whatever is still to come.

        Raises:
            OfferBusyError: the lease ran out and another attempt has taken over; nothing was written.
        """

        def arrive(session: ClientSession) -> None:
            # May run more than once; each run starts from nothing.
            offers, kept = OfferDocument._get_collection(), HoldingDocument._get_collection()  # noqa: SLF001
            changed = offers.update_one(
                {"account_id": holder.account_id, "_id": offer_id, "claim": claim},
                {
                    "$set": {
                        "state": OfferState.RECEIVED.value,
                        "holding_ids": [arrival.holding.holding_id for arrival in arrivals],
                    },
                    "$unset": {"claim": "", "claimed_until": "", "sealed_grant": ""},
                },
                session=session,
            )
            if changed.matched_count != 1:
                raise OfferBusyError
            for arrival in arrivals:
                keep_arrival(kept, arrival, session)
            for keeper, entry in entries:
                insert_line(keeper, entry, self._database, session)
            if also is not None:
                also(session)

        in_transaction(self._database.client, arrive)

    def _claimed(self, holder: Holder, offer_id: str, claim: str) -> Any:
        return OfferDocument.objects(account_id=holder.account_id, offer_id=offer_id, claim=claim)


def _offer(holder: Holder, document: OfferDocument) -> PendingOffer:
    content_context, grant_context = _content_context(document.offer_id), _grant_context(document.offer_id)
    content = parse_offer_content(
        orjson.loads(holder.envelope.open(bytes(document.sealed_content), content_context))
    )
    grant = None
    if document.sealed_grant is not None:
        grant = parse_grant(orjson.loads(holder.envelope.open(bytes(document.sealed_grant), grant_context)))
    return PendingOffer(
        offer_id=document.offer_id,
        state=OfferState(document.state),
        offer=content.offer,
        issuer=content.issuer,
        licences=content.licences,
        expires_at=document.expires_at,
        grant=grant,
        holding_ids=tuple(document.holding_ids),
    )


def _content_context(offer_id: str) -> str:
    return f"offer {offer_id}"


def _grant_context(offer_id: str) -> str:
    return f"offer {offer_id} grant"
