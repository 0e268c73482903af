"""Where terminals are kept. One row each; a device's session costs a read of it with every request."""

from __future__ import annotations

import secrets
from datetime import UTC, datetime
from typing import Any, Final

from mongoengine import (
    DateTimeField,
    DictField,
    Document,
    EmbeddedDocument,
    EmbeddedDocumentListField,
    StringField,
)
from pymongo.collection import Collection
from pymongo.database import Database

from standards.jose import PublicJwk, parse_public_jwk
from verifier.terminals.terminal import (
    ENROLMENT_LIFETIME,
    Terminal,
    TerminalEntry,
    TerminalEvent,
    TerminalKind,
    TerminalState,
)

COLLECTION: Final = "terminals"

KEPT_EVENTS: Final = 50


class TerminalEventDocument(EmbeddedDocument):  # type: ignore[misc]
    """Something that was done with a terminal."""

    at = DateTimeField(required=True)
    by = StringField(required=True)
    what = StringField(required=True)


class TerminalDocument(Document):  # type: ignore[misc]
    """Collection ``terminals``. Shard key: ``_id`` hashed (random id of the terminal).

    ``code`` is the digest of the enrolment code while one may be typed in; ``key`` the device's public key.
    """

    terminal_id = StringField(primary_key=True)
    department = StringField(required=True)
    name = StringField(required=True)
    kind = StringField(required=True, choices=[kind.value for kind in TerminalKind])
    place = StringField(required=True)
    state = StringField(required=True, choices=[state.value for state in TerminalState])
    code = StringField()
    code_expires_at = DateTimeField()
    key = DictField()
    enrolled_at = DateTimeField()
    seen_at = DateTimeField()
    challenged_at = DateTimeField()
    bar_reason = StringField()
    history = EmbeddedDocumentListField(TerminalEventDocument)

    meta = {  # noqa: RUF012
        "collection": COLLECTION,
        "db_alias": "verifier",
        "auto_create_index": False,
        "indexes": [("department", "name"), {"fields": ["code"], "sparse": True}],
    }


