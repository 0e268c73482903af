"""Where departments and their staff are kept."""

from __future__ import annotations

import secrets
import threading
from datetime import datetime, timedelta
from typing import Any, Final

import orjson
from mongoengine import (
    BinaryField,
    BooleanField,
    DateTimeField,
    Document,
    ListField,
    NotUniqueError,
    StringField,
)
from pymongo.database import Database

from keys.envelope import Envelope
from keys.lookup import LookupKey
from service.store.sealed_rows import SealedRows
from standards.text import Text
from verifier.departments.department import Department, Role, StaffMember

REREAD_AFTER: Final = timedelta(seconds=10)
"""How long a process trusts its copy of a department: a change by command is seen by then."""


Identity = tuple[str, str]
"""Certificate type (GB/T 36903 annex A) and number of a person."""


class DepartmentDocument(Document):  # type: ignore[misc]
    """Collection ``departments``. Shard key: ``_id`` hashed (USCC)."""

    uscc = StringField(primary_key=True)
    name_zh = StringField(required=True)
    name_en = StringField(required=True)
    division = StringField(required=True)
    service_items = ListField(StringField(), required=True)
    enrolled_at = DateTimeField(required=True)
    terminals_required = BooleanField()

    meta = {"collection": "departments", "db_alias": "verifier", "auto_create_index": False}  # noqa: RUF012


class WindowStaffDocument(Document):  # type: ignore[misc]
    """Collection ``staff``. Shard key: ``lookup`` hashed (keyed hash of certificate type and number).

    One row for a person in a department. ``identity`` is certificate type and number, sealed for this row: with it a
    rotation of the master key makes the next ``lookup``.
    """

    staff_id = StringField(primary_key=True)
    lookup = StringField(required=True)
    identity = BinaryField(required=True)
    department = StringField(required=True)
    name = StringField(required=True)
    roles = ListField(StringField(), required=True)
    enrolled_at = DateTimeField(required=True)

    meta = {  # noqa: RUF012
        "collection": "staff",
        "db_alias": "verifier",
        "auto_create_index": False,
        "indexes": [{"fields": ("lookup", "department"), "unique": True}],
    }


class DepartmentStore:
    """The departments of this window. Reads are remembered for :data:`REREAD_AFTER`, for every request needs one."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._known: dict[str, tuple[Department, datetime]] = {}

    def ensure_indexes(self) -> None:
        """Read by ``_id`` only; nothing to make."""

    def find(self, uscc: str, at: datetime) -> Department | None:
        """The department, or ``None``."""
        known = self._known.get(uscc)
        if known is not None and abs(at - known[1]) < REREAD_AFTER:
            return known[0]
        document = DepartmentDocument.objects(uscc=uscc).first()
        with self._lock:
            if document is None:
                self._known.pop(uscc, None)
                return None
            department = _department(document)
            self._known[uscc] = (department, at)
        return department

    def all(self) -> tuple[Department, ...]:
        """Every department, by USCC."""
        return tuple(_department(document) for document in DepartmentDocument.objects.order_by("uscc"))

    def put(self, department: Department, at: datetime) -> None:
        """Enrol or change a department (one durable write); safe to repeat."""
        DepartmentDocument.objects(uscc=department.uscc).update_one(
            set__name_zh=department.name.zh,
            set__name_en=department.name.en,
            set__division=department.division,
            set__service_items=list(department.service_items),
            set_on_insert__enrolled_at=at,
            upsert=True,
        )
        with self._lock:
            self._known.pop(department.uscc, None)

    def require_terminals(self, uscc: str, required: bool) -> None:
        """Let its staff work at enrolled terminals only, or anywhere (one durable write)."""
        DepartmentDocument.objects(uscc=uscc).update_one(set__terminals_required=required)
        with self._lock:
            self._known.pop(uscc, None)


class StaffStore:
    """The staff of all departments, found by a keyed hash of certificate type and number."""

    def __init__(self, lookup: LookupKey, envelope: Envelope) -> None:
        self._lookup = lookup
        self._envelope = envelope

    def ensure_indexes(self) -> None:
        """Make the index by which a person is found; a repeat changes nothing."""
        WindowStaffDocument.ensure_indexes()

    def put(
        self, identity: Identity, department: str, name: str, roles: frozenset[Role], at: datetime
    ) -> StaffMember:
        """Enrol a person in a department, or change the roles there (one durable write); safe to repeat.

        Args:
            identity: certificate type and number of the person.
            department: USCC.
            name: as on the name plate.
            roles: at least one.
            at: now.
        """
        values = sorted(role.value for role in roles)
        candidates = self._lookup.candidates(*identity)
        existing = WindowStaffDocument.objects(lookup__in=list(candidates), department=department).first()
        if existing is None:
            staff_id = secrets.token_hex(8)
            existing = WindowStaffDocument(
                staff_id=staff_id,
                lookup=candidates[0],
                identity=self._envelope.seal(orjson.dumps(identity), _context(staff_id)),
                department=department,
                name=name,
                roles=values,
                enrolled_at=at,
            )
            try:
                existing.save(force_insert=True)
            except NotUniqueError:  # another process enrolled the person at the same moment
                return self.put(identity, department, name, roles, at)
        else:
            WindowStaffDocument.objects(staff_id=existing.staff_id, lookup=existing.lookup).update_one(
                set__name=name, set__roles=values
            )
        return StaffMember(existing.staff_id, department, name, roles)

    def posts_of(self, code_type: str, number: str) -> tuple[StaffMember, ...]:
        """Every post of a person, by the order of enrolment; empty for who is no member of staff."""
        candidates = self._lookup.candidates(code_type, number)
        documents = WindowStaffDocument.objects(lookup__in=list(candidates)).order_by(
            "enrolled_at", "department"
        )
        return tuple(_staff(document) for document in documents)

    def of_department(self, uscc: str) -> tuple[StaffMember, ...]:
        """The staff of a department, by name."""
        return tuple(
            _staff(document) for document in WindowStaffDocument.objects(department=uscc).order_by("name")
        )

    def remove(self, staff_id: str) -> bool:
        """End a post; ``False`` when there is none of this id."""
        document = WindowStaffDocument.objects(staff_id=staff_id).first()
        if document is None:
            return False
        WindowStaffDocument.objects(staff_id=staff_id, lookup=document.lookup).delete()
        return True

    def sealed_rows(self, database: Database[dict[str, Any]]) -> SealedRows:
        """What a change of the master key brings over."""
        return SealedRows(
            Text("工作人员", "staff"), database["staff"], ("lookup", "department", "identity"), self._renewed
        )

    def _renewed(self, row: dict[str, Any]) -> dict[str, Any]:
        sealed, context = row["identity"], _context(row["_id"])
        renewed: dict[str, Any] = {}
        if self._envelope.is_older(sealed):
            renewed["identity"] = self._envelope.reseal(sealed, context)
        if self._lookup.is_older(row["lookup"]):
            renewed["lookup"] = self._lookup.lookup(*orjson.loads(self._envelope.open(sealed, context)))
        return renewed


def _context(staff_id: str) -> str:
    return f"staff identity {staff_id}"


def _department(document: DepartmentDocument) -> Department:
    return Department(
        document.uscc,
        Text(document.name_zh, document.name_en),
        document.division,
        tuple(document.service_items),
        bool(document.terminals_required),
    )


def _staff(document: WindowStaffDocument) -> StaffMember:
    roles = frozenset(Role(value) for value in document.roles if value in tuple(Role))
    return StaffMember(document.staff_id, document.department, document.name, roles)
