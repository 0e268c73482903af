"""Use case: a person begins to work in a department."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from standards.codes.holder_code import check_holder_number
from verifier.departments.department import InvalidDepartmentError, Role, StaffMember, UnknownDepartmentError
from verifier.departments.store import DepartmentStore, StaffStore


def enrol_staff(
    *,
    department: str,
    code_type: str,
    number: str,
    name: str,
    roles: Iterable[Role],
    departments: DepartmentStore,
    staff: StaffStore,
    at: datetime,
) -> StaffMember:
    """Enrol a person, or change name and roles of one who is enrolled (one durable write). Safe to repeat.

    Args:
        department: USCC.
        code_type: of the identity document by which the person signs in (GB/T 36903 annex A).
        number: on that document; stored as a keyed hash, and sealed.
        name: as on the name plate.
        roles: what the person does.
        departments: must know the department.
        staff: where staff are kept.
        at: now.

    Raises:
        UnknownDepartmentError: the department is not enrolled.
        InvalidDepartmentError: no role, or no usable name.
        InvalidInputError: the number cannot be one of its type.
    """
    if departments.find(department, at) is None:
        raise UnknownDepartmentError("该部门尚未登记。", "This department is not enrolled.", where=department)
    chosen = frozenset(roles)
    if not chosen:
        raise InvalidDepartmentError("至少需要一个岗位。", "At least one role is needed.", where="role")
    if not 0 < len(name.strip()) <= 100:
        raise InvalidDepartmentError(
            "姓名应为 1 至 100 个字符。", "A name has 1 to 100 characters.", where="name"
        )
    checked = check_holder_number(code_type, number, where="number")
    return staff.put((code_type, checked), department, name.strip(), chosen, at)