class TerminalStore:
    """The terminals of all departments."""

    def __init__(self, database: Database[dict[str, Any]]) -> None:
        self._rows: Collection[dict[str, Any]] = database[COLLECTION]

    def ensure_indexes(self) -> None:
        """Make the indexes; a repeat changes nothing."""
        TerminalDocument.ensure_indexes()

    def register(self, terminal: Terminal, code_digest: str, *, by: str, at: datetime) -> TerminalEntry:
        """Keep a new terminal that waits for its device (one durable write)."""
        row = {
            "_id": terminal.id,
            "department": terminal.department,
            "name": terminal.name,
            "kind": terminal.kind.value,
            "place": terminal.place,
            "state": TerminalState.WAITING.value,
            "code": code_digest,
            "code_expires_at": at + ENROLMENT_LIFETIME,
            "history": [_event("registered", by, at)],
        }
        self._rows.insert_one(row)
        return _entry(row)

    def find(self, terminal_id: str) -> TerminalEntry | None:
        """The terminal, or ``None``."""
        row = self._rows.find_one({"_id": terminal_id})
        return None if row is None else _entry(row)

    def of_department(self, uscc: str) -> tuple[TerminalEntry, ...]:
        """The terminals of a department, by name."""
        return tuple(_entry(row) for row in self._rows.find({"department": uscc}).sort("name", 1))

    def new_code(self, terminal_id: str, code_digest: str, *, by: str, at: datetime) -> bool:
        """Let another device take the place (one durable write).

        A device that is enrolled stays so until the other one comes; a barred one stays barred.
        """
        return self._change(
            {"_id": terminal_id},
            {"code": code_digest, "code_expires_at": at + ENROLMENT_LIFETIME},
            _event("code", by, at),
        )

    def enrol(self, code_digest: str, key: PublicJwk, at: datetime) -> TerminalEntry | None:
        """Give the place to the device that knows the code (one durable write); ``None``: wrong, used or too old."""
        found = self._rows.find_one({"code": code_digest, "code_expires_at": {"$gt": at}}, {"_id": 1})
        if found is None:
            return None
        row = self._rows.find_one_and_update(
            {"_id": found["_id"], "code": code_digest, "code_expires_at": {"$gt": at}},
            {
                "$set": {
                    "state": TerminalState.ENROLLED.value,
                    "key": key.to_dict(),
                    "enrolled_at": at,
                    "seen_at": at,
                },
                "$unset": {"code": "", "code_expires_at": "", "challenged_at": "", "bar_reason": ""},
                "$push": _pushed(_event("enrolled", "device", at)),
            },
            return_document=True,
        )
        return None if row is None else _entry(row)

    def take_challenge(self, entry: TerminalEntry, issued_at: datetime, at: datetime) -> bool:
        """Note that a device answered a challenge (one durable write); ``False`` for one that is not newer than the last.

        So a challenge serves once, without a row of its own.
        """
        done = self._rows.update_one(
            {
                "_id": entry.terminal.id,
                "state": TerminalState.ENROLLED.value,
                "key": entry.key.to_dict() if entry.key else None,
                "$or": [{"challenged_at": {"$exists": False}}, {"challenged_at": {"$lt": issued_at}}],
            },
            {"$set": {"challenged_at": issued_at, "seen_at": at}},
        )
        return done.matched_count == 1

    def rename(self, terminal_id: str, name: str, place: str, *, by: str, at: datetime) -> bool:
        """Change name and place (one durable write)."""
        return self._change({"_id": terminal_id}, {"name": name, "place": place}, _event("renamed", by, at))

    def move(self, terminal_id: str, department: str, *, by: str, at: datetime) -> bool:
        """Let another department answer for it (one durable write)."""
        return self._change({"_id": terminal_id}, {"department": department}, _event("moved", by, at))

    def bar(self, terminal_id: str, reason: str, *, by: str, at: datetime) -> bool:
        """Refuse the device from its next request on (one durable write); ``False`` when it is barred already."""
        done = self._rows.update_one(
            {"_id": terminal_id, "state": {"$ne": TerminalState.BARRED.value}},
            {
                "$set": {"state": TerminalState.BARRED.value, "bar_reason": reason},
                "$unset": {"code": "", "code_expires_at": ""},
                "$push": _pushed(_event("barred", by, at)),
            },
        )
        return done.matched_count == 1

    def _change(self, wanted: dict[str, Any], changes: dict[str, Any], event: dict[str, Any]) -> bool:
        done = self._rows.update_one(wanted, {"$set": changes, "$push": _pushed(event)})
        return done.matched_count == 1


def new_terminal_id() -> str:
    """A fresh id, 64 bits: it is no secret."""
    return secrets.token_hex(8)


def _event(what: str, by: str, at: datetime) -> dict[str, Any]:
    return {"at": at, "by": by, "what": what}


def _pushed(event: dict[str, Any]) -> dict[str, Any]:
    return {"history": {"$each": [event], "$slice": -KEPT_EVENTS}}


def _entry(row: dict[str, Any]) -> TerminalEntry:
    key = row.get("key")
    return TerminalEntry(
        terminal=Terminal(
            row["_id"], row["name"], TerminalKind(row["kind"]), row["department"], row["place"]
        ),
        state=TerminalState(row["state"]),
        key=parse_public_jwk(key) if key else None,
        code_expires_at=_utc(row.get("code_expires_at")),
        enrolled_at=_utc(row.get("enrolled_at")),
        seen_at=_utc(row.get("seen_at")),
        challenged_at=_utc(row.get("challenged_at")),
        bar_reason=row.get("bar_reason", ""),
        history=tuple(
            TerminalEvent(_utc(event["at"]) or event["at"], event["by"], event["what"])
            for event in row.get("history", ())
        ),
    )


def _utc(moment: datetime | None) -> datetime | None:
    return moment if moment is None or moment.tzinfo is not None else moment.replace(tzinfo=UTC)
