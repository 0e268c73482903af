"""Where rights to act, and each session's choice for whom, are kept."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any, Final

import orjson
from bson import Binary
from pymongo.client_session import ClientSession
from pymongo.collection import Collection
from pymongo.database import Database
from pymongo.errors import DuplicateKeyError

from keys.envelope import Envelope
from wallet.accounts.acting import Capacity
from wallet.mandates.right import MOST_MANAGERS, Right, RightState, parse_content

_Row = dict[str, Any]

CHOICE_KEPT: Final = timedelta(hours=13)
"""Longer than a session lasts; the choice of a session that is over is forgotten."""

_LIVE: Final = [RightState.OFFERED.value, RightState.ACTIVE.value]
_MOST_READ: Final = 2_000


@dataclass(frozen=True, slots=True)
class SealedRight:
    """A right as stored: who and how far is sealed under the subject's account."""

    right_id: str
    subject_account: str
    person_account: str
    capacity: Capacity
    state: RightState
    parent_id: str | None
    uses_left: int | None
    sealed: bytes
    changed_at: datetime

    def open(self, envelope: Envelope) -> Right:
        """The right, opened with the envelope of the subject's account; raises ``SealedDataError``."""
        content = parse_content(orjson.loads(envelope.open(self.sealed, _context(self.right_id))))
        return Right(
            right_id=self.right_id,
            subject_account=self.subject_account,
            person_account=self.person_account,
            subject=content.subject,
            person=content.person,
            capacity=self.capacity,
            state=self.state,
            parent_id=self.parent_id,
            uses_left=self.uses_left,
            terms=content.terms,
            signed=content.signed,
            changed_at=self.changed_at,
        )


@dataclass(frozen=True, slots=True)
class Choice:
    """For whom a session acts."""

    subject_account: str
    right_id: str


