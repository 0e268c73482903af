"""Where searches are kept, and the transaction in which a licence that was found arrives."""

from __future__ import annotations

import secrets
from collections.abc import Sequence
from datetime import datetime
from typing import Any

import orjson
from bson import Binary
from mongoengine import BinaryField, DateTimeField, Document, StringField
from pymongo.client_session import ClientSession
from pymongo.database import Database

from wallet.accounts.account import Holder
from wallet.claiming.errors import SearchBusyError, SearchNotFoundError
from wallet.claiming.search import LEASE, Search, SearchState, parse_search
from wallet.history.entry import Entry
from wallet.history.store import in_transaction, insert_line
from wallet.holdings.store import HoldingDocument
from wallet.receiving.store import Arrival, keep_arrival

_MOST_SHOWN = 50


class SearchDocument(Document):  # type: ignore[misc]
    """Collection ``searches``. Shard key: ``account_id`` hashed; every read and write names the account.

    ``state_reference`` is a keyed hash of the ``state`` that comes back through the browser. ``claim`` names the
    request that is talking to the library until ``claimed_until``. ``next_at`` is there while an issuer has promised
    something for later; only the question what is due goes to all shards. The TTL index forgets what is over.
    """

    search_id = StringField(primary_key=True)
    account_id = StringField(required=True)
    state_reference = StringField(required=True)
    state = StringField(required=True, choices=tuple(SearchState))
    sealed_content = BinaryField(required=True)
    claim = StringField()
    claimed_until = DateTimeField()
    started_at = DateTimeField(required=True)
    next_at = DateTimeField()
    expires_at = DateTimeField(required=True)

    meta = {  # noqa: RUF012
        "collection": "searches",
        "db_alias": "wallet",
        "auto_create_index": False,
        "indexes": [
            {"fields": ("account_id", "state_reference"), "unique": True},
            ("account_id", "-started_at"),
            {"fields": ("next_at",), "sparse": True},
            {"fields": ("expires_at",), "expireAfterSeconds": 0},
        ],
    }


