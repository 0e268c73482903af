"""Where sessions are kept."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import orjson
from bson import Binary
from pymongo.collection import Collection
from pymongo.database import Database

from keys.envelope import Envelope
from keys.errors import SealedDataError
from service.store.sealed_rows import SealedRows
from service.web.sign_in.person import Person
from service.web.sign_in.session import (
    ABSOLUTE_LIFETIME,
    IDLE_LIFETIME,
    Session,
    new_session_token,
    session_id_of,
)
from standards.text import Text

COLLECTION = "sign_in_sessions"
PURPOSE = "sign-in session"
"""Envelope purpose under which sessions are sealed."""


class SessionStore:
    """Collection ``sign_in_sessions``. Shard key: ``_id`` hashed.

    A document: ``_id`` hash of the secret token; ``person`` the person as JSON, sealed under the session's id;
    ``created_at``, ``seen_at``; ``ends_at`` the earlier of the idle and the absolute end, with a TTL index.
    """

    def __init__(self, database: Database[dict[str, Any]], envelope: Envelope) -> None:
        self._sessions: Collection[dict[str, Any]] = database[COLLECTION]
        self._envelope = envelope

    def ensure_indexes(self) -> None:
        """Make the TTL index; a repeat changes nothing."""
        self._sessions.create_index("ends_at", expireAfterSeconds=0)

    def begin(self, person: Person, at: datetime) -> str:
        """Store a new session (one durable write); returns the secret token for the cookie."""
        token = new_session_token()
        session_id = session_id_of(token)
        self._sessions.insert_one(
            {
                "_id": session_id,
                "person": Binary(self._envelope.seal(orjson.dumps(person.to_json()), _context(session_id))),
                "created_at": at,
                "seen_at": at,
                "ends_at": at + min(IDLE_LIFETIME, ABSOLUTE_LIFETIME),
            }
        )
        return token

    def find(self, token: str) -> Session | None:
        """The session of a cookie's secret, ended or not; ``None`` when there is none that we can read."""
        session_id = session_id_of(token)
        document = self._sessions.find_one({"_id": session_id})
        if document is None:
            return None
        try:
            fields = orjson.loads(self._envelope.open(bytes(document["person"]), _context(session_id)))
        except SealedDataError:
            # Sealed under a key that was retired meanwhile: the person signs in again.
            return None
        return Session(
            session_id=session_id,
            person=Person(**fields),
            created_at=_utc(document["created_at"]),
            seen_at=_utc(document["seen_at"]),
        )

    def touch(self, session: Session, at: datetime) -> None:
        """Note activity (one durable write)."""
        ends_at = min(at + IDLE_LIFETIME, session.created_at + ABSOLUTE_LIFETIME)
        self._sessions.update_one({"_id": session.session_id}, {"$set": {"seen_at": at, "ends_at": ends_at}})

    def end(self, token: str) -> None:
        """Remove a session (one durable write); ending twice is fine."""
        self._sessions.delete_one({"_id": session_id_of(token)})

    def sealed_rows(self) -> SealedRows:
        """What a change of the master key brings over: nobody is signed out by it."""
        return SealedRows(Text("登录会话", "sessions"), self._sessions, ("person",), self._renewed)

    def _renewed(self, document: dict[str, Any]) -> dict[str, Any]:
        sealed = document["person"]
        if not self._envelope.is_older(sealed):
            return {}
        return {"person": self._envelope.reseal(sealed, _context(document["_id"]))}


def _context(session_id: str) -> str:
    return f"sign-in session {session_id}"


def _utc(moment: datetime) -> datetime:
    return moment if moment.tzinfo is not None else moment.replace(tzinfo=UTC)
