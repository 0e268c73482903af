"""What staff administration refuses."""

from __future__ import annotations

from typing import Final

from standards.errors import ElicenceError, InvalidInputError
from standards.text import Text


class StaffNotFoundError(ElicenceError):
    """No such staff member of the authority."""

    code = "staff-not-found"


class RoleMissingError(ElicenceError):
    """The signed-in person does not have the role that this action needs."""

    code = "role-missing"


class InvalidStaffError(InvalidInputError):
    """An enrolment without a role, a name or an authority of this node."""

    code = "invalid-staff"


class OwnPostError(InvalidInputError):
    """An administrator tried to change the own post."""

    code = "own-post"

    ASK_ANOTHER: Final = Text("请由另一名管理员办理。", "Ask another administrator.")