class RightStore:
    """Collections ``rights`` and ``acting_choices``.

    ``rights``, shard key: ``subject_account`` hashed; each write names it. One row for each right; ``person_account`` is
    indexed, so that a person's rights are found (a question to all shards); ``slot`` numbers the managers of an entity
    and names representatives by account: the unique index keeps out a sixth manager, a second row of one
    representative and a second child to whom one wallet is handed over, however many requests come at once.

    ``acting_choices``, shard key: ``_id`` hashed (session id). The TTL index forgets them.
    """

    def __init__(self, database: Database[_Row]) -> None:
        self._rights: Collection[_Row] = database["rights"]
        self._choices: Collection[_Row] = database["acting_choices"]

    def ensure_indexes(self) -> None:
        """Make the indexes; a repeat changes nothing."""
        self._rights.create_index(
            [("subject_account", 1), ("slot", 1)],
            unique=True,
            partialFilterExpression={"slot": {"$exists": True}},
        )
        self._rights.create_index([("subject_account", 1), ("changed_at", -1)])
        self._rights.create_index([("person_account", 1)])
        self._choices.create_index("ends_at", expireAfterSeconds=0)

    def add(self, right: Right, envelope: Envelope, at: datetime) -> bool:
        """Store a new right (one durable write); ``False`` when no manager's place is free, or a representative has a
        row already.
        """
        row: _Row = {
            "_id": right.right_id,
            "subject_account": right.subject_account,
            "person_account": right.person_account,
            "capacity": right.capacity.value,
            "state": right.state.value,
            "parent_id": right.parent_id,
            "sealed": _seal(right, envelope),
            "changed_at": at,
        }
        if right.uses_left is not None:
            row["uses_left"] = right.uses_left
        for slot in _slots(right):
            try:
                self._rights.insert_one(row | slot)
            except DuplicateKeyError:
                continue
            return True
        return False

    def get(self, subject_account: str, right_id: str) -> SealedRight | None:
        """One right of one subject."""
        row = self._rights.find_one({"subject_account": subject_account, "_id": right_id})
        return None if row is None else _right(row)

    def of_person(self, person_account: str) -> Sequence[SealedRight]:
        """The rights that a person was given and that were not ended, oldest first."""
        rows = self._rights.find({"person_account": person_account, "state": {"$in": _LIVE}})
        return [_right(row) for row in rows.sort([("changed_at", 1), ("_id", 1)]).limit(_MOST_READ)]

    def of_subject(self, subject_account: str) -> Sequence[SealedRight]:
        """All rights over a subject, newest change first; ended ones too."""
        rows = self._rights.find({"subject_account": subject_account})
        return [_right(row) for row in rows.sort([("changed_at", -1), ("_id", 1)]).limit(_MOST_READ)]

    def move(self, right: SealedRight, before: Iterable[RightState], to: RightState, at: datetime) -> bool:
        """Change the state, once (compare-and-set, one durable write); ``False`` when it was not in ``before``."""
        change: _Row = {"$set": {"state": to.value, "changed_at": at}}
        if to not in (RightState.OFFERED, RightState.ACTIVE):
            change["$unset"] = {"slot": ""}
        changed = self._rights.update_one(
            {
                "subject_account": right.subject_account,
                "_id": right.right_id,
                "state": {"$in": [state.value for state in before]},
            },
            change,
        )
        return changed.modified_count == 1

    def children(self, subject_account: str, parent_id: str) -> Sequence[SealedRight]:
        """The live rights that rest on a manager's."""
        rows = self._rights.find(
            {"subject_account": subject_account, "parent_id": parent_id, "state": {"$in": _LIVE}}
        )
        return [_right(row) for row in rows]

    def keep_signed(self, right: Right, envelope: Envelope) -> None:
        """Keep a new signature over the same terms (one durable write)."""
        self._rights.update_one(
            {"subject_account": right.subject_account, "_id": right.right_id},
            {"$set": {"sealed": _seal(right, envelope)}},
        )

    def take_use(self, subject_account: str, right_id: str) -> bool:
        """Count a show before it happens (compare-and-set, one durable write); ``False`` when none is left."""
        changed = self._rights.update_one(
            {
                "subject_account": subject_account,
                "_id": right_id,
                "state": RightState.ACTIVE.value,
                "uses_left": {"$gt": 0},
            },
            {"$inc": {"uses_left": -1}},
        )
        return changed.modified_count == 1

    def give_back_use(self, subject_account: str, right_id: str) -> None:
        """Nothing was sent: the show was none (one durable write). The caller took it, once."""
        self._rights.update_one(
            {"subject_account": subject_account, "_id": right_id, "uses_left": {"$gte": 0}},
            {"$inc": {"uses_left": 1}},
        )

    def choose(self, session_id: str, choice: Choice | None, at: datetime) -> None:
        """For whom the session acts from now on; ``None`` for the person (one durable write)."""
        if choice is None:
            self._choices.delete_one({"_id": session_id})
            return
        self._choices.update_one(
            {"_id": session_id},
            {
                "$set": {
                    "subject_account": choice.subject_account,
                    "right_id": choice.right_id,
                    "ends_at": at + CHOICE_KEPT,
                }
            },
            upsert=True,
        )

    def choice_of(self, session_id: str, *, session: ClientSession | None = None) -> Choice | None:
        """For whom the session acts; ``None``: for the person."""
        row = self._choices.find_one({"_id": session_id}, session=session)
        return None if row is None else Choice(row["subject_account"], row["right_id"])


def _slots(right: Right) -> Sequence[_Row]:
    if right.capacity is Capacity.MANAGER:
        return [{"slot": f"manager {number}"} for number in range(MOST_MANAGERS)]
    if right.capacity is Capacity.SELF:
        return [{"slot": "self"}]
    if right.capacity.is_by_licence:
        return [{"slot": f"{right.capacity.value} {right.person_account}"}]
    return [{}]


def _seal(right: Right, envelope: Envelope) -> Binary:
    return Binary(envelope.seal(orjson.dumps(right.sealed_json()), _context(right.right_id)))


def _right(row: _Row) -> SealedRight:
    changed_at = row["changed_at"]
    return SealedRight(
        right_id=row["_id"],
        subject_account=row["subject_account"],
        person_account=row["person_account"],
        capacity=Capacity(row["capacity"]),
        state=RightState(row["state"]),
        parent_id=row["parent_id"],
        uses_left=row.get("uses_left"),
        sealed=bytes(row["sealed"]),
        changed_at=changed_at if changed_at.tzinfo is not None else changed_at.replace(tzinfo=UTC),
    )


def _context(right_id: str) -> str:
    return f"right {right_id}"
