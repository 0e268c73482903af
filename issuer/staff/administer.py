"""What an administrator does at the console: as the commands do, but never to himself.

Nobody gives himself roles, and nobody locks himself out: so every change of staff has a second person, and as long as
only administrators remove each other one of them remains. The operator's commands know no such limit.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

import structlog

from issuer.registrar.store import AuthorityStore
from issuer.staff.enrol import enrol_staff, remove_staff
from issuer.staff.errors import OwnPostError
from issuer.staff.member import StaffMember, StaffRole
from issuer.staff.store import StaffStore
from standards.codes.holder_code import check_holder_number, holder_code_type

_LOG = structlog.get_logger(__name__)


def enrol_as_administrator(
    store: StaffStore,
    authorities: AuthorityStore,
    *,
    administrator: StaffMember,
    code_type: str,
    number: str,
    name: str,
    roles: Iterable[StaffRole],
    at: datetime,
) -> StaffMember:
    """Enrol a person at the administrator's authority, or set the roles of one who is enrolled there.

    Raises:
        OwnPostError: the person is the administrator.
        InvalidStaffError, InvalidInputError: as ``enrol_staff``.
    """
    holder_code_type(code_type, where="code_type")
    number = check_holder_number(code_type, number, where="number")
    if any(member.id == administrator.id for member in store.members_of(code_type, number)):
        raise _own()
    member = enrol_staff(
        store,
        authorities,
        authority=administrator.authority,
        code_type=code_type,
        number=number,
        name=name,
        roles=roles,
        at=at,
    )
    _LOG.info("staff enrolled", member=member.id, roles=sorted(member.roles), by=administrator.id)
    return member


def remove_as_administrator(store: StaffStore, *, administrator: StaffMember, member_id: str) -> None:
    """Remove a person from the staff of the administrator's authority; the next request has no rights any more.

    Raises:
        OwnPostError: the person is the administrator.
        StaffNotFoundError: the authority has no such member.
    """
    if member_id == administrator.id:
        raise _own()
    remove_staff(store, authority=administrator.authority, member_id=member_id)
    _LOG.info("staff removed", member=member_id, by=administrator.id)


def _own() -> OwnPostError:
    return OwnPostError(
        "不能变更自己的岗位。",
        "Nobody changes his own post.",
        where="number",
        next_step=OwnPostError.ASK_ANOTHER,
    )
