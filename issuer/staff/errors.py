"""What staff administration refuses."""

from __future__ import annotations

from standards.errors import ElicenceError, InvalidInputError


class StaffNotFoundError(ElicenceError):
    """No such staff member of the authority."""

    code = "staff-not-found"


class RoleMissingError(ElicenceError):
    """The signed-in person does not have the role that this action needs."""

    code = "role-missing"


class InvalidStaffError(InvalidInputError):
    """An enrolment without a role, a name or an authority of this node."""

    code = "invalid-staff"
