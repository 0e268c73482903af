"""The staff of the issuing authorities: who may act for which authority, in which role."""

from __future__ import annotations

from issuer.staff.administer import enrol_as_administrator, remove_as_administrator
from issuer.staff.enrol import enrol_staff, remove_staff
from issuer.staff.member import StaffMember, StaffRole, require_role, staff_member_of
from issuer.staff.store import StaffStore

__all__ = [
    "StaffMember",
    "StaffRole",
    "StaffStore",
    "enrol_as_administrator",
    "enrol_staff",
    "remove_as_administrator",
    "remove_staff",
    "require_role",
    "staff_member_of",
]
