"""Where endpoints and their messages are kept."""

from __future__ import annotations

import secrets
import threading
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import Any, Final

from pymongo import ReturnDocument
from pymongo.collection import Collection
from pymongo.database import Database
from pymongo.errors import DuplicateKeyError

from verifier.webhooks.delivery import (
    KEPT_ATTEMPTS,
    KEPT_DEAD,
    KEPT_DELIVERED,
    Attempt,
    Delivery,
    DeliveryState,
)
from verifier.webhooks.endpoint import Endpoint, EndpointState, Wish
from verifier.webhooks.event import Event, EventType

ENDPOINTS: Final = "webhook_endpoints"
DELIVERIES: Final = "webhook_deliveries"
CURSORS: Final = "webhook_cursors"

REREAD_AFTER: Final = timedelta(seconds=5)
"""How long a process trusts its copy of a department's endpoints."""

PAGE_SIZE: Final = 50
_KEPT_DUE: Final = timedelta(days=30)
_Row = dict[str, Any]


class WebhookStore:
    """Three collections.

    ``webhook_endpoints``: shard key ``department`` hashed; read by it.
    ``webhook_deliveries``: shard key ``endpoint``, then ``event``; the unique index over both makes an event that is told twice one
    message. ``due`` ones are found by their time; a row is forgotten by TTL.
    ``webhook_cursors``: shard key ``_id`` hashed (USCC, or USCC and window node); how far a chain of records was read.
    """

    def __init__(self, database: Database[_Row]) -> None:
        self._endpoints: Collection[_Row] = database[ENDPOINTS]
        self._deliveries: Collection[_Row] = database[DELIVERIES]
        self._cursors: Collection[_Row] = database[CURSORS]
        self._known: dict[str, tuple[tuple[Endpoint, ...], datetime]] = {}
        self._lock = threading.Lock()

    def ensure_indexes(self) -> None:
        """Make the indexes; a repeat changes nothing."""
        self._endpoints.create_index([("department", 1), ("created_at", 1)])
        self._deliveries.create_index([("endpoint", 1), ("event", 1)], unique=True)
        self._deliveries.create_index([("endpoint", 1), ("happened_at", -1)])
        self._deliveries.create_index([("endpoint", 1), ("state", 1), ("next_at", 1)])
        self._deliveries.create_index([("state", 1), ("next_at", 1)])
        self._deliveries.create_index("purge_at", expireAfterSeconds=0)

    # -- endpoints ------------------------------------------------------------------------------------------------

    def add(self, department: str, wish: Wish, *, by: str, at: datetime) -> Endpoint:
        """Keep a new endpoint (one durable write)."""
        endpoint = Endpoint(
            secrets.token_urlsafe(12),
            department,
            wish.url,
            wish.events,
            wish.description,
            EndpointState.ACTIVE,
            at,
            by,
        )
        self._endpoints.insert_one(_endpoint_row(endpoint))
        self._forget(department)
        return endpoint

    def put(self, endpoint: Endpoint) -> None:
        """Change an endpoint (one durable write)."""
        row = _endpoint_row(endpoint)
        self._endpoints.update_one(
            {"_id": endpoint.id, "department": endpoint.department},
            {"$set": {name: value for name, value in row.items() if name not in ("_id", "department")}},
        )
        self._forget(endpoint.department)

    def remove(self, department: str, endpoint_id: str) -> bool:
        """Forget an endpoint and its messages; whether there was one."""
        removed = self._endpoints.delete_one({"_id": endpoint_id, "department": department}).deleted_count
        if removed:
            self._deliveries.delete_many({"endpoint": endpoint_id})
        self._forget(department)
        return bool(removed)

    def find(self, department: str, endpoint_id: str) -> Endpoint | None:
        """One of the department's endpoints, as stored now."""
        row = self._endpoints.find_one({"_id": endpoint_id, "department": department})
        return None if row is None else _endpoint(row)

    def of_department(self, department: str) -> tuple[Endpoint, ...]:
        """A department's endpoints, as stored now, the oldest first."""
        rows = self._endpoints.find({"department": department}).sort("created_at", 1)
        return tuple(_endpoint(row) for row in rows)

    def departments(self) -> tuple[str, ...]:
        """Departments with an active endpoint."""
        return tuple(sorted(self._endpoints.distinct("department", {"state": EndpointState.ACTIVE.value})))

    def wanting(
        self, event: EventType, department: str, happened_at: datetime, now: datetime
    ) -> tuple[Endpoint, ...]:
        """Which endpoints are told; answered from memory for :data:`REREAD_AFTER`."""
        known = self._known.get(department)
        if known is None or abs(now - known[1]) >= REREAD_AFTER:
            known = (self.of_department(department), now)
            with self._lock:
                self._known[department] = known
        return tuple(endpoint for endpoint in known[0] if endpoint.wants(event, happened_at))

    def note_failing(self, endpoint: Endpoint, since: datetime | None) -> None:
        """Note the first failure after a success, or with ``None`` that it works again (one durable write)."""
        wanted: _Row = {"_id": endpoint.id, "department": endpoint.department}
        if since is not None:
            wanted["failing_since"] = None
        self._endpoints.update_one(wanted, {"$set": {"failing_since": since}})
        self._forget(endpoint.department)

    def _forget(self, department: str) -> None:
        with self._lock:
            self._known.pop(department, None)

    # -- messages -------------------------------------------------------------------------------------------------

    def enter(self, endpoint: Endpoint, event: Event, body: bytes, at: datetime) -> bool:
        """Enter a message to be sent (one durable write); ``False`` when it is there already."""
        try:
            self._deliveries.insert_one(
                {
                    "endpoint": endpoint.id,
                    "event": event.id,
                    "department": event.department,
                    "type": event.type.value,
                    "body": body,
                    "state": DeliveryState.DUE.value,
                    "happened_at": event.at,
                    "next_at": at,
                    "attempts": [],
                    "tried": 0,
                    "purge_at": at + _KEPT_DUE,
                }
            )
        except DuplicateKeyError:
            return False
        return True

    def due_endpoints(self, at: datetime) -> tuple[str, ...]:
        """Endpoints with a message whose time has come."""
        due = {"state": DeliveryState.DUE.value, "next_at": {"$lte": at}}
        return tuple(self._deliveries.distinct("endpoint", due))

    def due(self, endpoint_id: str, at: datetime, *, limit: int) -> tuple[Delivery, ...]:
        """An endpoint's messages whose time has come, the longest waiting first."""
        rows = self._deliveries.find(
            {"endpoint": endpoint_id, "state": DeliveryState.DUE.value, "next_at": {"$lte": at}}
        )
        return tuple(_delivery(row) for row in rows.sort("next_at", 1).limit(limit))

    def claim(self, delivery: Delivery, until: datetime) -> bool:
        """Take a due message until ``until`` (one durable write); ``False`` when somebody else has it."""
        return bool(
            self._deliveries.update_one(
                {**_key(delivery), "state": DeliveryState.DUE.value, "next_at": delivery.next_at},
                {"$set": {"next_at": until}},
            ).matched_count
        )

    def note(self, delivery: Delivery, attempt: Attempt, state: DeliveryState, next_at: datetime) -> None:
        """Note a try and what comes next (one durable write)."""
        kept = KEPT_DELIVERED if state is DeliveryState.DELIVERED else KEPT_DEAD
        self._deliveries.update_one(
            _key(delivery),
            {
                "$set": {"state": state.value, "next_at": next_at, "purge_at": attempt.at + kept},
                "$inc": {"tried": 1},
                "$push": {
                    "attempts": {
                        "$each": [{"at": attempt.at, "status": attempt.status, "problem": attempt.problem}],
                        "$slice": -KEPT_ATTEMPTS,
                    }
                },
            },
        )

    def postpone(self, endpoint_id: str, next_at: datetime) -> None:
        """Put an endpoint's due messages off without a try: it just failed with another (one durable write)."""
        self._deliveries.update_many(
            {"endpoint": endpoint_id, "state": DeliveryState.DUE.value, "next_at": {"$lt": next_at}},
            {"$set": {"next_at": next_at}},
        )

    def again(self, department: str, endpoint_id: str, event_id: str, at: datetime) -> Delivery | None:
        """Send a message anew from now on, whatever became of it (one durable write); ``None`` when there is none."""
        row = self._deliveries.find_one_and_update(
            {"endpoint": endpoint_id, "event": event_id, "department": department},
            {
                "$set": {
                    "state": DeliveryState.DUE.value,
                    "next_at": at,
                    "tried": 0,
                    "purge_at": at + _KEPT_DUE,
                }
            },
            return_document=ReturnDocument.AFTER,
        )
        return None if row is None else _delivery(row)

    def latest(
        self, department: str, endpoint_id: str, *, state: DeliveryState | None = None
    ) -> Sequence[Delivery]:
        """An endpoint's newest messages, at most :data:`PAGE_SIZE`."""
        wanted: _Row = {"endpoint": endpoint_id, "department": department}
        if state is not None:
            wanted["state"] = state.value
        rows = self._deliveries.find(wanted).sort("happened_at", -1).limit(PAGE_SIZE)
        return [_delivery(row) for row in rows]

    def counts(self, endpoint_id: str) -> dict[DeliveryState, int]:
        """How many messages of an endpoint are in each state."""
        found = self._deliveries.aggregate(
            [{"$match": {"endpoint": endpoint_id}}, {"$group": {"_id": "$state", "n": {"$sum": 1}}}]
        )
        counted = {row["_id"]: row["n"] for row in found}
        return {state: counted.get(state.value, 0) for state in DeliveryState}

    # -- how far the chain was read -------------------------------------------------------------------------------

    def cursor(self, department: str) -> int | None:
        """Sequence number of the last record that was told of, or ``None`` before the first reading."""
        row = self._cursors.find_one({"_id": department})
        return None if row is None else int(row["sequence"])

    def advance(self, department: str, sequence: int) -> None:
        """Move on; never back (one durable write)."""
        self._cursors.update_one({"_id": department}, {"$max": {"sequence": sequence}}, upsert=True)


