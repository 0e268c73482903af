"""Persistence of staff. The person is found by keyed hash; the name is sealed."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any, ClassVar

from bson import Binary
from mongoengine import BinaryField, DateTimeField, Document, ListField, StringField
from pymongo.database import Database

from issuer.staff.member import StaffMember, StaffRole
from keys.master_key import MasterKey

_Row = dict[str, Any]


class StaffDocument(Document):  # type: ignore[misc]
    """Collection ``staff``: one document per person and authority. Shard key ``_id``, which is the keyed hash of the
    person and the authority's code; a person's rows are found by the index on ``person``.
    """

    id = StringField(primary_key=True)
    member_id = StringField(required=True)
    person = StringField(required=True)
    authority = StringField(required=True)
    roles = ListField(StringField())
    sealed_name = BinaryField(required=True)
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
        for person in self._lookup.candidates(code_type, number):
            held = self._staff.find_one({"_id": f"{person}:{member.authority}"})
            if held is not None:
                break
        else:
            person, held = self._lookup.lookup(code_type, number), None
        member_id = held["member_id"] if held else member.id
        row_id = f"{person}:{member.authority}"
        kept = StaffMember(member_id, member.authority, member.roles, member.name)
        self._staff.update_one(
            {"_id": row_id},
            {
                "$set": {
                    "member_id": member_id,
                    "person": person,
                    "authority": member.authority,
                    "roles": sorted(role.value for role in member.roles),
                    "sealed_name": Binary(self._envelope.seal(member.name.encode(), _context(member_id))),
                },
                "$setOnInsert": {"enrolled_at": at.astimezone(UTC)},
            },
            upsert=True,
        )
        return kept

    def remove(self, authority: str, member_id: str) -> bool:
        """Take a person off an authority's staff; ``False`` when there is no such member."""
        row = self._staff.find_one({"authority": authority, "member_id": member_id}, {"_id": 1})
        # By its key, so that a sharded cluster knows where; of two removals at once one finds it gone.
        return row is not None and self._staff.delete_one({"_id": row["_id"]}).deleted_count == 1

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