class SearchStore:
    """The searches of all wallets; each call sees one wallet."""

    def __init__(self, database: Database[dict[str, Any]]) -> None:
        self._database = database

    def ensure_indexes(self) -> None:
        """Make the indexes; a repeat changes nothing."""
        SearchDocument.ensure_indexes()

    def add(self, holder: Holder, search: Search, state_reference: str) -> None:
        """Store a search that was just sent (one durable write)."""
        search_document(holder, search, state_reference).save(force_insert=True)

    def insert(self, holder: Holder, search: Search, state_reference: str, session: ClientSession) -> None:
        """The same within a transaction."""
        row = search_document(holder, search, state_reference).to_mongo()
        SearchDocument._get_collection().insert_one(row, session=session)  # noqa: SLF001

    def look_again(self, account_id: str, search_id: str, at: datetime) -> None:
        """Let one rest that could not even be read (one durable write)."""
        SearchDocument.objects(account_id=account_id, search_id=search_id).update_one(set__next_at=at)

    def get(self, holder: Holder, search_id: str, at: datetime) -> Search:
        """One search; raises ``SearchNotFoundError``."""
        query = SearchDocument.objects(account_id=holder.account_id, search_id=search_id)
        return _found(holder, query.first(), at)

    def by_state(self, holder: Holder, state_reference: str, at: datetime) -> Search:
        """The search whose answer comes back; raises ``SearchNotFoundError``: also for another person's."""
        query = SearchDocument.objects(account_id=holder.account_id, state_reference=state_reference)
        return _found(holder, query.first(), at)

    def recent(self, holder: Holder, at: datetime) -> Sequence[Search]:
        """The searches that are not forgotten, newest first."""
        query = SearchDocument.objects(account_id=holder.account_id, expires_at__gt=at)
        rows = query.order_by("-started_at").limit(_MOST_SHOWN)
        return [_search(holder, document) for document in rows]

    def find(self, holder: Holder, search_id: str, at: datetime) -> Search | None:
        """The search of this id, or ``None``."""
        document = SearchDocument.objects(
            account_id=holder.account_id, search_id=search_id, expires_at__gt=at
        ).first()
        return None if document is None else _search(holder, document)

    def waited_for(self, holder: Holder, at: datetime) -> Sequence[Search]:
        """Those of which an issuer has promised something for later, newest first."""
        query = SearchDocument.objects(
            account_id=holder.account_id, next_at__ne=None, expires_at__gt=at
        ).order_by("-started_at")
        return [_search(holder, document) for document in query.limit(_MOST_SHOWN)]

    def due(self, at: datetime, limit: int) -> Sequence[tuple[str, str]]:
        """Account and id of those whose issuer is to be asked again, the longest overdue first."""
        query = SearchDocument.objects(
            __raw__={
                "next_at": {"$lte": at},
                "expires_at": {"$gt": at},
                "$or": [{"claim": None}, {"claimed_until": {"$lte": at}}],
            }
        )
        rows = query.order_by("next_at").limit(limit).only("account_id", "search_id")
        return [(row.account_id, row.search_id) for row in rows]

    def claim(self, holder: Holder, search_id: str, state: SearchState, at: datetime) -> str:
        """Begin a step: a compare-and-set on the state, while nobody else is at it.

        Raises:
            SearchBusyError: another request is at it, or it stands elsewhere by now.
        """
        claim = secrets.token_urlsafe(12)
        changed = SearchDocument.objects(
            __raw__={
                "account_id": holder.account_id,
                "_id": search_id,
                "state": state.value,
                "$or": [{"claim": None}, {"claimed_until": {"$lte": at}}],
            }
        ).update_one(set__claim=claim, set__claimed_until=at + LEASE)
        if not changed:
            raise SearchBusyError
        return claim

    def save(self, holder: Holder, search: Search, claim: str, *, release: bool = False) -> None:
        """Keep how far a step has come (one durable write).

        Raises:
            SearchBusyError: the lease ran out and another request has taken over.
        """
        changes: dict[str, Any] = {
            "set__state": search.state.value,
            "set__sealed_content": _sealed(holder, search),
            "set__next_at": search.next_at,
        }
        if release:
            changes |= {"unset__claim": True, "unset__claimed_until": True}
        query = SearchDocument.objects(account_id=holder.account_id, search_id=search.search_id, claim=claim)
        if not query.update_one(**changes):
            raise SearchBusyError

    def has(self, keeper: Holder, reference: str) -> bool:
        """Whether a licence with this reference is in the wallet of ``keeper``."""
        query = HoldingDocument.objects(account_id=keeper.account_id, reference=reference, removed_at=None)
        return query.first() is not None

    def keep(self, arrival: Arrival, entry: Entry) -> None:
        """A licence and its line in the log, in one transaction; one that is there already is replaced."""

        def arrive(session: ClientSession) -> None:
            # May run more than once; each run starts from nothing.
            keep_arrival(HoldingDocument._get_collection(), arrival, session)  # noqa: SLF001
            insert_line(arrival.keeper, entry, self._database, session)

        in_transaction(self._database.client, arrive)


def search_document(holder: Holder, search: Search, state_reference: str) -> SearchDocument:
    """A search as a row."""
    return SearchDocument(
        search_id=search.search_id,
        account_id=holder.account_id,
        state_reference=state_reference,
        state=search.state.value,
        sealed_content=_sealed(holder, search),
        started_at=search.started_at,
        next_at=search.next_at,
        expires_at=search.expires_at,
    )


def _found(holder: Holder, document: SearchDocument | None, at: datetime) -> Search:
    if document is None or document.expires_at <= at:
        raise SearchNotFoundError
    return _search(holder, document)


def _search(holder: Holder, document: SearchDocument) -> Search:
    opened = holder.envelope.open(bytes(document.sealed_content), _context(document.search_id))
    return parse_search(document.search_id, SearchState(document.state), orjson.loads(opened))


def _sealed(holder: Holder, search: Search) -> Binary:
    plain = orjson.dumps(search.sealed_json())
    return Binary(holder.envelope.seal(plain, _context(search.search_id)))


def _context(search_id: str) -> str:
    return f"search {search_id}"
