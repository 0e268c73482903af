"""Enrolling and removing staff of an authority."""

from __future__ import annotations

import secrets
from collections.abc import Iterable
from datetime import datetime
from typing import Final

from issuer.registrar.store import AuthorityStore
from issuer.staff.errors import InvalidStaffError, StaffNotFoundError
from issuer.staff.member import StaffMember, StaffRole
from issuer.staff.store import StaffStore
from standards.codes.holder_code import check_holder_number
from standards.text import Text

MAX_NAME_CHARS: Final = 100


def enrol_staff(
    store: StaffStore,
    authorities: AuthorityStore,
    *,
    authority: str,
    code_type: str,
    number: str,
    name: str,
    roles: Iterable[StaffRole],
    at: datetime,
) -> StaffMember:
    """Enrol a person at an authority of this node, or set the roles of one who is enrolled.

    The person is recognised at sign-in by code type and number, as the identity provider vouches for them.

    Raises ``InvalidStaffError`` without a role, a name or an authority; ``InvalidInputError`` for a wrong number.
    """
    wanted = frozenset(roles)
    if not wanted:
        raise InvalidStaffError("至少需要一个角色。", "A staff member has at least one role.", where="roles")
    if not 0 < len(name.strip()) <= MAX_NAME_CHARS:
        raise InvalidStaffError("请填写姓名。", "The name is missing or too long.", where="name")
    if authorities.find(authority) is None:
        raise InvalidStaffError(
            f"本节点没有登记机构 {authority}。",
            f"No authority {authority} is enrolled at this node.",
            where="authority",
            next_step=Text(
                "用 elicence issuer authority list 查看已登记机构。", "See elicence issuer authority list."
            ),
        )
    number = check_holder_number(code_type, number, where="number")
    member = StaffMember(secrets.token_hex(8), authority, wanted, name.strip())
    return store.put(member, code_type, number, at)


def remove_staff(store: StaffStore, *, authority: str, member_id: str) -> None:
    """Remove a person from an authority's staff, by member id. Raises ``StaffNotFoundError``."""
    if not store.remove(authority, member_id):
        raise StaffNotFoundError(
            "该机构没有这名工作人员。", "The authority has no such staff member.", where=member_id
        )
