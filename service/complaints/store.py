"""Where a desk keeps its complaints."""

from __future__ import annotations

import hmac
import secrets
from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any, Final

import orjson
from bson import Binary
from pymongo.collection import Collection
from pymongo.database import Database
from pymongo.errors import DuplicateKeyError

from keys.envelope import Envelope
from service.complaints.complaint import Complaint
from service.complaints.deadlines import Deadlines, load_deadlines
from service.complaints.errors import AlreadyComplainedError, ComplaintNotFoundError, ComplaintOverError
from service.store.sealed_rows import SealedRows
from standards.complaints import Cause, ComplaintState, Filing, Finding, token_digest
from standards.text import Text

COLLECTION: Final = "complaints"
PURPOSE: Final = "complaints"
"""Envelope purpose under which words, contacts and answers are sealed."""

PAGE_SIZE: Final = 50
_Row = dict[str, Any]


class ComplaintDesk:
    """Collection ``complaints``. Shard key: ``department`` hashed; unique: one complaint for a use of a department.

    ``sealed`` holds what people wrote. A row is forgotten (TTL index on ``purge_at``) years after it came.
    """

    def __init__(
        self, database: Database[_Row], envelope: Envelope, deadlines: Deadlines | None = None
    ) -> None:
        self._rows: Collection[_Row] = database[COLLECTION]
        self._envelope = envelope
        self.deadlines = deadlines or load_deadlines()

    def ensure_indexes(self) -> None:
        """Make the indexes; a repeat changes nothing."""
        self._rows.create_index([("department", 1), ("reference", 1)], unique=True)
        self._rows.create_index([("department", 1), ("state", 1), ("answer_by", 1)])
        self._rows.create_index("purge_at", expireAfterSeconds=0)

    def take(self, filing: Filing, at: datetime) -> Complaint:
        """Enter a complaint (one durable write); the one that is there when the same wallet files it again.

        Whether there was such a use, and the caller was party to it, is for the caller to have found out.

        Raises:
            AlreadyComplainedError: there is one under another token.
        """
        complaint = Complaint(
            complaint_id=secrets.token_urlsafe(16),
            department=filing.department,
            reference=filing.reference,
            state=ComplaintState.RECEIVED,
            number=filing.number,
            cause=filing.cause,
            words=filing.words,
            contact=filing.contact,
            used_at=filing.used_at,
            received_at=at,
            answer_by=self.deadlines.answer_by(at),
        )
        row = self._row(complaint) | {
            "_id": complaint.complaint_id,
            "token": token_digest(filing.token),
            "purge_at": at + self.deadlines.kept,
        }
        try:
            self._rows.insert_one(row)
        except DuplicateKeyError:
            known = self._rows.find_one({"department": filing.department, "reference": filing.reference})
            if known is None or not _has_token(known, filing.token):
                raise AlreadyComplainedError from None
            return self._complaint(known).at(at, self.deadlines)
        return complaint

    def of_token(self, complaint_id: str, token: str, at: datetime) -> Complaint:
        """A complaint for the wallet that filed it; raises ``ComplaintNotFoundError``."""
        row = self._rows.find_one({"_id": complaint_id})
        if row is None or not _has_token(row, token):
            raise ComplaintNotFoundError
        return self._complaint(row).at(at, self.deadlines)

    def get(self, department: str, complaint_id: str, at: datetime) -> Complaint:
        """A complaint for its department; raises ``ComplaintNotFoundError``, for another's as for none."""
        row = self._rows.find_one({"department": department, "_id": complaint_id})
        if row is None:
            raise ComplaintNotFoundError
        return self._complaint(row).at(at, self.deadlines)

    def list_of(self, department: str, at: datetime) -> Sequence[Complaint]:
        """A department's complaints: the open ones by their deadline, then the newest others."""
        waiting = self._rows.find({"department": department, "state": "received"}).sort("answer_by", 1)
        others = self._rows.find({"department": department, "state": {"$ne": "received"}})
        rows = [*waiting.limit(PAGE_SIZE), *others.sort("received_at", -1).limit(PAGE_SIZE)]
        return [self._complaint(row).at(at, self.deadlines) for row in rows]

    def changed_since(self, department: str, since: datetime, at: datetime) -> Sequence[Complaint]:
        """A department's complaints that came, were answered or ended since an instant."""
        moments = [{name: {"$gte": since}} for name in ("received_at", "answered_at", "ended_at")]
        rows = self._rows.find({"department": department, "$or": moments})
        return [self._complaint(row).at(at, self.deadlines) for row in rows]

    def move(self, complaint: Complaint, *, before: ComplaintState) -> None:
        """Write the next state: a compare-and-set from ``before`` (one durable write).

        Raises:
            ComplaintOverError: somebody was first.
        """
        changed = self._rows.update_one(
            {"department": complaint.department, "_id": complaint.complaint_id, "state": before.value},
            {"$set": self._row(complaint)},
        )
        if not changed.matched_count:
            raise ComplaintOverError

    def withdraw(self, complaint: Complaint, at: datetime) -> Complaint:
        """End it at the complainant's word; raises ``ComplaintOverError`` once it is over."""
        return self._end(complaint, replace(complaint, state=ComplaintState.WITHDRAWN, ended_at=at))

    def close(self, complaint: Complaint, at: datetime, *, satisfied: bool) -> Complaint:
        """Close an answered one; raises ``ComplaintOverError`` for any other."""
        if complaint.state is not ComplaintState.ANSWERED:
            raise ComplaintOverError
        ended = replace(complaint, state=ComplaintState.CLOSED, ended_at=at, satisfied=satisfied)
        return self._end(complaint, ended)

    def _end(self, complaint: Complaint, ended: Complaint) -> Complaint:
        if complaint.state not in (ComplaintState.RECEIVED, ComplaintState.ANSWERED):
            raise ComplaintOverError
        self.move(ended, before=complaint.state)
        return ended

    def sealed_rows(self) -> SealedRows:
        """What a change of the master key brings over."""
        return SealedRows(Text("投诉", "complaints"), self._rows, ("department", "sealed"), self._renewed)

    def _renewed(self, row: _Row) -> _Row:
        if not self._envelope.is_older(row["sealed"]):
            return {}
        return {"sealed": Binary(self._envelope.reseal(row["sealed"], _context(row["_id"])))}

    def _row(self, complaint: Complaint) -> _Row:
        words = [complaint.words, complaint.contact, complaint.answer, complaint.answered_by]
        sealed = self._envelope.seal(orjson.dumps(words), _context(complaint.complaint_id))
        return {
            "department": complaint.department,
            "reference": complaint.reference,
            "state": complaint.state.value,
            "number": complaint.number,
            "cause": complaint.cause.value,
            "used_at": complaint.used_at,
            "received_at": complaint.received_at,
            "answer_by": complaint.answer_by,
            "finding": None if complaint.finding is None else complaint.finding.value,
            "answered_at": complaint.answered_at,
            "ended_at": complaint.ended_at,
            "satisfied": complaint.satisfied,
            "sealed": Binary(sealed),
        }

    def _complaint(self, row: _Row) -> Complaint:
        plain = self._envelope.open(bytes(row["sealed"]), _context(row["_id"]))
        words, contact, answer, answered_by = orjson.loads(plain)
        return Complaint(
            complaint_id=row["_id"],
            department=row["department"],
            reference=row["reference"],
            state=ComplaintState(row["state"]),
            number=row["number"],
            cause=Cause(row["cause"]),
            words=words,
            contact=contact,
            used_at=_utc(row["used_at"]),
            received_at=_utc(row["received_at"]),
            answer_by=_utc(row["answer_by"]),
            finding=None if row["finding"] is None else Finding(row["finding"]),
            answer=answer,
            answered_by=answered_by,
            answered_at=_optional_utc(row["answered_at"]),
            ended_at=_optional_utc(row["ended_at"]),
            satisfied=row["satisfied"],
        )


def _has_token(row: _Row, token: str) -> bool:
    return hmac.compare_digest(str(row["token"]), token_digest(token))


def _utc(at: datetime) -> datetime:
    return at if at.tzinfo is not None else at.replace(tzinfo=UTC)


def _optional_utc(at: datetime | None) -> datetime | None:
    return None if at is None else _utc(at)


def _context(complaint_id: str) -> str:
    return f"complaint {complaint_id}"