def _key(delivery: Delivery) -> _Row:
    return {"endpoint": delivery.endpoint, "event": delivery.event}


def _endpoint_row(endpoint: Endpoint) -> _Row:
    return {
        "_id": endpoint.id,
        "department": endpoint.department,
        "url": endpoint.url,
        "events": sorted(kind.value for kind in endpoint.events),
        "description": endpoint.description,
        "state": endpoint.state.value,
        "created_at": endpoint.created_at,
        "created_by": endpoint.created_by,
        "failing_since": endpoint.failing_since,
    }


def _endpoint(row: _Row) -> Endpoint:
    return Endpoint(
        row["_id"],
        row["department"],
        row["url"],
        frozenset(EventType(one) for one in row["events"]),
        row["description"],
        EndpointState(row["state"]),
        _utc(row["created_at"]),
        row["created_by"],
        None if row["failing_since"] is None else _utc(row["failing_since"]),
    )


def _delivery(row: _Row) -> Delivery:
    return Delivery(
        event=row["event"],
        endpoint=row["endpoint"],
        department=row["department"],
        type=EventType(row["type"]),
        body=bytes(row["body"]),
        state=DeliveryState(row["state"]),
        happened_at=_utc(row["happened_at"]),
        next_at=_utc(row["next_at"]),
        attempts=tuple(Attempt(_utc(one["at"]), one["status"], one["problem"]) for one in row["attempts"]),
        tried=row["tried"],
    )


def _utc(moment: datetime) -> datetime:
    return moment if moment.tzinfo is not None else moment.replace(tzinfo=UTC)
