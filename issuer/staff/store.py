"""Persistence of staff. The person is found by keyed hash; the name is sealed."""

from __future__ import annotations

from contextlib import suppress
from datetime import UTC, datetime
from typing import Any, ClassVar

import orjson
from bson import Binary
from mongoengine import BinaryField, DateTimeField, Document, ListField, StringField
from pymongo.client_session import ClientSession
from pymongo.database import Database
from pymongo.errors import DuplicateKeyError

from issuer.staff.member import StaffMember, StaffRole
from keys.errors import SealedDataError
from keys.master_key import MasterKey
from service.store.sealed_rows import SealedRows
from standards.text import Text

_Row = dict[str, Any]


class StaffDocument(Document):  # type: ignore[misc]
    """Collection ``staff``: one document per person and authority. Shard key ``_id``, which is the keyed hash of the
    person and the authority's code; a person's rows are found by the index on ``person``. ``sealed_person`` is code type
    and number, sealed: a new master key makes the next hash from it.
    """

    id = StringField(primary_key=True)
    member_id = StringField(required=True)
    person = StringField(required=True)
    authority = StringField(required=True)
    roles = ListField(StringField())
    sealed_name = BinaryField(required=True)
    sealed_person = BinaryField(required=True)
    enrolled_at = DateTimeField(required=True)

    meta: ClassVar[_Row] = {
        "collection": "staff",
        "db_alias": "issuer",
        "auto_create_index": False,
        "indexes": [{"fields": ["person"]}, {"fields": ["authority"]}],
    }


class StaffStore:
    """Staff of all authorities of this node."""

    def __init__(self, database: Database[_Row], master: MasterKey) -> None:
        self._staff = database["staff"]
        self._lookup = master.lookup_key(purpose="staff")
        self._envelope = master.envelope("issuer-staff")

    @staticmethod
    def ensure_indexes() -> None:
        """Make the indexes; a repeat changes nothing."""
        StaffDocument.ensure_indexes()

    def members_of(self, code_type: str, number: str) -> tuple[StaffMember, ...]:
        """What a person is at this node's authorities, the earliest enrolment first; one indexed read."""
        people = list(self._lookup.candidates(code_type, number))
        rows = self._staff.find({"person": {"$in": people}}).sort("enrolled_at", 1)
        return tuple(self._member(row) for row in rows)

    def staff_of(self, authority: str) -> tuple[StaffMember, ...]:
        """The staff of an authority, in order of enrolment."""
        rows = self._staff.find({"authority": authority}).sort("enrolled_at", 1)
        return tuple(self._member(row) for row in rows)

    def put(self, member: StaffMember, code_type: str, number: str, at: datetime) -> StaffMember:
        """Enter a person at an authority, or give a person who is there other roles; answers what is kept. One write.

        Enrolled again, a person keeps the id under which the records know him.
        """
        person = self._lookup.lookup(code_type, number)
        ids = [f"{one}:{member.authority}" for one in self._lookup.candidates(code_type, number)]
        identity = orjson.dumps([code_type, number])
        while True:
            held = self._staff.find_one({"_id": {"$in": ids}}, {"member_id": 1})
            member_id = held["member_id"] if held else member.id
            row: _Row = {
                "roles": sorted(role.value for role in member.roles),
                "sealed_name": Binary(self._envelope.seal(member.name.encode(), _context(member_id))),
                "sealed_person": Binary(self._envelope.seal(identity, _person_context(member_id))),
            }
            if held is None:
                row |= {
                    "_id": ids[0],
                    "member_id": member_id,
                    "person": person,
                    "authority": member.authority,
                    "enrolled_at": at.astimezone(UTC),
                }
                with suppress(DuplicateKeyError):  # enrolled by another process at this moment
                    self._staff.insert_one(row)
                    break
            elif self._staff.update_one({"_id": held["_id"]}, {"$set": row}).matched_count == 1:
                break  # otherwise removed, or moved by a change of the master key, at this moment
        return StaffMember(member_id, member.authority, member.roles, member.name)

    def remove(self, authority: str, member_id: str) -> bool:
        """Take a person off an authority's staff; ``False`` when there is no such member."""
        row = self._staff.find_one({"authority": authority, "member_id": member_id}, {"_id": 1})
        # By its key, so that a sharded cluster knows where; of two removals at once one finds it gone.
        return row is not None and self._staff.delete_one({"_id": row["_id"]}).deleted_count == 1

    def sealed_rows(self) -> SealedRows:
        """What a change of the master key brings over."""
        fields = (
            "member_id",
            "person",
            "authority",
            "roles",
            "sealed_name",
            "sealed_person",
            "enrolled_at",
        )
        return SealedRows(
            Text("工作人员", "staff"), self._staff, fields, self._renewed, write=self._write_renewed
        )

    def _renewed(self, row: _Row) -> _Row:
        member_id, sealed = row["member_id"], row.get("sealed_person")
        renewed: _Row = {}
        if self._envelope.is_older(row["sealed_name"]):
            renewed["sealed_name"] = self._envelope.reseal(row["sealed_name"], _context(member_id))
        if sealed is not None and self._envelope.is_older(sealed):
            renewed["sealed_person"] = self._envelope.reseal(sealed, _person_context(member_id))
        if self._lookup.is_older(row["person"]):
            if sealed is None:
                raise SealedDataError(
                    "该人员由较早版本登记，请重新登记。",
                    "The member was enrolled by an earlier version: enrol the person again.",
                )
            identity = orjson.loads(self._envelope.open(sealed, _person_context(member_id)))
            renewed["person"] = self._lookup.lookup(*identity)
        return renewed

    def _write_renewed(self, row: _Row, renewed: _Row) -> bool:
        """The hash is the key of the row, and a key is not changed: both rows in one transaction, or neither."""
        if "person" not in renewed:
            return self._staff.update_one(row, {"$set": renewed}).matched_count == 1
        moved = {**row, **renewed, "_id": f"{renewed['person']}:{row['authority']}"}

        def move(session: ClientSession) -> bool:
            if self._staff.delete_one(row, session=session).deleted_count != 1:
                return False
            self._staff.insert_one(moved, session=session)
            return True

        with self._staff.database.client.start_session() as session:
            return session.with_transaction(move)

    def _member(self, row: _Row) -> StaffMember:
        name = self._envelope.open(bytes(row["sealed_name"]), _context(row["member_id"]))
        return StaffMember(
            row["member_id"],
            row["authority"],
            frozenset(StaffRole(role) for role in row["roles"]),
            name.decode(),
        )


def _context(member_id: str) -> str:
    return f"staff/{member_id}/name"


def _person_context(member_id: str) -> str:
    return f"staff/{member_id}/person"
