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
from keys.lookup import LookupKey
from service.store.sealed_rows import SealedRows
from service.web.sign_in.person import Person
from service.web.sign_in.session import (
    ABSOLUTE_LIFETIME,
    IDLE_LIFETIME,
    Session,
    SignInMethod,
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
    ``whose`` the keyed hash of the person's certificate, to find all sessions of one person; ``method``, ``device``,
    ``stepped_up_at``; ``created_at``, ``seen_at``; ``ends_at`` the earlier of the idle and the absolute end, with a TTL
    index.
    """

    def __init__(
        self, database: Database[dict[str, Any]], envelope: Envelope, lookup: LookupKey | None = None
    ) -> None:
        """Args:
        database: of the service.
        envelope: seals the person in each session.
        lookup: finds the sessions of a person; without it they are not found, as where nobody lists them.
        """
        self._sessions: Collection[dict[str, Any]] = database[COLLECTION]
        self._envelope = envelope
        self._lookup = lookup

    def ensure_indexes(self) -> None:
        """Make the indexes; a repeat changes nothing."""
        self._sessions.create_index("ends_at", expireAfterSeconds=0)
        self._sessions.create_index("whose", sparse=True)

    def begin(
        self,
        person: Person,
        at: datetime,
        *,
        method: SignInMethod = "oidc",
        device: str = "",
        stepped_up_at: datetime | None = None,
        vouched_at: datetime | None = None,
    ) -> str:
        """Store a new session (one durable write); returns the secret token for the cookie.

        Args:
            person: who signed in.
            at: now.
            method: how.
            device: which kind of browser.
            stepped_up_at: when the person just proved who they are, where that is known.
            vouched_at: when the provider vouched for the person last, where it did not just now.
        """
        token = new_session_token()
        session_id = session_id_of(token)
        self._sessions.insert_one(
            {
                "_id": session_id,
                "person": Binary(self._envelope.seal(orjson.dumps(person.to_json()), _context(session_id))),
                "created_at": at,
                "seen_at": at,
                "ends_at": at + min(IDLE_LIFETIME, ABSOLUTE_LIFETIME),
                "method": method,
                "device": device,
                "stepped_up_at": stepped_up_at,
                "vouched_at": vouched_at,
                **({} if self._lookup is None else {"whose": self._whose(person)[0]}),
            }
        )
        return token

    def find(self, token: str) -> Session | None:
        """The session of a cookie's secret, ended or not; ``None`` when there is none that we can read."""
        document = self._sessions.find_one({"_id": session_id_of(token)})
        return None if document is None else self._session(document)

    def of_person(self, person: Person, at: datetime) -> list[Session]:
        """The sessions of a person that have not ended, the one used last first."""
        rows = self._sessions.find({"whose": {"$in": self._whose(person)}})
        found = [session for row in rows if (session := self._session(row)) is not None]
        live = [session for session in found if not session.has_ended(at)]
        return sorted(live, key=lambda session: session.seen_at, reverse=True)

    def end_of_person(self, person: Person, session_id: str) -> bool:
        """End one session of a person by its id (one durable write); ``False`` for one that is not theirs or is gone."""
        ended = self._sessions.delete_one({"_id": session_id, "whose": {"$in": self._whose(person)}})
        return ended.deleted_count == 1

    def step_up(self, session_id: str, at: datetime, *, vouched: bool = False) -> None:
        """Note that the person just proved who they are, and whether the provider says so (one durable write)."""
        noted = {"stepped_up_at": at} | ({"vouched_at": at} if vouched else {})
        self._sessions.update_one({"_id": session_id}, {"$set": noted})

    def touch(self, session: Session, at: datetime) -> None:
        """Note activity (one durable write)."""
        ends_at = min(at + IDLE_LIFETIME, session.created_at + ABSOLUTE_LIFETIME)
        self._sessions.update_one({"_id": session.session_id}, {"$set": {"seen_at": at, "ends_at": ends_at}})

    def end(self, token: str) -> None:
        """Remove a session (one durable write); ending twice is fine."""
        self._sessions.delete_one({"_id": session_id_of(token)})

    def _whose(self, person: Person) -> list[str]:
        if self._lookup is None:
            return []
        return list(self._lookup.candidates(person.code_type, person.number))

    def _session(self, document: dict[str, Any]) -> Session | None:
        session_id = document["_id"]
        try:
            fields = orjson.loads(self._envelope.open(bytes(document["person"]), _context(session_id)))
        except SealedDataError:
            # Sealed under a key that was retired meanwhile: the person signs in again.
            return None
        stepped_up_at, vouched_at = document.get("stepped_up_at"), document.get("vouched_at")
        return Session(
            session_id=session_id,
            person=Person(**fields),
            created_at=_utc(document["created_at"]),
            seen_at=_utc(document["seen_at"]),
            method=document.get("method", "oidc"),
            device=document.get("device", ""),
            stepped_up_at=None if stepped_up_at is None else _utc(stepped_up_at),
            vouched_at=None if vouched_at is None else _utc(vouched_at),
        )

    def sealed_rows(self) -> SealedRows:
        """What a change of the master key brings over: nobody is signed out by it."""
        return SealedRows(Text("登录会话", "sessions"), self._sessions, ("person", "whose"), self._renewed)

    def _renewed(self, document: dict[str, Any]) -> dict[str, Any]:
        sealed = document["person"]
        if not self._envelope.is_older(sealed):
            return {}
        context = _context(document["_id"])
        plain = self._envelope.open(bytes(sealed), context)
        renewed: dict[str, Any] = {"person": Binary(self._envelope.seal(plain, context))}
        if "whose" in document:
            # Under the value of the key before, nobody's list would find it once that key is gone.
            current = self._whose(Person(**orjson.loads(plain)))
            renewed["whose"] = current[0] if current else document["whose"]
        return renewed


def _context(session_id: str) -> str:
    return f"sign-in session {session_id}"


def _utc(moment: datetime) -> datetime:
    return moment if moment.tzinfo is not None else moment.replace(tzinfo=UTC)
