"""Where presentations are kept. The hot path: two durable writes each, one to ask and one to settle."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from functools import lru_cache
from threading import Lock
from typing import Any, Final

import orjson
from mongoengine import BinaryField, BooleanField, DateTimeField, Document, StringField
from pymongo.collection import Collection
from pymongo.database import Database

from keys.envelope import Envelope
from service.store.sealed_rows import SealedRows
from standards.dcql import DcqlQuery, parse_dcql
from standards.jwe import EphemeralKey
from standards.text import Text
from verifier.window.presentation import (
    RETENTION,
    Answer,
    Asked,
    Expired,
    Pending,
    Presentation,
    Received,
    Refused,
    State,
)
from verifier.window.shown import encode_shown, licences_from_json

COLLECTION: Final = "presentations"

REMEMBERED: Final = 512
"""How many requests a process remembers that it has just made, at about 2 KB each."""


class PresentationDocument(Document):  # type: ignore[misc]
    """Collection ``presentations``. Shard key: ``_id`` hashed (random presentation id).

    ``key`` is the ephemeral private key, sealed, there only while pending; ``shown`` what was shown, sealed. Both are
    sealed for this row, so that they do not open in another. A row is removed a day after it was asked (TTL).
    """

    presentation_id = StringField(primary_key=True)
    department = StringField(required=True)
    item = StringField(null=True)
    query = BinaryField(required=True)
    response_mode = StringField(required=True)
    client_id = StringField(required=True)
    nonce = StringField(required=True)
    wire_state = StringField(required=True)
    redirect_uri = StringField(null=True)
    browser = StringField(null=True)
    asked_by = StringField(required=True)
    asked_at = DateTimeField(required=True)
    case = StringField(null=True)
    expires_at = DateTimeField(required=True)
    delete_at = DateTimeField(required=True)
    state = StringField(required=True, choices=[state.value for state in State])
    key = BinaryField()
    report = BinaryField()
    shown = BinaryField()
    error = StringField()
    settled_at = DateTimeField()
    fetched = BooleanField()
    record = StringField()

    meta = {  # noqa: RUF012
        "collection": COLLECTION,
        "db_alias": "verifier",
        "auto_create_index": False,
        "indexes": [
            {"fields": ["delete_at"], "expireAfterSeconds": 0},
            ("department", "asked_by", "-asked_at"),
        ],
    }


class PresentationStore:
    """The presentations of all departments."""

    def __init__(self, database: Database[dict[str, Any]], envelope: Envelope) -> None:
        self._rows: Collection[dict[str, Any]] = database[COLLECTION]
        self._envelope = envelope
        self._fresh: OrderedDict[str, Pending] = OrderedDict()
        self._lock = Lock()

    def ensure_indexes(self) -> None:
        """Make the TTL index and that of the work list; a repeat changes nothing."""
        PresentationDocument.ensure_indexes()

    def add(self, pending: Pending) -> None:
        """Keep a new request (one durable write)."""
        asked = pending.asked
        row = _asked_row(asked)
        if pending.key is not None:
            row["key"] = self._envelope.seal(pending.key.private_bytes(), _context(asked.id, "key"))
        self._rows.insert_one(row)
        with self._lock:
            self._fresh[asked.id] = pending
            self._forget(asked.asked_at)

    def add_received(self, received: Received) -> None:
        """Keep an answer that was judged again, as a presentation of its own (one durable write)."""
        asked, answer = received.asked, received.answer
        row = _asked_row(asked)
        row["state"] = State.RECEIVED.value
        row["settled_at"] = answer.received_at
        row["report"] = orjson.dumps({"report": answer.report, "lists": answer.lists})
        row["shown"] = self._envelope.seal(
            encode_shown(answer.licences, answer.vp_token, response_code=answer.response_code),
            _context(asked.id, "shown"),
        )
        self._rows.insert_one(row)

    def _forget(self, at: datetime) -> None:
        """Drop the oldest while there are too many or their time is over: they hold keys. The lock is held."""
        while self._fresh:
            oldest = next(iter(self._fresh.values()))
            if len(self._fresh) <= REMEMBERED and oldest.asked.expires_at > at:
                return
            self._fresh.popitem(last=False)

    def find_for_wallet(self, presentation_id: str) -> Presentation | None:
        """The presentation for a wallet that fetches or answers it; spares a read where this process asked it.

        What is remembered may have been settled by another process meanwhile. That does no harm: a request object
        never changes, and ``settle`` asks the store.
        """
        return self._fresh.get(presentation_id) or self.find(presentation_id)

    def find(self, presentation_id: str) -> Presentation | None:
        """The presentation as stored, or ``None``; whether its time is over is for ``at_instant`` to say."""
        row = self._rows.find_one({"_id": presentation_id})
        return None if row is None else self._presentation(row)

    def settle(self, result: Received | Refused, at: datetime) -> bool:
        """Move a pending presentation to its end (one durable write); ``False`` when another answer was first.

        The compare-and-set that makes a request single use: only a row that is still pending and in time changes,
        and the key that opens answers goes with the same write.
        """
        asked = result.asked
        changes: dict[str, Any] = {"state": result.name.value, "settled_at": at}
        if isinstance(result, Received):
            answer = result.answer
            changes["report"] = orjson.dumps({"report": answer.report, "lists": answer.lists})
            changes["shown"] = self._envelope.seal(
                encode_shown(answer.licences, answer.vp_token, response_code=answer.response_code),
                _context(asked.id, "shown"),
            )
        else:
            changes["error"] = result.error
        done = self._rows.update_one(
            {"_id": asked.id, "state": State.PENDING.value, "expires_at": {"$gt": at}},
            {"$set": changes, "$unset": {"key": ""}},
        )
        with self._lock:
            self._fresh.pop(asked.id, None)
        return done.matched_count == 1

    def mark_fetched(self, presentation_id: str) -> None:
        """Note that the browser which started came back with the response code (one durable write)."""
        self._rows.update_one(
            {"_id": presentation_id, "state": State.RECEIVED.value}, {"$set": {"fetched": True}}
        )

    def mark_decided(self, presentation_id: str, record_id: str) -> None:
        """Note which acceptance record decided on it (one durable write); the record itself is the truth."""
        self._rows.update_one({"_id": presentation_id}, {"$set": {"record": record_id}})

    def recent(self, department: str, asked_by: str, *, limit: int = 10) -> tuple[Presentation, ...]:
        """The newest presentations that somebody asked for, for the work list of the window."""
        rows = (
            self._rows.find({"department": department, "asked_by": asked_by})
            .sort("asked_at", -1)
            .limit(limit)
        )
        return tuple(self._presentation(row) for row in rows)

    def settled_since(self, department: str, since: datetime) -> Iterator[Received | Refused]:
        """What wallets answered since an instant, for those who tell of it."""
        wanted = {"department": department, "settled_at": {"$gte": since}}
        for row in self._rows.find(wanted):
            presentation = self._presentation(row)
            if isinstance(presentation, Received | Refused):
                yield presentation

    def sealed_rows(self) -> SealedRows:
        """What a change of the master key brings over."""
        return SealedRows(
            Text("出示请求", "presentations"), self._rows, ("state", "key", "shown"), self._renewed
        )

    def _renewed(self, row: dict[str, Any]) -> dict[str, Any]:
        return {
            part: self._envelope.reseal(row[part], _context(row["_id"], part))
            for part in ("key", "shown")
            if part in row and self._envelope.is_older(row[part])
        }

    def _presentation(self, row: Mapping[str, Any]) -> Presentation:
        asked = _asked(row)
        state = State(row["state"])
        record = row.get("record")
        if state is State.PENDING and record is not None:
            return Expired(asked, record)  # nothing else of a pending row can be decided on
        if state is State.PENDING:
            sealed = row.get("key")
            key = None
            if sealed is not None:
                der = self._envelope.open(bytes(sealed), _context(asked.id, "key"))
                key = EphemeralKey.from_private_bytes(asked.id, der)
            return Pending(asked, key)
        if state is State.RECEIVED:
            return Received(asked, self._answer(row), record)
        return Refused(asked, str(row["error"]), _utc(row["settled_at"]), record)

    def _answer(self, row: Mapping[str, Any]) -> Answer:
        open_part = orjson.loads(row["report"])
        shown = orjson.loads(self._envelope.open(bytes(row["shown"]), _context(row["_id"], "shown")))
        return Answer(
            report=open_part["report"],
            lists=tuple(open_part["lists"]),
            licences=licences_from_json(shown["licences"]),
            vp_token={query: tuple(texts) for query, texts in shown["vp_token"].items()},
            response_code=shown["response_code"],
            received_at=_utc(row["settled_at"]),
            fetched=row.get("fetched", False),
        )


def _asked_row(asked: Asked) -> dict[str, Any]:
    return {
        "_id": asked.id,
        "department": asked.department,
        "item": asked.item,
        "query": orjson.dumps(asked.query.to_json()),
        "response_mode": asked.response_mode,
        "client_id": asked.client_id,
        "nonce": asked.nonce,
        "wire_state": asked.state,
        "redirect_uri": asked.redirect_uri,
        "browser": asked.browser,
        "asked_by": asked.asked_by,
        "asked_at": asked.asked_at,
        "expires_at": asked.expires_at,
        "delete_at": asked.asked_at + RETENTION,
        "state": State.PENDING.value,
        "case": asked.case,
    }


def _asked(row: Mapping[str, Any]) -> Asked:
    return Asked(
        id=row["_id"],
        department=row["department"],
        item=row["item"],
        query=_query(bytes(row["query"])),
        response_mode=row["response_mode"],
        client_id=row["client_id"],
        nonce=row["nonce"],
        state=row["wire_state"],
        redirect_uri=row["redirect_uri"],
        browser=row["browser"],
        asked_by=row["asked_by"],
        asked_at=_utc(row["asked_at"]),
        expires_at=_utc(row["expires_at"]),
        case=row.get("case"),
    )


@lru_cache(maxsize=256)
def _query(encoded: bytes) -> DcqlQuery:
    """Queries of service items repeat; parsing one costs more than everything else about its row."""
    return parse_dcql(orjson.loads(encoded))


def _context(presentation_id: str, part: str) -> str:
    return f"presentation {part} {presentation_id}"


def _utc(moment: datetime) -> datetime:
    return moment if moment.tzinfo is not None else moment.replace(tzinfo=UTC)
